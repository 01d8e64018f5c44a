"""Rendered recordings of lifts not used in training, and the passages that `barwatch watch` finds in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lifts.folder import LiftFolder, write_lift_folder
from ml.data.rendered import LAYOUT, renderers
from ml.evaluate.events import EventTally, Record, tally
from ml.scene.masks import draw_masks, draw_references
from ml.scene.sampling import sample_lift
from ml.scene.video.file import render_video
from ml.scene.video.schedule import sample_schedule, write_truth


@dataclass(frozen=True)
class RenderedRecording:
    """A recording of a lift, drawn from `seed` and `number`; it shows `carriers` at 25 frames a second."""

    seed: int
    number: int
    carriers: int

    def folder(self, root: Path) -> Path:
        """Return the folder of lift folder, video and truth."""
        return root / f"v{LAYOUT}-{self.seed}-{self.number}-{self.carriers}"


def render(root: Path, recording: RenderedRecording) -> RenderedRecording:
    """Render a recording as a lift folder with video.mp4 and truth.json, unless it exists."""
    folder = recording.folder(root)
    if (folder / "truth.json").exists():
        return recording
    folder.mkdir(parents=True, exist_ok=True)
    lift = sample_lift(recording.seed)
    references = draw_references(lift)
    write_lift_folder(folder, LiftFolder(lift=lift.lift, masks=draw_masks(lift), references=references))
    rng = np.random.default_rng(np.random.SeedSequence([recording.seed, recording.number, 6]))
    schedule = sample_schedule(lift, rng, recording.carriers)
    truth = render_video(lift, schedule, recording.number, folder / "video.mp4", preset="veryfast")
    write_truth(
        folder / "truth.json", {**truth, "light": schedule.base.light}
    )  # last, as the mark of a complete recording
    return recording


def render_all(
    root: Path, recordings: Sequence[RenderedRecording], workers: int
) -> Iterator[RenderedRecording]:
    """Render side by side; yields each as it is ready."""
    with renderers(workers) as pool:
        for done in as_completed([pool.submit(render, root, recording) for recording in recordings]):
            yield done.result()


def watch_video(
    video: Path, lift: Path, model: Path, learnt: Path | None = None, pictures: Path | None = None
) -> list[Record]:
    """Watch a video with the service's own command; returns its lines in order, one per carrier.

    A damaged recording (exit status 3) is watched as far as it goes. `learnt` keeps what is learnt of the
    line from one call to the next, as the service keeps it; `pictures` keeps every carrier's pictures.

    Raises:
        RuntimeError: the command failed; with its error output.
    """
    return watch_with_summary(video, lift, model, learnt, pictures)[0]


def watch_with_summary(
    video: Path, lift: Path, model: Path, learnt: Path | None = None, pictures: Path | None = None
) -> tuple[list[Record], Record]:
    """Watch a video as `watch_video` does; returns its carriers' lines, and the command's summary.

    Raises:
        RuntimeError: the command failed; with its error output.
    """
    command = [sys.executable, "-m", "service.cli", "watch", str(video), "--lift", str(lift)]
    if learnt is not None:
        command += ["--learnt", str(learnt)]
    if pictures is not None:
        command += ["--pictures", str(pictures)]
    # One thread: further ones wait for it actively, which doubles the processor time of the same answers.
    done = subprocess.run(
        [*command, "--json", "--timing", "--model", str(model)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"{video.parent.name}/{video.name}: {done.stderr.strip()}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    summary: Record = next((line["summary"] for line in lines if "summary" in line), {})
    return [line for line in lines if "passage" in line], summary


def watch(
    root: Path, recording: RenderedRecording, model: Path, learnt: Path | None = None
) -> tuple[EventTally, dict[str, Any]]:
    """Watch a recording (`watch_video`); returns its tally and the row of the report.

    Raises:
        RuntimeError: the command failed; with its error output.
    """
    folder = recording.folder(root)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    lines = watch_video(folder / "video.mp4", folder, model, learnt)
    found = tally(truth["carriers"], lines, truth["duration_s"])
    return found, {"lift": f"seed-{recording.seed}", "light": truth["light"], **found.counts}
