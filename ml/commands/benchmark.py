"""`barwatch render benchmark`: the benchmark's sets from their seeds, checked against their checksums."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS, WorkersOption, console, progress_bar
from ml.data.counts import Split

CHECKSUMS = RESULTS / "benchmark-checksums.json"


class Set(StrEnum):
    """What can be rendered."""

    SMALL = "small"
    LARGE = "large"
    ALL = "all"


OF: dict[Set, tuple[Split, ...]] = {
    Set.SMALL: ("train", "validation", "test"),
    Set.LARGE: ("large", "validation", "test"),
    Set.ALL: ("train", "validation", "test", "large"),
}


def benchmark(
    which: Annotated[
        Set, typer.Option("--set", help="Training pictures of Table 1 or of Table 3.")
    ] = Set.SMALL,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("runs/benchmark"),
    only: Annotated[list[str] | None, typer.Option(help="Only these lifts, e.g. S7.")] = None,
    workers: WorkersOption = 2,
    record: Annotated[
        bool, typer.Option(help="Record the checksums instead of comparing with them.")
    ] = False,
) -> None:
    """Render S1 to S20 with the paper's counts; goes on where it was cut short.

    Exits with 1 if a file's pictures are not those whose checksum is in the repository. Without AVX2 a few
    pixels differ.
    """
    from ml.data.benchmark import parts, render_parts  # noqa: PLC0415 - keeps `barwatch --help` quick

    wanted = [part for part in parts(OF[which]) if not only or part.counts.lift in only]
    if not wanted:
        raise typer.BadParameter(f"no such lift among S1 to S20: {', '.join(only or [])}")
    known: dict[str, str] = json.loads(CHECKSUMS.read_text(encoding="utf-8")) if CHECKSUMS.exists() else {}
    different = []
    with progress_bar() as progress:
        task = progress.add_task("rendering pictures", total=sum(part.pictures for part in wanted), note="")
        for part, digest in render_parts(out, wanted, workers):
            progress.advance(task, part.pictures)
            if record:
                known[part.name] = digest
            elif known.get(part.name) != digest:
                different.append(part.name)
    if record:
        CHECKSUMS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if different:
        console.print(
            f"[red]other pictures than recorded in {CHECKSUMS.name}: {', '.join(sorted(different))}"
        )
        raise typer.Exit(1)
    typer.echo(f"{out}: {len(wanted)} files, {sum(part.pictures for part in wanted)} pictures")
