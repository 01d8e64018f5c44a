"""How far off the service's registration is on the sample lifts: python -m tests.tools.registration_errors.

The renderer's `Slip` (ml.scene.passage) draws its registration errors from these figures.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from lifts.geometry import apply, to_camera, to_canonical
from lifts.schema import Pose
from ml.scene.cli import SAMPLES, sample_video_schedule
from ml.scene.lift import sample_lift
from ml.scene.video import speed_m_s
from service.commands.samples import sample_folder
from tests.tools.recorded import passages_of


def error(true: Pose, found: Pose) -> tuple[float, float, float, float]:
    """Return how the picture registered by `found` lies in the true one: dx, dy (pixels), scale, angle."""
    corners = np.array([[100.0, 100.0], [150.0, 100.0]])
    moved = apply(to_canonical(true), apply(to_camera(found), corners))
    shift = moved[0] - corners[0]
    side = (moved[1] - moved[0]) / 50.0
    return float(shift[0]), float(shift[1]), float(np.hypot(*side)), float(np.arctan2(side[1], side[0]))


def main() -> None:
    """Print a JSON line for each sample lift and position: means and standard deviations."""
    for sample in SAMPLES:
        folder = sample_folder(sample.name)
        assert folder is not None
        scene = sample_lift(sample.seed)
        middles = [c["t_middle"] for c in json.loads((folder / "truth.json").read_text())["carriers"]]
        speed = speed_m_s(scene, sample_video_schedule(sample, scene))
        found = passages_of(folder)
        for position, name in enumerate(("begin", "middle", "end")):
            rows = []
            for passage in found:
                picture = passage.pictures[position]
                middle = min(middles, key=lambda t, p=passage: abs(t - p.t_middle_s))  # type: ignore[misc]
                way = scene.heading * speed * (picture.t_s - middle)
                if picture.pose is not None:
                    rows.append(error(scene.pose(way), picture.pose))
            mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
            line = {
                "lift": sample.name,
                "position": name,
                "pictures": len(rows),
                "mean": dict(zip(("dx", "dy", "scale", "angle"), mean.round(4).tolist(), strict=True)),
                "spread": dict(zip(("dx", "dy", "scale", "angle"), spread.round(4).tolist(), strict=True)),
            }
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
