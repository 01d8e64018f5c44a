"""What runs in a camera's own process: read, look, extract, report. One camera cannot slow another."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace

import cv2

from service.capture.hardware import Hardware
from service.capture.reader import CameraReader, LatestFrames
from service.capture.source import FileSource, StreamSource, open_source
from service.domain.camera import CameraEvent, CameraState, CameraStatus, Snapshot, WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.domain.health import Health
from service.domain.passage import Passage
from service.health.camera import CameraHealth
from service.health.carriers import CarrierWatch, Motion
from service.health.limits import HealthLimits
from service.health.memory import UsualView
from service.health.view import look
from service.passages.extractor import ExtractorOptions, PassageExtractor
from service.passages.learnt import Learnt

_WAITING = 4  # frames that may wait while what was learnt of the line is taken on


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a camera's process works.

    max_fps: frames a second that are looked at; a carrier needs no more.
    hardware: what decodes the camera's stream.
    aside: see ExtractorOptions; False where frames come as they are asked for, not by the clock.
    """

    max_fps: float = 12.5
    report_s: float = 0.5
    snapshot_s: float = 1.0
    snapshot_width_px: int = 640
    look_s: float = 0.8
    hardware: Hardware = "auto"
    aside: bool = True


class CameraWorker:
    """The camera's process without its process: `step` is called in a loop and returns what to report.

    Args:
        watched: the lift.
        options: see WorkerOptions.
        limits: when its camera counts as impaired.
        usual: the camera's view as an earlier process learned it.
        learnt: the line and its carriers, likewise.
    """

    def __init__(
        self,
        watched: WatchedLift,
        options: WorkerOptions,
        limits: HealthLimits | None = None,
        usual: UsualView | None = None,
        learnt: Learnt | None = None,
    ) -> None:
        self._watched, self._options = watched, options
        self._frames = LatestFrames(_WAITING)
        self._reader = CameraReader(self._connect, self._frames)
        self._health = CameraHealth(watched.lift.id, time.monotonic(), limits, usual)
        self._carriers = CarrierWatch(watched.lift.id, limits)
        self._extractor = PassageExtractor(
            watched, options=ExtractorOptions(aside=options.aside), learnt=learnt
        )
        self._motion = _motion_of(watched)
        self._passages = 0
        self._state = self._health.state
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=50)
        self._next_report_s = self._next_snapshot_s = self._next_look_s = 0.0

    def _connect(self) -> FileSource | StreamSource:
        camera = self._watched.lift.camera
        if camera is None or camera.watched_url is None:
            raise ConfigurationError(f"lift {self._watched.lift.id}: no camera")
        return open_source(
            camera.watched_url,
            loop=self._watched.loop_file,
            realtime=True,
            max_fps=self._options.max_fps,
            transport=camera.transport,
            size=(camera.width, camera.height),
            hardware=self._options.hardware,
        )

    def start(self) -> None:
        """Begin reading the camera."""
        self._reader.start()

    def stop(self) -> None:
        """Stop reading the camera."""
        self._reader.stop()

    @property
    def usual(self) -> UsualView | None:
        """The camera's view as it was learned; None before enough was seen."""
        return self._health.usual

    @property
    def learning(self) -> bool:
        """Whether the line is being learnt."""
        return self._extractor.learning

    @property
    def learnt(self) -> Learnt | None:
        """The line and its carriers as they were learnt; None while they are being."""
        return self._extractor.learnt

    def step(self, wait_s: float = 0.1) -> list[CameraEvent]:
        """Handle the next frame, or the time that passed without one."""
        frame = self._frames.get(wait_s)
        now_s = time.monotonic()
        events: list[CameraEvent] = []
        if frame is not None:
            events += self.take(frame, now_s)
        events += self._health.tick(now_s)
        if now_s >= self._next_report_s or self._health.state is not self._state:
            self._state = self._health.state
            self._next_report_s = now_s + self._options.report_s
            events.append(self.status(now_s))
        return events

    def status(self, now_s: float) -> CameraStatus:
        """Return what is to be said of the camera at `now_s` (time.monotonic())."""
        state = self._health.state
        message = self._reader.message
        if not message and state is not CameraState.LIVE:
            message = "no frames"
        return CameraStatus(
            lift_id=self._watched.lift.id,
            state=state,
            message=message or self._health.message,
            fps=self._fps(now_s),
            frame_age_s=self._health.frame_age_s(now_s),
            frames_read=self._reader.frames_read,
            frames_dropped=self._frames.dropped,
            passages=self._passages,
            line_speed=self._extractor.line_speed,
            decoder=self._reader.decoder,
        )

    def take(self, frame: Frame, now_s: float) -> list[CameraEvent]:
        """Handle a frame that came at `now_s` (time.monotonic()); return what to report."""
        events: list[CameraEvent] = []
        self._arrivals.append((frame.t_mono_s, self._reader.frames_read))
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + self._options.look_s
            events += self._look(frame, now_s)
        for passage in self._extractor.step(frame):
            self._passages += 1
            events.append(self._judgeable(passage))
            events += self._carriers.passage(now_s)
        if now_s >= self._next_snapshot_s:
            self._next_snapshot_s = now_s + self._options.snapshot_s
            events.append(self._snapshot(frame))
        return events

    def _look(self, frame: Frame, now_s: float) -> list[Health]:
        if frame.damaged:
            # What was lost in a damaged picture would be learned as the view, or taken for a blurred one.
            return self._health.damaged(now_s)
        view = look(frame)
        changes = self._health.frame(view, now_s)
        return changes + self._carriers.step(
            now_s,
            moving=self._motion.step(view),
            seeing=self._health.problem is None,
            line_speed=self._extractor.line_speed,
            interval_s=self._extractor.line_interval_s,
        )

    def _judgeable(self, passage: Passage) -> Passage:
        """Mark the pictures as not to be judged while the camera itself is impaired."""
        problem = self._health.problem
        if problem is None:
            return passage
        pictures = tuple(replace(picture, problem=picture.problem or problem) for picture in passage.pictures)
        return replace(passage, pictures=pictures)

    def _fps(self, now_s: float) -> float:
        recent = [(t_s, n) for t_s, n in self._arrivals if now_s - t_s < 3.0]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return 0.0
        return round((recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0]), 1)

    def _snapshot(self, frame: Frame) -> Snapshot:
        scale = min(1.0, self._options.snapshot_width_px / frame.width)
        size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
        _, jpeg = cv2.imencode(".jpg", frame.reduced(size), [cv2.IMWRITE_JPEG_QUALITY, 75])
        return Snapshot(lift_id=self._watched.lift.id, jpeg=jpeg.tobytes(), t_mono_s=frame.t_mono_s)


def _motion_of(watched: WatchedLift) -> Motion:
    lift = watched.lift
    if lift.track is None or lift.camera is None:  # as the extractor has it
        raise ConfigurationError(f"lift {lift.id}: no track and camera")
    return Motion(lift.track, lift.camera.width, lift.camera.height)
