"""`barwatch bench`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, get_args

import typer

from ml.bench.embed import rates
from ml.bench.gpu import gpu_rate
from ml.bench.networks import network_rates
from ml.bench.render import rate_beside, recordings_beside, render_rate
from ml.bench.smoke import smoke_rows, smoke_runs, too_long
from ml.bench.systems import alternative_systems, artefact_systems, paper_system, timed_dtypes
from ml.bench.teachers import teacher_rates
from ml.bench.train import train_rate
from ml.commands.common import (
    RELEASED,
    JsonOption,
    ModelOption,
    OutOption,
    SystemName,
    console,
    deliver,
    keep,
    progress_bar,
    provenance,
)
from ml.machine.description import machine
from ml.machine.memory import keep_freed_memory
from ml.report.speed import embed_section, networks_section, smoke_section


def bench_render(
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    lifts: Annotated[int, typer.Option(min=1, help="Lifts each process renders.")] = 10,
    passages: Annotated[int, typer.Option(min=1, help="Passages of each lift, three pictures each.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The first lift's.")] = 0,
    beside: Annotated[
        Path | None,
        typer.Option(help="Another checkout: measure both in turns, one process."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each, with --beside.")] = 3,
    takes: Annotated[
        int, typer.Option(min=0, help="With --beside: of this checkout, textured lifts in so many exposures.")
    ] = 0,
    recordings: Annotated[
        bool,
        typer.Option(help="With --beside: recordings, of --passages pictures each, instead of passages."),
    ] = False,
) -> None:
    """Registered pictures rendered a second; JSON."""
    if beside and recordings:
        result = recordings_beside(beside, lifts, passages, seed, rounds)
    elif beside:
        result = rate_beside(beside, lifts, passages, seed, rounds, takes)
    else:
        result = render_rate(processes, lifts, passages, seed)
    print(json.dumps(result))  # noqa: T201


def bench_embed(
    model: ModelOption = RELEASED / "barwatch.ts",
    threads: Annotated[
        list[int] | None, typer.Option(min=1, help="CPU threads, each in turn; 1 and 2.")
    ] = None,
    batch: Annotated[list[int] | None, typer.Option(min=1, help="Pictures at a time; 3 and 16.")] = None,
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each figure.")] = 2.0,
    keep_memory: Annotated[
        bool,
        typer.Option(
            "--keep-memory/--default-memory",
            help="Keep freed memory: helps all, and the paper's network, whose maps are the largest, most.",
        ),
    ] = True,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pictures a second from bytes to an answer, by threads and batch.

    On a GPU, where there is one, beside the limits of its bus and its arithmetic. Then the artefact beside
    the paper's network and what one would pick instead, all in one run; OUT holds what is measured so far.
    """
    threads, batch = threads or [1, 2], batch or [3, 16]
    about = provenance(None) | {"machine": machine(), "seconds": seconds}
    about["keeps_freed_memory"] = keep_memory and keep_freed_memory()
    timed: list[dict[str, Any]] = []
    with progress_bar() as progress:
        task = progress.add_task("timing", total=len(threads) * len(batch) + 1, note="")
        gpu = gpu_rate(model, seconds)
        keep(about | {"rows": [], "gpu": gpu}, out)
        progress.advance(task)
        others, missing = alternative_systems()
        ours = [system for dtype in timed_dtypes() for system in artefact_systems(model, dtype)]
        systems = [*ours, *(paper_system(dtype) for dtype in timed_dtypes()), *others]
        for found in rates(systems, threads, batch, seconds):
            timed += found
            keep(about | {"rows": timed, "gpu": gpu}, out)
            progress.advance(task)
    result = about | {"rows": timed + missing, "gpu": gpu}
    deliver(result, embed_section(result), out, as_json)


def bench_systems(
    model: ModelOption = RELEASED / "barwatch.ts",
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each figure.")] = 5.0,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pictures a second of all systems of the papers beside the artefact, one thread, 200x200."""
    keep_freed_memory()
    about = provenance(None) | {"machine": machine(), "seconds": seconds}
    result = about | {"rows": network_rates(model, seconds)}
    deliver(result, networks_section(result), out, as_json)


def bench_smoke(
    only: Annotated[
        list[str] | None, typer.Argument(help="Only these: systems, sets of pairs, evaluate-naive.")
    ] = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Processor time of every smoke preset, each from an empty folder; fails beyond a minute.

    Each system is trained and judged, pairs of pictures and what needs no learning are judged. Rendering
    counts. Other load on the machine does not lengthen the times.
    """
    result = provenance(None) | {"machine": machine(), "rows": list[dict[str, Any]]()}
    with TemporaryDirectory(prefix="barwatch-smoke-") as folder:
        runs = {run.name: run for run in smoke_runs(get_args(SystemName), Path(folder))}
        if unknown := [name for name in only or () if name not in runs]:
            raise typer.BadParameter(f"{unknown[0]}: expected one of {', '.join(runs)}")
        for name in only or runs:
            log = Path(folder) / f"{name}.log"
            result["rows"] += smoke_rows(runs[name], log)
            keep(result, out)
            if result["rows"][-1]["status"]:
                console.print(log.read_text(encoding="utf-8", errors="replace")[-2000:], markup=False)
    deliver(result, smoke_section(result), out, as_json)
    if failed := too_long(result["rows"]):
        console.print(f"[red]failed, or more than a minute: {', '.join(failed)}")
        raise typer.Exit(1)


def bench_train(
    batch: Annotated[int, typer.Option(min=2, help="Pictures a step.")] = 32,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    steps: Annotated[int, typer.Option(min=1, help="Steps of each row.")] = 8,
    teachers: Annotated[
        bool,
        typer.Option(help="Instead: what teachers cost beside the network that ships, of processor time."),
    ] = False,
    lifts: Annotated[int, typer.Option(min=2, help="With --teachers: lifts in a step.")] = 4,
    seconds: Annotated[float, typer.Option(min=0, help="With --teachers: time for each figure.")] = 2.0,
    out: OutOption = None,
) -> None:
    """Pictures a second in training of the paper's network, with and without kept memory; JSON lines."""
    if teachers:
        result = provenance(None) | {"machine": machine(), "rows": teacher_rates(lifts, seconds)}
        deliver(result, "", out, as_json=True)
        return
    for row in train_rate(batch, threads, steps):
        print(json.dumps(row))  # noqa: T201
