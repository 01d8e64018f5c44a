"""The replay guard: what the extractor makes of recordings, as digests that a refactoring must not change.

`python -m tests.tools.replay record FILE [FOLDER ...]` writes the digests, `compare FILE` says what differs.
Folders are lift folders with a video and default to the samples and to the recordings under `runs/guard`.
Digests compare on one processor only: libraries choose other instructions elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import service  # noqa: F401 - first: it sets limits that numpy and OpenCV read at their import

# isort: split
import cv2
import typer

from lifts.folder import read_lift_folder
from service.capture.files import FileSource
from service.domain.camera import WatchedLift
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.passages.extractor import PassageExtractor
from service.station.worker import WorkerOptions
from service.usecases.samples import sample_folders

GUARD = Path("runs/guard")
app = typer.Typer(help=__doc__, add_completion=False)


def digest_of(passage: Passage) -> str:
    """SHA-256 over a passage's identity, times and pictures, to the last bit."""
    digest = hashlib.sha256()
    times = (passage.t_begin_s, passage.t_middle_s, passage.t_end_s, passage.decided_mono_s)
    digest.update(repr((passage.id, passage.number, [time.hex() for time in map(float, times)])).encode())
    for picture in passage.pictures:
        pose = None if picture.pose is None else picture.pose.model_dump_json()
        told = (
            float(picture.t_s).hex(),
            float(picture.quality).hex(),
            None if picture.problem is None else str(picture.problem),
            pose,
        )
        digest.update(repr(told).encode())
        digest.update(picture.image.tobytes())
    return digest.hexdigest()


def replayed(watched: WatchedLift, frames: Iterable[Frame]) -> list[Passage]:
    """Return what the extractor makes of the frames."""
    extractor = PassageExtractor(watched, run_id="replay")
    return [passage for frame in frames for passage in extractor.step(frame)] + extractor.finish()


def replay_folder(folder: Path) -> list[tuple[str, str]]:
    """Return (what a person reads, digest) of each passage in a lift folder's video.

    Frames carry media time for the monotonic clock, so that nothing depends on chance.
    """
    cv2.setNumThreads(1)  # as in a camera's process
    content = read_lift_folder(folder)
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    video = next(folder.glob("*.mp4"))
    source = FileSource(video, max_fps=WorkerOptions().max_fps)
    frames = (
        Frame.of_planes(
            f.y,
            f.u,
            f.v,
            index=f.index,
            t_s=f.t_s,
            t_mono_s=f.t_s,
            full_range=f.full_range,
            damaged=f.damaged,
        )
        for f in source
    )
    return [
        (f"{passage.id} at {passage.t_middle_s:.3f} s", digest_of(passage))
        for passage in replayed(watched, frames)
    ]


@app.command()
def record(file: Path, folders: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Write the digests of what today's code makes of the recordings."""
    chosen = folders or [*sample_folders(), *sorted(path for path in GUARD.glob("*") if path.is_dir())]
    file.write_text(json.dumps({str(folder): replay_folder(folder) for folder in chosen}, indent=1))
    typer.echo(f"{len(chosen)} recordings recorded in {file}")


@app.command()
def compare(file: Path) -> None:
    """Replay the recordings of a file; exit with 1 if any passage differs."""
    differing = 0
    for folder, before in json.loads(file.read_text()).items():
        now = [list(told) for told in replay_folder(Path(folder))]
        same = now == before
        differing += not same
        typer.echo(f"{'same' if same else 'DIFFERENT'}: {folder}, {len(before)} -> {len(now)} passages")
        for old, new in zip(before, now, strict=False):
            if old != new:
                typer.echo(f"  {old[0]} -> {new[0]}")
    raise typer.Exit(1 if differing else 0)


if __name__ == "__main__":
    app()
