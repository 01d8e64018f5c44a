"""A sample's recording, taken through the service's extractor without its processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lifts.folder import read_lift_folder
from service.domain.camera import WatchedLift
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.passages.extractor import PassageExtractor
from service.usecases.samples import video_of


def frames_of(video: Path, first: int = 0, step: int = 1, seconds: float | None = None) -> Iterator[Frame]:
    """Every step-th frame from frame `first` on, for so many seconds of the recording or to its end."""
    capture = cv2.VideoCapture(str(video))
    try:
        fps, index = capture.get(cv2.CAP_PROP_FPS), 0
        last = None if seconds is None else first + round(seconds * fps)
        while (last is None or index < last) and capture.grab():
            if index >= first and (index - first) % step == 0:
                image = np.asarray(capture.retrieve()[1], np.uint8)
                yield Frame.of_bgr(image, t_s=index / fps, t_mono_s=index / fps, index=index)
            index += 1
    finally:
        capture.release()


def passages_of(folder: Path, first: int = 0, step: int = 1, seconds: float | None = None) -> list[Passage]:
    """What is found in a lift folder's recording from frame `first` on; every step-th is taken."""
    content = read_lift_folder(folder)
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    extractor = PassageExtractor(watched, run_id="recorded")
    found: list[Passage] = []
    for frame in frames_of(video_of(folder), first, step, seconds):
        found += extractor.step(frame)
    return found + extractor.finish()
