"""`barwatch verify`: is the history in a data folder, or in an exported pack, what the service wrote?"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from service.audit.findings import Report
from service.audit.unpacking import verify_pack
from service.audit.verification import verify as verify_data
from service.commands.options import DataOption, JsonOption
from service.settings import load_settings

NOW = "now"
_HASH = re.compile(r"[0-9a-f]{64}")


class HeadCommand(TyperCommand):
    """A command whose option --head may stand without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give --head a value where it has none."""
        given = list(args)
        if "--head" in given:
            place = given.index("--head") + 1
            if place == len(given) or not _HASH.fullmatch(given[place]):
                given.insert(place, NOW)
        return super().parse_args(ctx, given)


app = typer.Typer(
    help="Check database, pictures or a pack offline; the first broken link is named, "
    "and the exit code is 1.",
    add_completion=False,
)


@app.command(cls=HeadCommand)
def verify(
    pack: Annotated[
        Path | None, typer.Argument(metavar="[PACK]", help="An exported pack, in place of a data folder.")
    ] = None,
    data: DataOption = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="[HASH]",
            help="A head that was kept and must still be in the chain; without HASH, print it.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check database, pictures or a pack offline; the first broken link is named, and the exit code is 1."""
    wanted = None if head == NOW else head
    if pack is None:
        report = verify_data(load_settings(data=data).data, wanted)
    else:
        report = verify_pack(pack, wanted)
        if data is not None:  # the folder that it comes from must still know of the export
            report.take(verify_data(data, report.head_hash).broken)
    if as_json:
        typer.echo(json.dumps({"ok": report.ok, **dataclasses.asdict(report)}))
    elif head == NOW and report.ok:
        typer.echo(report.head_hash)
    else:
        _say(report)
    if not report.ok:
        raise typer.Exit(1)


def _say(report: Report) -> None:
    for number, broken in enumerate(report.broken):
        typer.echo(f"{'first broken link' if number == 0 else 'broken too'}: {broken}", err=True)
    typer.echo(
        f"{'ok' if report.ok else 'BROKEN'}: {report.entries} entries, {report.rows} rows, "
        f"{report.pictures} pictures; head {report.head_seq} {report.head_hash}"
    )
    if report.left_out:
        typer.echo(f"{report.left_out} files of pictures were left out of the backup that was restored")
    if report.unnoted:
        typer.echo(
            f"{report.unnoted} pictures have no digest: they are being written, or older than the audit"
        )
