"""What runs in a camera's own process: read, look, extract, report. One camera cannot slow another."""

from __future__ import annotations

import signal
import time
from collections import deque
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

import cv2

from service.ingest.health import CameraHealth, HealthLimits
from service.ingest.reader import CameraReader, LatestFrames
from service.ingest.source import open_source
from service.ingest.view import look
from service.passages.extractor import PassageExtractor
from service.types import CameraEvent, CameraState, CameraStatus, Frame, Passage, Snapshot, WatchedLift


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a camera's process works.

    max_fps: frames a second that are looked at; a carrier needs no more.
    """

    max_fps: float = 12.5
    report_s: float = 0.5
    snapshot_s: float = 1.0
    snapshot_width_px: int = 640
    look_s: float = 0.2


class CameraWorker:
    """The camera's process without its process: `step` is called in a loop and returns what to report."""

    def __init__(
        self, watched: WatchedLift, options: WorkerOptions, limits: HealthLimits | None = None
    ) -> None:
        camera = watched.lift.camera
        url = camera.url if camera is not None else None
        self._watched, self._options = watched, options
        self._frames = LatestFrames()
        self._reader = CameraReader(
            lambda: open_source(url or "", loop=watched.loop_file, realtime=True, max_fps=options.max_fps),
            self._frames,
        )
        self._health = CameraHealth(watched.lift.id, time.monotonic(), limits)
        self._extractor = PassageExtractor(watched)
        self._passages = 0
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=50)
        self._next_report_s = self._next_snapshot_s = self._next_look_s = 0.0

    def start(self) -> None:
        """Begin reading the camera."""
        self._reader.start()

    def stop(self) -> None:
        """Stop reading the camera."""
        self._reader.stop()

    def step(self, wait_s: float = 0.1) -> list[CameraEvent]:
        """Handle the next frame, or the time that passed without one."""
        frame = self._frames.get(wait_s)
        now_s = time.monotonic()
        events: list[CameraEvent] = []
        if frame is not None:
            events += self._on_frame(frame, now_s)
        events += self._health.tick(now_s)
        if now_s >= self._next_report_s:
            self._next_report_s = now_s + self._options.report_s
            events.append(self._status(now_s))
        return events

    def _on_frame(self, frame: Frame, now_s: float) -> list[CameraEvent]:
        events: list[CameraEvent] = []
        self._arrivals.append((frame.t_mono_s, self._reader.frames_read))
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + self._options.look_s
            events += self._health.frame(look(frame.image), now_s)
        for passage in self._extractor.step(frame):
            self._passages += 1
            events.append(self._judgeable(passage))
        if now_s >= self._next_snapshot_s:
            self._next_snapshot_s = now_s + self._options.snapshot_s
            events.append(self._snapshot(frame))
        return events

    def _judgeable(self, passage: Passage) -> Passage:
        """Mark the pictures as not to be judged while the camera itself is impaired."""
        problem = self._health.problem
        if problem is None:
            return passage
        pictures = tuple(replace(picture, problem=picture.problem or problem) for picture in passage.pictures)
        return replace(passage, pictures=pictures)

    def _status(self, now_s: float) -> CameraStatus:
        state = self._health.state
        message = self._reader.message
        if not message and state is not CameraState.LIVE:
            message = "no frames"
        return CameraStatus(
            lift_id=self._watched.lift.id,
            state=state,
            message=message or self._health.problem or "",
            fps=self._fps(now_s),
            frame_age_s=self._health.frame_age_s(now_s),
            frames_read=self._reader.frames_read,
            frames_dropped=self._frames.dropped,
            passages=self._passages,
            line_speed=self._extractor.line_speed,
        )

    def _fps(self, now_s: float) -> float:
        recent = [(t_s, n) for t_s, n in self._arrivals if now_s - t_s < 3.0]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return 0.0
        return round((recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0]), 1)

    def _snapshot(self, frame: Frame) -> Snapshot:
        height, width = frame.image.shape[:2]
        scale = min(1.0, self._options.snapshot_width_px / width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])
        return Snapshot(lift_id=self._watched.lift.id, jpeg=jpeg.tobytes(), t_mono_s=frame.t_mono_s)


def run_camera(
    connection: Connection, watched: WatchedLift, options: WorkerOptions, limits: HealthLimits | None
) -> None:
    """Entry point of a camera's process; ends when its parent closes the pipe."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the parent's to handle; it closes the pipe
        signal.signal(each, signal.SIG_IGN)
    cv2.setNumThreads(1)
    worker = CameraWorker(watched, options, limits)
    worker.start()
    try:
        while not connection.poll():
            for event in worker.step():
                connection.send(event)
    except (BrokenPipeError, ConnectionResetError, EOFError):
        return
    finally:
        worker.stop()
