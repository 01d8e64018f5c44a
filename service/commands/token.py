"""`barwatch token …`: API tokens of a data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption, JsonOption
from service.domain.errors import ConfigurationError
from service.domain.people import ORIGIN, Origin, Role
from service.settings import load_settings
from service.store import tokens
from service.store.database import Store

app = typer.Typer(no_args_is_help=True, add_completion=False, help="API tokens.")


@app.command("create")
def create(
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Whose it is; shown beside what they do.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new API token and print it, once: only its hash is stored."""
    try:
        chosen = Role(role)
    except ValueError:
        expected = ", ".join(each.value for each in Role)
        raise ConfigurationError(f"--role {role!r}: expected one of {expected}") from None
    with _store(data) as store:
        token, record = store.write(partial(tokens.create, name=name or role, role=chosen)).result()
    if as_json:
        typer.echo(json.dumps({"token": token, "id": record.id, "name": record.name, "role": role}))
    else:
        typer.echo(token)
        typer.echo(
            f"Keep it: it cannot be shown again. Revoke it with: barwatch token revoke {record.id}", err=True
        )


@app.command("list")
def listing(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the tokens by id, name and role."""
    with _store(data) as store, store.reading() as session:
        records = tokens.listing(session)
    for record in records:
        state = "active" if record.revoked_at is None else f"revoked {record.revoked_at:%Y-%m-%d}"
        if as_json:
            shown = {"id": record.id, "name": record.name, "role": record.role.value, "state": state}
            typer.echo(json.dumps({**shown, "created_at": record.created_at.isoformat()}))
        else:
            created = f"{record.created_at:%Y-%m-%d}"
            typer.echo(f"{record.id}  {record.role.value:8}  {created}  {state:18}  {record.name}")


@app.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id (`token list`).")],
    data: DataOption = None,
) -> None:
    """Make a token useless for ever; its open feeds and sessions end within seconds."""
    with _store(data) as store:
        record = store.write(partial(tokens.revoke, token_id=token_id)).result()
    typer.echo(f"revoked {record.id} ({record.name})")


@contextmanager
def _store(data: Path | None) -> Iterator[Store]:
    ORIGIN.set(Origin("command line", Role.ADMIN.value))
    store = Store.open(load_settings(data=data).data)
    try:
        yield store
    finally:
        store.close()
