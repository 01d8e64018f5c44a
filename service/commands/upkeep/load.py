"""`barwatch bench load`: the whole service under a load that is known."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from service.bench.about import about
from service.bench.cameras import CAMERAS, FPS, RECORDINGS, mbit_per_s, recording, sample, watched
from service.bench.load.running import LoadRun, rules
from service.commands.options import JsonOption, ModelOption
from service.commands.upkeep.bench import camera_named
from service.host.logs import set_up_logging

Row = dict[str, Any]

SAME_RUN = ("nodes", "cores", "camera", "cameras", "clients")
"""A run replaces an earlier one that agrees in these."""


def load(
    cameras: Annotated[int, typer.Option(min=1, max=64, help="Cameras at once.")] = 4,
    clients: Annotated[int, typer.Option(min=0, max=64, help="Open pages that follow them.")] = 0,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long, once all lines are followed.")] = 180.0,
    camera: Annotated[str, typer.Option(help="Which simulated camera: 1080p25 or 720p25.")] = CAMERAS[1].name,
    cache: Annotated[Path, typer.Option(help="Where the cameras' recordings are kept.")] = RECORDINGS,
    model: ModelOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Add the run to this JSON file, in place of the same one before.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What the whole service takes with so many cameras and open pages, and how late it is.

    `barwatch simulate` is validated against these runs. Give each number of cameras its own call.
    """
    kind = camera_named(camera)
    set_up_logging("error", None)
    folder, source = sample()  # as `bench ingest`, so that what a camera takes can be compared
    video = recording(kind, source, cache)
    lifts = [watched(folder, video, f"camera-{number}") for number in range(cameras)]
    with tempfile.TemporaryDirectory(prefix="barwatch-load-") as data:
        found = LoadRun(lifts, clients, seconds, Path(data)).measure(model)
    run: Row = {**about(), "camera": camera, "fps": FPS, "mbit_per_s": mbit_per_s(video), **found}
    if out is not None:
        keep(run, out)
    if as_json:
        typer.echo(json.dumps(run))
        return
    each_ms = 1e3 * FPS / max(1, found["frames_read"])
    spent_s: dict[str, float] = found["processor_s"] or {}
    parts = ", ".join(f"{name} {spent * each_ms:.1f}" for name, spent in spent_s.items())
    parts = parts or f"not known, {found['restarts']} processes were replaced"
    late = sorted(found["delays_ms"])
    typer.echo(
        f"{cameras} cameras {camera}, {found['seconds']:.0f} s: {found['passages']} passages, "
        f"{found['unknown']} unknown; ms of the processor per second of camera: {parts}; last picture to "
        f"commit: median {late[len(late) // 2] if late else 0:.0f} ms; others took "
        f"{found['others_busy_cores']:.2f} of {found['cores']} cores"
    )


def keep(run: Row, out: Path) -> None:
    """Add a run to a file of runs, with the service's rules; the same run before is replaced."""
    runs = json.loads(out.read_text(encoding="utf-8"))["runs"] if out.is_file() else []
    others = [each for each in runs if any(each[name] != run[name] for name in SAME_RUN)]
    result = {"command": run["command"], "git_commit": run["git_commit"], "rules": rules()}
    result["runs"] = sorted([*others, run], key=lambda each: [str(each[name]).rjust(9) for name in SAME_RUN])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
