"""`barwatch migrate-data`: the database moves from SQLite to PostgreSQL."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import DataOption
from service.domain.errors import ConfigurationError
from service.host.folders.lock import FolderInUseError, FolderLock
from service.host.private import OTHERS
from service.settings import load_settings

if TYPE_CHECKING:
    from service.store.moving.move import DatabaseMove

ROUND_S = 1.0
"""How often changes are copied, and the service looked for, while it is waited for."""

SHOWN = 10


def migrate_data(
    data: DataOption = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="postgresql://USER@HOST/DATABASE, an empty one [BARWATCH_DATABASE_URL]."),
    ] = None,
) -> None:
    """Move the database from SQLite to PostgreSQL; the service stops only for the last step.

    It may run meanwhile. Once all is copied you are asked to stop it; the last step then takes as long as is
    printed. A move that was interrupted goes on when it is begun again.
    """
    settings = load_settings(data=data)
    url = to or settings.database_address()
    if url is None:
        raise ConfigurationError("where to? --to postgresql://USER@HOST/DATABASE, or BARWATCH_DATABASE_URL")
    from service.store.moving.move import DatabaseMove  # noqa: PLC0415 - it needs an extra

    os.umask(OTHERS)
    with closing(DatabaseMove(settings.data, url)) as move:
        typer.echo("the tables are being copied" if move.begin() else "the move goes on")
        copied: dict[str, int] = {}

        def count(table: str, rows: int) -> None:
            copied[table] = copied.get(table, 0) + rows

        move.copy_rows(count)
        for table, rows in copied.items():
            typer.echo(f"{table}: {rows} rows")
        typer.echo(f"{move.copy_changes()} rows had changed meanwhile")
        _compare(move)
        lock = _when_stopped(settings.data, move)
        began = time.monotonic()
        try:
            check = move.finish()
        finally:
            lock.release()
        stopped_s = time.monotonic() - began
    typer.echo(
        f"moved: {sum(check.rows.values())} rows in {len(check.rows)} tables, as many on both sides;"
        f" {check.entries} entries of the audit follow each other, head {check.head}"
    )
    typer.echo(f"the last step took {stopped_s:.1f} s. Start the service with BARWATCH_DATABASE_URL now")


def _when_stopped(data: Path, move: DatabaseMove) -> FolderLock:
    """Wait until no service uses the folder, copying what changes meanwhile; return the lock on it."""
    asked = False
    while True:
        try:
            return FolderLock(data)
        except FolderInUseError:
            if not asked:
                typer.echo("all is copied: stop the service now. What it still writes comes along")
            asked = True
        move.copy_changes()
        time.sleep(ROUND_S)


def _compare(move: DatabaseMove) -> None:
    differing = move.differing()
    for name in differing[:SHOWN]:
        typer.echo(f"not as its seal says: {name}", err=True)
    if differing:
        typer.echo(
            f"{len(differing)} rows are not as their seals say: ask `barwatch verify` about the file",
            err=True,
        )
    else:
        typer.echo("every row is as its seal says")
