"""A line that runs for ever before a scripted camera, and the camera's process without its process."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from lifts.decision.judge import judge
from lifts.decision.verdict import Judgement
from service.domain.arrays import Image
from service.domain.camera import CameraEvent, CameraStatus, WatchedLift
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.station.worker import CameraWorker, WorkerOptions
from tests.service.passages.scripted import Scene, frames, watched

FPS = 5.0
PERIOD_S = 4.0
RUNNING = Scene(
    carriers=tuple(1.0 + PERIOD_S * k for k in range(8)),
    seconds=16.0,
    fps=FPS,
    people=0,
    noise=0.0,
    open_bars=(True,),
    occupied=(2,),
)
Change = Callable[[Image], Image]


@functools.cache
def period() -> list[Image]:
    """The line's pictures between one carrier and the next, uint8[360, 640, 3] BGR, to be shown in turns."""
    shown = [frame.image for frame in frames(RUNNING)]
    return shown[-round(PERIOD_S * FPS) :]


@functools.cache
def _grain(k: int) -> Image:
    return np.random.default_rng(k).integers(0, 7, (360, 640, 1), np.uint8)


def picture(number: int) -> Image:
    """Picture `number` of the running line, with a sensor's noise."""
    return np.asarray(cv2.add(period()[number % len(period())], _grain(number % 7)[..., [0, 0, 0]]))


def still(number: int) -> Image:
    """Picture `number` of the line when it stands, with a sensor's noise."""
    return np.asarray(cv2.add(period()[0], _grain(number % 7)[..., [0, 0, 0]]))


def lift() -> WatchedLift:
    """The lift that is seen, with masks."""
    return watched(RUNNING)


def running(seconds: float) -> Iterator[Frame]:
    """The running line's frames; t_mono_s is the true time, from 0 on."""
    for number in range(round(seconds * FPS)):
        t_s = number / FPS
        yield Frame.of_bgr(picture(number), index=number, t_s=t_s, t_mono_s=t_s)


class Camera:
    """Shows pictures to a camera's worker on a clock of its own; what it reports is kept with its time."""

    def __init__(self) -> None:
        self.worker = CameraWorker(lift(), WorkerOptions(inspect_every_s=0.79, in_background=False))
        self._origin_s = time.monotonic()
        self._number = 0
        self.t_s = 0.0
        self.events: list[tuple[float, CameraEvent]] = []

    def play(self, seconds: float, change: Change = lambda image: image, stands: bool = False) -> None:
        """Show so much of the running line, each picture changed; `stands`: it stands."""
        for _ in range(round(seconds * FPS)):
            image = change((still if stands else picture)(self._number))
            frame = Frame.of_bgr(image, index=self._number, t_s=self.t_s, t_mono_s=self._origin_s + self.t_s)
            self.events += [(self.t_s, event) for event in self.worker.take(frame, frame.t_mono_s)]
            self._number += 1
            self.t_s += 1.0 / FPS

    def passages(self, after_s: float = 0.0) -> list[Passage]:
        """What was reported after a time."""
        return [event for t_s, event in self.events if t_s > after_s and isinstance(event, Passage)]

    def status(self) -> CameraStatus:
        """What the worker says of itself."""
        return self.worker.status(self._origin_s + self.t_s)


def judged(passage: Passage, engine: InlineEngine) -> Judgement:
    """Judge a passage by its lift's masks, as the pipeline would."""
    masks = lift().masks
    assert masks is not None
    version = enrol(passage.lift_id, masks.open, masks.close, {}, engine)
    seen = engine.submit_pictures(
        np.stack([picture.image for picture in passage.pictures]), version.reference_embeddings()
    ).result()
    return judge(passage.pictures, seen, version.lift_references(), engine.manifest.calibration)


def encode(
    path: Path, images: Iterable[Image], fps: float, *, key_every: int, size: tuple[int, int] = (640, 360)
) -> Path:
    """Write pictures as H.264, stored in the order in which they are shown."""
    with av.open(str(path), "w") as container:
        options = {"bf": "0", "g": str(key_every), "sc_threshold": "0", "preset": "ultrafast"}
        stream = container.add_stream("libx264", rate=Fraction(fps), options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path
