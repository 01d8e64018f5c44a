"""What runs in a camera's own process: read, inspect, extract, report. One camera cannot slow another."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import cv2

from lifts.decision.reasons import Reason
from service.capture.files import FileSource
from service.capture.hardware import Hardware
from service.capture.packets.ring import PacketRing
from service.capture.packets.sparing import Sparing
from service.capture.reader import CameraReader, LatestFrames
from service.capture.source import StreamSource, open_source
from service.domain.alarm import Parameters
from service.domain.camera import CameraEvent, CameraState, CameraStatus, Snapshot, WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.health.limits import HealthLimits
from service.health.load import Load
from service.health.reference import ReferenceView
from service.passages.learnt import Learnt
from service.passages.options import PICTURES, ExtractorOptions
from service.station.dialling import FindTerms, TermsWanted, terms_here
from service.station.step import INSPECT_EVERY_S, Station
from service.station.streams.standing import StandingLine
from service.station.streams.two import HELD_S, TwoStreams

_LEARN_S = 0.02  # of the processor's time that learning takes before the next frame is asked for
_FPS_OVER_S = 10.0  # while key frames alone are decoded
_WAITING = 8  # frames that may wait while the machine is busy with something else


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a camera's process works.

    max_fps: frames per second that are used; a carrier needs no more.
    hardware: what decodes the camera's stream.
    pictures: see ExtractorOptions.
    in_background: see ExtractorOptions; False where frames are fed as fast as they are handled.
    clips: whether the camera's last packets are held, so that alarms get clips.
    """

    max_fps: float = 12.5
    report_s: float = 0.5
    snapshot_s: float = 1.0
    snapshot_width_px: int = 640
    inspect_every_s: float = INSPECT_EVERY_S
    hardware: Hardware = "auto"
    pictures: int = PICTURES
    in_background: bool = True
    clips: bool = False


class CameraWorker:
    """The camera's process without its process: `step` is called in a loop and returns what to report.

    Args:
        watched: the lift.
        options: see WorkerOptions.
        limits: when its camera counts as impaired.
        reference: the camera's reference view, as an earlier process learnt it.
        learnt: the line and its carriers, as an earlier process learnt them.
        left_mono_s: when the last carrier left that an earlier process reported, time.monotonic().
        find_terms: asked at each dialling.
    """

    def __init__(
        self,
        watched: WatchedLift,
        options: WorkerOptions,
        limits: HealthLimits | None = None,
        reference: ReferenceView | None = None,
        learnt: Learnt | None = None,
        left_mono_s: float | None = None,
        *,
        find_terms: FindTerms = terms_here,
    ) -> None:
        self._watched, self._options = watched, options
        self._find_terms = find_terms
        self._frames = LatestFrames(_WAITING)
        self.ring = PacketRing() if options.clips else None
        """The camera's last packets, if they are held."""
        self.sparing = Sparing()
        """What of a camera's one stream is not decoded while the line stands."""
        self._standing = StandingLine(self.sparing)
        self._two = self._both_streams(limits)
        # A clip is cut from the first stream; where the line is followed on the second, that is held apart.
        own, connect = (self.ring, self._dial_one) if self._two is None else (None, self._two.connect)
        self._reader = CameraReader(connect, self._frames, ring=own)
        self._station = Station(
            watched,
            time.monotonic(),
            options=ExtractorOptions(pictures=options.pictures, in_background=options.in_background),
            limits=limits,
            reference=reference,
            learnt=learnt,
            left_mono_s=left_mono_s,
            first=None if self._two is None else self._two.first,
            inspect_every_s=options.inspect_every_s,
        )
        self._state = self._station.state
        self._taken, self._media_s = 0, 0.0
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=50)
        self._next_report_s = self._next_snapshot_s = 0.0

    def _both_streams(self, limits: HealthLimits | None) -> TwoStreams | None:
        lift = self._watched.lift
        if lift.camera is None or lift.camera.stream != "both":
            return None
        self.ring = self.ring or PacketRing(HELD_S)
        return TwoStreams(lift, self._dial, self._options.max_fps, self.ring, limits)

    def _dial_one(self) -> FileSource | StreamSource:
        camera = self._watched.lift.camera
        if camera is None or camera.watched_url is None:
            raise ConfigurationError(f"lift {self._watched.lift.id}: no camera")
        return self._dial(camera.watched_url)

    def _dial(self, url: str) -> FileSource | StreamSource:
        camera = self._watched.lift.camera
        if camera is None:
            raise ConfigurationError(f"lift {self._watched.lift.id}: no camera")
        terms = self._find_terms(TermsWanted(self._watched.lift.id, url, camera.credentials))
        return open_source(
            url,
            loop=self._watched.loop_file,
            realtime=True,
            max_fps=self._options.max_fps,
            transport=camera.transport,
            size=(camera.width, camera.height),
            hardware=self._options.hardware,
            credentials=terms.credentials,
            variables=terms.variables,
            networks=terms.networks,
            ring=self.ring if self._two is None else None,
            sparing=self.sparing if self._two is None else None,
        )

    def start(self) -> None:
        """Begin reading the camera."""
        if self._two is not None:
            self._two.start()
        self._reader.start()

    def stop(self) -> None:
        """Stop reading the camera."""
        self.sparing.withdraw()  # else the reader would look up at the next key frame
        self._reader.stop()
        if self._two is not None:
            self._two.stop()

    @property
    def reference(self) -> ReferenceView | None:
        """The camera's reference view; None before enough was seen."""
        return self._station.health.reference

    @property
    def learning(self) -> bool:
        """Whether the line is being learnt."""
        return self._station.learning

    @property
    def learnt(self) -> Learnt | None:
        """The line and its carriers as they were learnt; None while they are being learnt."""
        return self._station.learnt

    def step(self, wait_s: float = 0.1) -> list[CameraEvent]:
        """Handle the next frame, or the time that passed without one; learning fills the pauses."""
        station = self._station
        frame = self._frames.get(0.0 if station.busy else wait_s)
        now_s = time.monotonic()
        events: list[CameraEvent] = []
        if frame is not None:
            events += self.take(frame, now_s)
        until_s = time.thread_time() + _LEARN_S
        while station.busy and time.thread_time() < until_s:
            events += station.work(now_s)
        if self.sparing.active:
            station.health.left_out(self.sparing.held_s)
        events += station.tick(now_s, self._load)
        if self._two is not None:
            changes, again = self._two.step(now_s, station.health.problem)
            events += changes
            if again:
                self._reader.reconnect()
        if now_s >= self._next_report_s or station.state is not self._state:
            self._state = station.state
            self._next_report_s = now_s + self._options.report_s
            events.append(self.status(now_s))
        return events

    def status(self, now_s: float) -> CameraStatus:
        """Return the camera's status at `now_s` (time.monotonic())."""
        station = self._station
        message, cause = self._reader.message, self._reader.cause
        parameters: Parameters = {}
        if not message and station.health.state is not CameraState.LIVE:
            message, cause = "no frames", Reason.NO_FRAMES.value
        if not message and (trouble := station.trouble) is not None:
            message, cause, parameters = trouble.message, trouble.cause.value, trouble.parameters
        return CameraStatus(
            lift_id=self._watched.lift.id,
            state=station.state,
            message=message,
            cause=cause,
            parameters=parameters,
            fps=self._fps(now_s),
            frame_age_s=station.health.frame_age_s(now_s),
            frames_read=self._reader.frames_read,
            frames_dropped=self._frames.dropped,
            connections=self._reader.connections,
            passages=station.passages,
            line_speed=station.line_speed,
            decoder=self._reader.decoder,
            place_certain=station.place_certain,
            carrier_every_s=station.carrier_every_s,
            accounted=station.accounted,
            still_s=station.still_s(now_s),
            key_frames_only=self.sparing.active,
            frames_left_out=self.sparing.left_out,
        )

    def take(self, frame: Frame, now_s: float) -> list[CameraEvent]:
        """Handle a frame that came at `now_s` (time.monotonic()); return what to report."""
        self._arrivals.append((frame.t_mono_s, self._reader.frames_read))
        self._taken, self._media_s = self._taken + 1, frame.t_s
        if self._two is not None:
            self._two.saw(frame)
        events: list[CameraEvent] = list(self._station.take(frame, now_s, frame.t_mono_s))
        if self._two is None:
            self._standing.step(self._station, now_s)
        if now_s >= self._next_snapshot_s:
            self._next_snapshot_s = now_s + self._options.snapshot_s
            events.append(self._snapshot(frame))
        return events

    @property
    def _load(self) -> Load:
        reader = self._reader
        first = self._two is not None and self._two.on_first
        counts = reader.frames_read, self._taken, self._frames.dropped
        return Load(*counts, self._media_s, reader.waited_s, first, self.sparing.left_out)

    def _fps(self, now_s: float) -> float:
        over_s = _FPS_OVER_S if self.sparing.active else 3.0
        recent = [(t_s, n) for t_s, n in self._arrivals if now_s - t_s < over_s]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return 0.0
        return round((recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0]), 1)

    def _snapshot(self, frame: Frame) -> Snapshot:
        scale = min(1.0, self._options.snapshot_width_px / frame.width)
        size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
        _, jpeg = cv2.imencode(".jpg", frame.reduced(size), [cv2.IMWRITE_JPEG_QUALITY, 75])
        return Snapshot(lift_id=self._watched.lift.id, jpeg=jpeg.tobytes(), t_mono_s=frame.t_mono_s)
