"""`barwatch bench store` and `clips`: what the database costs as it grows, and holding packets."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from service.bench.about import about
from service.bench.cameras import CAMERAS, RECORDINGS, SimulatedCamera, mbit_per_s, recording, sample
from service.bench.clips import clips_cost
from service.bench.database.databases import side_by_side
from service.bench.database.store import build, measure, while_pruning
from service.bench.start import start_s
from service.commands.options import JsonOption
from service.domain.errors import ConfigurationError


def store(
    small: Annotated[int, typer.Option("--small", min=6000, help="Passages of the small database.")] = 10_000,
    large: Annotated[int, typer.Option("--large", min=6000, help="Passages of the large one.")] = 1_000_000,
    lifts: Annotated[int, typer.Option("--lifts", min=1, help="Lifts of both.")] = 1_000,
    pruned: Annotated[int, typer.Option("--pruned", help="Passages to delete beside alarms.")] = 100_000,
    starts: Annotated[int, typer.Option("--starts", min=0, help="Starts of the service on each.")] = 3,
    to: Annotated[Path | None, typer.Option("--to", help="Where both are made, and deleted again.")] = None,
    postgres: Annotated[
        str | None,
        typer.Option(
            "--postgres", help="Commits in SQLite and in this empty PostgreSQL database instead, in turns."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What alarms, pages, the list of lifts and the start take, with few passages and with many."""
    sizes = {"small": small, "large": large}
    if to is not None:
        try:
            to.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"--to {to}: cannot be made: {error.strerror}") from error
    if postgres is not None:
        _databases(to, postgres, as_json=as_json)
        return
    with tempfile.TemporaryDirectory(dir=to) as folder:
        found = {}
        for name, number in sizes.items():
            build(Path(folder) / name, number, lifts)
            found[name] = measure(Path(folder) / name)
        times: dict[str, list[float]] = {name: [] for name in sizes}
        for _ in range(starts):  # by turns: whatever else the machine does meets both alike
            for name, took in times.items():
                took.append(1000 * start_s(Path(folder) / name))
        for name, took in times.items():
            if took:
                found[name]["start"] = statistics.median(took)
        beside = while_pruning(Path(folder) / "large", min(pruned, large // 2))
    ratios = {name: round(found["large"][name] / ms, 2) for name, ms in found["small"].items()}
    if as_json:
        said = {"about": about(), **sizes, "lifts": lifts, "pruned": pruned}
        typer.echo(json.dumps({**said, "ms": found, "ratios": ratios, "pruning_ms": beside}))
        return
    for name, ratio in ratios.items():
        before, after = found["small"][name], found["large"][name]
        typer.echo(f"{name:26} {before:8.2f} ms {after:8.2f} ms  x {ratio:.2f}")
    typer.echo(
        f"alarm insert, p99: {beside['idle p99']:.1f} ms; while pruning {beside['pruning p99']:.1f} ms"
    )


def _databases(to: Path | None, postgres: str, *, as_json: bool) -> None:
    began = about() | {"command": "barwatch bench store --postgres URL"}  # its password is nobody's business
    with tempfile.TemporaryDirectory(dir=to) as folder:
        found = side_by_side(Path(folder), postgres)
    if as_json:
        typer.echo(json.dumps({"databases": {"about": began, **found}}))
        return
    for name, ratio in found["ratios"].items():
        one, other = (found["rows"][row][name] for row in ("sqlite", "postgres"))
        typer.echo(f"{name:30} SQLite {one:8.2f}  PostgreSQL {other:8.2f}  x {ratio:.2f}")
    typer.echo(
        "another service has read an alarm after {median:.1f} ms, p99 {p99:.1f} ms".format(
            **found["heard_ms"]
        )
    )


def camera_named(name: str) -> SimulatedCamera:
    """Return a simulated camera; ends the command if there is none of that name."""
    for each in CAMERAS:
        if each.name == name:
            return each
    raise typer.BadParameter(f"there is no camera {name!r}", param_hint="--camera")


def clips(
    camera: Annotated[
        str, typer.Option(help="Which simulated camera: 1080p25, 720p25 or 1080p25 with B pictures.")
    ] = CAMERAS[0].name,
    seconds: Annotated[float, typer.Option(min=4.0, help="How much of its recording to measure.")] = 120.0,
    cache: Annotated[Path, typer.Option(help="Where its recording is kept.")] = RECORDINGS,
    as_json: JsonOption = False,
) -> None:
    """What holding a camera's last packets for clips costs: processor's time and memory."""
    video = recording(camera_named(camera), sample()[1], cache)
    measured = {"camera": camera, "mbit_per_s": mbit_per_s(video), **clips_cost(video, seconds)}
    if as_json:
        typer.echo(json.dumps({"about": about(), **measured}))
        return
    typer.echo(
        "{camera}, {mbit_per_s:.1f} Mbit/s: holding packets takes {holding_ms:.2f} ms of the processor for a "
        "second of video, {share:.2%} of decoding it ({ratio:.3f} with and without in turns); {held_s:.0f} s "
        "are held, {held_mb:.1f} MB, and the process grew by {memory_mb:.1f} MB more; cutting a clip of "
        "{clip_mb:.1f} MB takes {clip_ms:.0f} ms".format(**measured)
    )
