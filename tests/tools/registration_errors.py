"""How far off the service's registration is: python -m tests.tools.registration_errors [--shake PX] [FOLDERS]

On the sample lifts' recordings, or on folders of rendered recordings (see ml.evaluate.watching), whose true
poses the renderer knows. --shake moves every frame by chance, as wind does a mast: a known disturbance, which
the true poses are moved by too. The renderer's `Slip` (ml.scene.passage) draws its errors from these figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lifts.folder import read_lift_folder
from lifts.geometry import apply, to_camera, to_canonical
from lifts.schema import Pose
from ml.commands.render import SAMPLES
from ml.scene.lift import LiftScene
from ml.scene.sampling import sample_lift
from service.domain.camera import WatchedLift
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.passages.extractor import PassageExtractor
from service.usecases.samples import sample_folder
from tests.tools.recorded import frames_of

POSITIONS = ("begin", "middle", "end")
_SIDE = np.linspace(20.0, 180.0, 5)
POINTS = np.stack(np.meshgrid(_SIDE, _SIDE), axis=-1).reshape(-1, 2)
"""Canonical points, float64[25, 2], over which an error is the mean distance."""


@dataclass(frozen=True)
class Row:
    """One picture: its place on the track, its error in canonical pixels, and the quality it was given."""

    position: str
    error_px: float
    dx_px: float
    dy_px: float
    quality: float


def error(true: Pose, found: Pose) -> tuple[float, float, float]:
    """Return a picture's mean distance from its true place, registered by `found`, and its mean dx, dy."""
    moved = apply(to_canonical(true), apply(to_camera(found), POINTS)) - POINTS
    dx, dy = moved.mean(axis=0)
    return float(np.hypot(*moved.T).mean()), float(dx), float(dy)


def shaken(
    frames: Iterator[Frame], shake_px: float, moves: dict[float, tuple[float, float]]
) -> Iterator[Frame]:
    """Move every frame by up to shake_px camera pixels; notes the moves by media time."""
    rng = np.random.default_rng(5)
    for frame in frames:
        dx, dy = (float(v) for v in rng.uniform(-shake_px, shake_px, 2)) if shake_px else (0.0, 0.0)
        moves[frame.t_s] = (dx, dy)
        image = frame.image
        if shake_px:
            matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
            size = (frame.width, frame.height)
            moved = cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
            image = np.asarray(moved, dtype=np.uint8)
        yield Frame.of_bgr(image, index=frame.index, t_s=frame.t_s, t_mono_s=frame.t_mono_s)


def rows(folder: Path, scene: LiftScene, shake_px: float) -> list[Row]:
    """Take a folder's recording through the service's extractor and compare every picture's pose."""
    content = read_lift_folder(folder)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    middles = np.array([c["t_middle"] for c in truth["carriers"]])
    video = folder / ("video.mp4" if (folder / "video.mp4").exists() else "demo.mp4")
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    extractor = PassageExtractor(watched, run_id="errors")
    moves: dict[float, tuple[float, float]] = {}
    passages: list[Passage] = []
    for frame in shaken(frames_of(video, step=2), shake_px, moves):
        passages += extractor.step(frame)
    out = []
    for passage in passages:
        middle = float(middles[np.argmin(np.abs(middles - passage.t_middle_s))])
        for position, picture in zip(POSITIONS, passage.pictures, strict=True):
            true = scene.pose(scene.heading * truth["speed_m_s"] * (picture.t_s - middle))
            dx, dy = moves[picture.t_s]
            true = true.model_copy(update={"x": true.x + dx, "y": true.y + dy})
            if picture.pose is not None:
                out.append(Row(position, *error(true, picture.pose), picture.quality))
    return out


def summary(name: str, found: list[Row]) -> dict[str, object]:
    """Return a line: pictures, and the error's median and 95th percentile in canonical pixels."""
    errors: npt.NDArray[np.float64] = np.array([row.error_px for row in found])
    return {
        "what": name,
        "pictures": len(found),
        "median_px": round(float(np.median(errors)), 2),
        "p95_px": round(float(np.quantile(errors, 0.95)), 2),
        "mean_dx": round(float(np.mean([row.dx_px for row in found])), 2),
        "mean_dy": round(float(np.mean([row.dy_px for row in found])), 2),
    }


def main() -> None:
    """Print a JSON line for each recording, each position and each range of quality."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--shake", type=float, default=0.0, metavar="PX")
    options = parser.parse_args()
    todo = [(folder, int(folder.name.split("-")[1])) for folder in options.folders]
    for sample in SAMPLES if not todo else ():
        folder = sample_folder(sample.name)
        assert folder is not None
        todo.append((folder, sample.seed))
    found: list[Row] = []
    for folder, seed in todo:
        one = rows(folder, sample_lift(seed), options.shake)
        sys.stdout.write(json.dumps(summary(folder.name, one)) + "\n")
        sys.stdout.flush()
        found += one
    lines = [summary(p, [row for row in found if row.position == p]) for p in POSITIONS]
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        some = [row for row in found if low <= row.quality < high]
        lines += [summary(f"quality {low:.1f} to {min(high, 1.0):.1f}", some)] if some else []
    lines.append(summary("all", found))
    sys.stdout.write("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
