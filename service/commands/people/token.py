"""`barwatch token …`: API tokens of a data folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from service.commands.options import DataOption, JsonOption
from service.commands.people.shared import expiry, lift_ids, opened, role_of
from service.store import tokens

app = typer.Typer(no_args_is_help=True, add_completion=False, help="API tokens.")


@app.command("create")
def create(
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Whose it is; shown beside what they do.")
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", help="After 12h, 30d or 8w, or with a day: 2027-04-30 [never]."),
    ] = None,
    lift: Annotated[
        list[str] | None, typer.Option("--lift", help="For this lift only; may be repeated [all].")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new API token and print it, once: only its hash is stored."""
    chosen, lifts, until = role_of(role), lift_ids(lift or ()), expiry(expires, datetime.now(UTC))
    with opened(data) as (_, store):
        make = partial(tokens.create, name=name or role, role=chosen, lifts=lifts, expires_at=until)
        token, record = store.write(make).result()
    if as_json:
        shown = {"token": token, "id": record.id, "name": record.name, "role": role, "lifts": lifts}
        typer.echo(json.dumps({**shown, "expires_at": None if until is None else until.isoformat()}))
    else:
        typer.echo(token)
        typer.echo(
            f"Keep it: it cannot be shown again. Revoke it with: barwatch token revoke {record.id}", err=True
        )


@app.command("list")
def listing(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the tokens: id, role, when made, last used, until when, for which lifts, name."""
    with opened(data) as (_, store), store.reading() as session:
        records = tokens.listing(session)
    for record in records:
        times = {"created_at": record.created_at, "used_at": record.used_at, "expires_at": record.expires_at}
        if record.revoked_at is not None:
            state = f"revoked {record.revoked_at:%Y-%m-%d}"
        else:
            state = "active" if record.is_good(datetime.now(UTC)) else "expired"
        if as_json:
            shown = {"id": record.id, "name": record.name, "role": record.role.value, "state": state}
            stamps = {name: None if at is None else at.isoformat() for name, at in times.items()}
            typer.echo(json.dumps({**shown, "lifts": record.lifts, **stamps}))
        else:
            days = "  ".join("-" * 10 if at is None else f"{at:%Y-%m-%d}" for at in times.values())
            scope = "all lifts" if record.lifts is None else ",".join(record.lifts)
            typer.echo(f"{record.id}  {record.role.value:8}  {days}  {state:18}  {scope}  {record.name}")


@app.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id (`token list`).")],
    data: DataOption = None,
) -> None:
    """Make a token useless for ever; its sign-ins end at once, its open feeds within a second."""
    with opened(data) as (_, store):
        record = store.write(partial(tokens.revoke, token_id=token_id)).result()
    typer.echo(f"revoked {record.id} ({record.name})")
