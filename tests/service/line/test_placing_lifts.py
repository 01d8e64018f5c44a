"""Where carriers are on the track, measured on rendered lifts: by the masks, by reference pictures, by both.

    python -m pytest -m slow -s tests/service/line/test_placing_lifts.py

prints how far each lift's placing is off, in progress and in seconds. `BARWATCH_PLACING_SEEDS=10100:10120`
measures others than the development lifts.
"""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
import pytest

from lifts.geometry import to_canonical
from lifts.schema import MaskPair
from lifts.track import TrackGeometry, scaled
from ml.scene.masks import draw_masks
from ml.scene.sampling import sample_lift
from ml.scene.video.file import frames
from ml.scene.video.schedule import Truth, VideoSchedule, sample_schedule, truths
from service.capture.files import FileSource
from service.domain.arrays import Image
from service.line.clip import Clip
from service.line.placing import Placer, Placing
from service.line.roi import Roi
from service.line.work import finish
from service.passages.learning import Learning

HEIGHT, FPS, INTERVALS, DAY = 360, 12.5, 4.05, 1
NEAR, FAR = 0.1, 0.25  # progress: what references must reach, and what must not pass for certain


class Learnt(NamedTuple):
    """What the line is learnt from at last, with the carriers' interval, and the truth."""

    clip: Clip
    interval_s: float
    schedule: VideoSchedule
    carriers: tuple[Truth, ...]
    references: dict[str, Image]


def recorded(seed: int, folder: Path) -> Learnt:
    """Draw a lift's first four intervals, as a camera's smaller stream, and learn from them."""
    lift = sample_lift(seed)
    assert lift.lift.track is not None
    schedule = sample_schedule(lift, np.random.default_rng([seed, DAY, 7]), 10)
    carriers, path = truths(lift, schedule), folder / f"{seed}.mp4"
    waiting, references = list(carriers[:4]), dict[str, Image]()
    middle = to_canonical(scaled(lift.lift.track, HEIGHT / 720).middle)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS), options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = round(HEIGHT * 16 / 9), HEIGHT, "yuv420p"
        for t_s, picture in frames(lift, schedule, seed, FPS, HEIGHT):
            if waiting and t_s >= waiting[0].t_middle - 0.5 / FPS:
                cut = np.asarray(cv2.warpAffine(picture, middle, (200, 200)), np.uint8)
                references.setdefault(waiting.pop(0).state, cut)
            if t_s > INTERVALS * schedule.interval_s:
                break
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    track = TrackGeometry(lift.lift.track).scaled(HEIGHT / 720)
    roi = Roi(track, round(HEIGHT * 16 / 9), HEIGHT)
    learning, known = Learning(roi, track), None
    for frame in FileSource(path):
        small = roi.small(frame.luma)
        learning.add(frame, small, roi.features(small))
        known = learning.due(frame.t_s, known) or known
    path.unlink()
    assert known is not None, f"lift {seed}: no interval was found"
    return Learnt(learning.clip, known, schedule, carriers, references)


def off(placing: Placing, learnt: Learnt) -> tuple[float, float]:
    """Return by how much progress and by how many seconds carriers are said to be at middle too late."""
    first, interval_s = learnt.carriers[0], learnt.schedule.interval_s
    found_s = float(learnt.clip.times[0]) + placing.middle * learnt.interval_s
    late_s = (found_s - first.t_middle + interval_s / 2) % interval_s - interval_s / 2
    return late_s / (first.t_end - first.t_begin), late_s


def seeds() -> list[int]:
    """Return the lifts to measure: the development lifts unless others are named."""
    first, last = os.environ.get("BARWATCH_PLACING_SEEDS", "10000:10008").split(":")
    return list(range(int(first), int(last)))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", seeds())
def test_carriers_are_placed_or_said_to_be_anywhere(seed: int, tmp_path: Path) -> None:
    """With references within a tenth of the track; by masks alone not a quarter off without saying so."""
    lift, learnt = sample_lift(seed), recorded(seed, tmp_path)
    assert lift.lift.track is not None
    assert learnt.interval_s == pytest.approx(learnt.schedule.interval_s, rel=0.03)
    track = TrackGeometry(lift.lift.track).scaled(HEIGHT / 720)
    roi, masks = Roi(track, round(HEIGHT * 16 / 9), HEIGHT), draw_masks(lift)
    by: dict[str, tuple[MaskPair | None, dict[str, Image]]] = {
        "masks": (masks, {}),
        "references": (None, learnt.references),
        "both": (masks, learnt.references),
    }
    found = {}
    for name, (drawings, pictures) in by.items():
        placing = finish(Placer(track, roi, drawings, pictures).place(learnt.clip, learnt.interval_s))
        progress, late_s = off(placing, learnt)
        found[name] = progress, placing.certain
        sure = "certain" if placing.certain else "uncertain"
        sys.stdout.write(f"lift {seed} by {name}: {progress:+.3f} of the track, {late_s:+.2f} s, {sure}\n")
    assert abs(found["masks"][0]) < FAR or not found["masks"][1]
    for name in ("references", "both"):
        assert abs(found[name][0]) < NEAR
