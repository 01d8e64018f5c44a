"""Videos of a moving lift: frames, and H.264 files with their truth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from lifts.arrays import UInt8
from ml.scene.lift import HEIGHT, LiftScene
from ml.scene.video.schedule import VideoSchedule, ground_truth
from ml.scene.video.stage import Stage


def frames(
    lift: LiftScene, schedule: VideoSchedule, seed: int, fps: float = 25, height: int = HEIGHT
) -> Iterator[tuple[float, UInt8]]:
    """Yield (time in seconds, picture uint8[H, W, 3] RGB), one loop of the schedule.

    height: 720 or less; pictures are 16 to 9.
    """
    rng = np.random.default_rng(np.random.SeedSequence([lift.seed, seed, 9]))
    stage = Stage(lift, schedule, rng, height)
    for k in range(round(schedule.duration_s * fps)):
        yield k / fps, stage.frame(k / fps)


def render_video(
    lift: LiftScene,
    schedule: VideoSchedule,
    seed: int,
    path: Path,
    fps: float = 25,
    *,
    crf: int = 27,
    preset: str = "medium",
    height: int = HEIGHT,
) -> dict[str, Any]:
    """Write an H.264 video (yuv420p, 16 to 9) and return its ground truth, ready for JSON.

    crf 18 (fine) .. 35 (coarse) and preset are libx264's. height: of the pictures, 720 or less.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=Fraction(fps), options={"crf": str(crf), "preset": preset}
        )
        stream.width, stream.height, stream.pix_fmt = round(height * 16 / 9), height, "yuv420p"
        stream.codec_context.gop_size = round(2 * fps)
        for _, picture in frames(lift, schedule, seed, fps, height):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return ground_truth(lift, schedule, fps)
