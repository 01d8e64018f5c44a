"""`barwatch verify`: is the history in a data folder, or in an exported pack, what the service wrote?"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from lifts.text import read_text
from service.audit.findings import Report
from service.audit.signing import SIGNING_KEY, SigningKey
from service.audit.unpacking import verify_pack
from service.audit.verification import verify as verify_data
from service.commands.options import DataOption, JsonOption
from service.settings import load_settings

NOW, KEY_BYTES = "now", 32
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
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="PUBLIC", help="The key that must have signed the pack, or its file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check database, pictures or a pack offline; the first broken link is named, and the exit code is 1."""
    wanted = None if head == NOW else head
    if pack is None:
        if key is not None:
            raise typer.BadParameter("it belongs to a pack", param_hint="--key")
        settings = load_settings(data=data)
        report = verify_data(settings.data, wanted, settings.database_address(), settings.evidence_address())
    else:
        settings = load_settings(data=data)
        folder = None if data is None else settings.data
        own = folder is not None and (folder / SIGNING_KEY).is_file()
        public = _key(key) if key is not None else SigningKey(folder).public() if folder and own else None
        report = verify_pack(pack, wanted, public)
        if data is not None:  # the folder that it comes from must still know of the export
            url, evidence = settings.database_address(), settings.evidence_address()
            report.take(verify_data(data, report.head_hash, url, evidence).broken)
    if as_json:
        typer.echo(json.dumps({"ok": report.ok, **dataclasses.asdict(report)}))
    elif head == NOW and report.ok:
        typer.echo(report.head_hash)
    else:
        _say(report)
    if not report.ok:
        raise typer.Exit(1)


def _key(given: str) -> str:
    """Return a public key that was given itself, or by the name of a file that holds it."""
    text = given
    if Path(given).is_file():
        text = read_text(Path(given)).strip()
    try:
        if len(base64.b64decode(text, validate=True)) == KEY_BYTES:
            return text
    except ValueError:
        pass
    raise typer.BadParameter(f"expected {KEY_BYTES} bytes in base64, or a file of them", param_hint="--key")


def _say(report: Report) -> None:
    for number, broken in enumerate(report.broken):
        typer.echo(f"{'first broken link' if number == 0 else 'broken too'}: {broken}", err=True)
    typer.echo(
        f"{'ok' if report.ok else 'BROKEN'}: {report.entries} entries, {report.rows} rows, "
        f"{report.pictures} pictures, {report.clips} clips, {report.self_tests} self-tests; "
        f"head {report.head_seq} {report.head_hash}"
    )
    if report.left_out:
        typer.echo(f"{report.left_out} files of pictures were left out of the backup that was restored")
    if report.signed_by:
        typer.echo(f"signed by {report.signed_by}: compare it with a note of the installation's key")
    if report.unnoted:
        typer.echo(
            f"{report.unnoted} pictures have no digest: they are being written, or older than the audit"
        )
