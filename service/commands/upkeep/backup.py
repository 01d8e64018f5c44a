"""`barwatch backup` and `barwatch restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import DataOption
from service.settings import load_settings
from service.store.upkeep import backup as backups
from service.store.upkeep.plan import ClipChoice, PictureChoice


def backup(
    data: DataOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder of the backups [backups in the data folder].")
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help="Delete all backups there but the newest N [keep all]."),
    ] = None,
    pictures: Annotated[
        PictureChoice, typer.Option("--pictures", help="Which pictures are part of it.")
    ] = PictureChoice.ALARMS,
    clips: Annotated[
        ClipChoice, typer.Option("--clips", help="Which clips are part of it.")
    ] = ClipChoice.HELD,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Also the keys of the cameras' passwords and of signatures.")
    ] = False,
) -> None:
    """Save the data folder into one file, also while the service runs; prints the file's name."""
    settings = load_settings(data=data)
    folder = to or settings.backup_folder()
    made = backups.make(
        settings.data,
        folder,
        keep=keep,
        pictures=pictures,
        clips=clips,
        with_keys=with_keys,
        url=settings.database_address(),
        evidence=settings.evidence_address(),
    )
    typer.echo(made)


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    data: DataOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Move what is in the data folder aside first.")
    ] = False,
) -> None:
    """Put a backup into a data folder that no service uses. Nothing is overwritten."""
    settings = load_settings(data=data)
    shared = settings.evidence_address() is not None
    aside = backups.restore(file, settings.data, force=force, shared=shared)
    typer.echo(f"restored {file} into {settings.data}")
    if settings.database_address() is not None:
        typer.echo(
            "It is a file of SQLite: `barwatch migrate-data` moves it into an empty PostgreSQL database"
        )
    if aside is not None:
        typer.echo(f"what was there is in {aside}")
    typer.echo("Everybody signs in again. Tokens and people are those of the backup: look through them.")
