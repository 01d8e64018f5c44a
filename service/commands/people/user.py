"""`barwatch user …`: people of a data folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer

from service.commands.options import DataOption, JsonOption
from service.commands.people.shared import lift_ids, opened, role_of
from service.domain.errors import ConfigurationError, NotFoundError
from service.domain.people import EVERYWHERE, Role
from service.people.passwords import Passwords
from service.settings import Settings
from service.store.database import Store
from service.store.people import users
from service.store.records import UserRecord

LINK_LIFETIME = timedelta(days=3)

app = typer.Typer(no_args_is_help=True, add_completion=False, help="People.")

Who = Annotated[str, typer.Argument(metavar="NAME", help="The person's name.")]
PasswordOption = Annotated[
    bool, typer.Option("--password", help="Ask for a password, or read it from stdin [make a link].")
]


@app.command("create")
def create(
    name: Who,
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    lift: Annotated[
        list[str] | None, typer.Option("--lift", help="On this lift only; may be repeated [all].")
    ] = None,
    with_password: PasswordOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a person; prints a link that signs them in once, unless a password is given."""
    grants = dict.fromkeys(lift_ids(lift or ()) or [EVERYWHERE], role_of(role))
    hashed = Passwords().hash(_typed(), name) if with_password else None
    with opened(data) as (settings, store):
        made = partial(users.create, name=name, grants=grants, password=hashed)
        record = store.write(made).result()
        link = None if with_password else _link(settings, store, record)
    if as_json:
        typer.echo(json.dumps({"id": record.id, "name": record.name, "roles": _words(grants), "link": link}))
    elif link is None:
        typer.echo(f"{record.name} may sign in")
    else:
        typer.echo(link)
        typer.echo("It signs in once, within three days.", err=True)


@app.command("list")
def listing(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the people: roles, whether they have a password and a second factor."""
    with opened(data) as (_, store), store.reading() as session:
        records = users.listing(session)
    for record in records:
        state = "active" if record.disabled_at is None else f"disabled {record.disabled_at:%Y-%m-%d}"
        shown = {"id": record.id, "name": record.name, "roles": _words(record.grants), "state": state}
        if as_json:
            has = {"password": record.has_password, "second_factor": record.has_factor}
            typer.echo(json.dumps({**shown, **has}))
        else:
            roles = ", ".join(
                f"{role} on {'all lifts' if lift == EVERYWHERE else lift}"
                for lift, role in _words(record.grants).items()
            )
            ways = "password" * record.has_password + " and code" * record.has_factor
            typer.echo(f"{record.name}  {roles}  {ways or 'no password'}  {state}")


@app.command("disable")
def disable(
    name: Who,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    data: DataOption = None,
) -> None:
    """Shut a person out: their sign-ins end at once, their open feeds within seconds."""
    with opened(data) as (_, store):
        user = _named(store, name)
        store.write(partial(users.change, user_id=user.id, disabled=not undo)).result()
    typer.echo(f"{user.name} {'may sign in again' if undo else 'is shut out'}")


@app.command("password")
def password(name: Who, data: DataOption = None) -> None:
    """Set a person's password, asked for or read from stdin; their sign-ins end."""
    hashed = Passwords().hash(_typed(), name)
    with opened(data) as (_, store):
        user = _named(store, name)
        store.write(partial(users.set_password, user_id=user.id, password=hashed)).result()
    typer.echo(f"{user.name} has a new password")


@app.command("link")
def link(name: Who, data: DataOption = None) -> None:
    """Print a link that signs a person in once, for instance one who has forgotten their password."""
    with opened(data) as (settings, store):
        typer.echo(_link(settings, store, _named(store, name)))


def _typed() -> str:
    """Return a password that somebody types, or the first line of stdin: it must not be an argument."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise ConfigurationError("no password on stdin")
    return line


def _link(settings: Settings, store: Store, user: UserRecord) -> str:
    new = partial(users.new_link, user_id=user.id, expires_at=datetime.now(UTC) + LINK_LIFETIME)
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared
    base = settings.public_url or f"http://{host}:{settings.port}"
    return f"{base}{settings.root_path}/#key={store.write(new).result()}"


def _named(store: Store, name: str) -> UserRecord:
    with store.reading() as session:
        user = users.named(session, name)
    if user is None:
        raise NotFoundError(f"no user {name!r}: see `barwatch user list`", "no_user")
    return user


def _words(grants: Mapping[str, Role]) -> dict[str, str]:
    return {lift: role.value for lift, role in grants.items()}
