"""One camera's pictures, one step each: a frame in, passages and health events out. No clock, no thread.

The camera's process, `barwatch watch` and the evaluation all run this.
"""

from __future__ import annotations

from dataclasses import replace

from service.domain.camera import CameraState, WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.domain.health import Health
from service.domain.passage import Passage
from service.health.camera import CameraHealth
from service.health.carriers import CarrierWatch, SceneMotion
from service.health.limits import HealthLimits, Trouble
from service.health.load import Load, LoadWatch
from service.health.reference import ReferenceView
from service.health.view import inspect
from service.passages.crops.detail import DetailSource
from service.passages.crops.viewpoint import FARTHEST_PX
from service.passages.extractor import PassageExtractor
from service.passages.learnt import Learnt
from service.passages.options import ExtractorOptions
from service.vision.still import StillView

StationEvent = Passage | Health
"""What a step reports."""

INSPECT_EVERY_S = 0.8
"""Between the frames that camera health is judged by."""


class Station:
    """Camera health and the extractor, stepped together.

    Times `now_s` come from one clock: time.monotonic() for a live camera, media time for a recording.

    Args:
        watched: the lift.
        now_s: when watching began.
        options, run_id, learnt, left_mono_s, first: see PassageExtractor.
        limits: when the camera counts as impaired.
        reference: the camera's reference view, as it was learnt before.
        inspect_every_s: between the frames that camera health is judged by.

    Raises:
        ConfigurationError: the lift has no track or no camera.
    """

    def __init__(
        self,
        watched: WatchedLift,
        now_s: float,
        *,
        options: ExtractorOptions | None = None,
        limits: HealthLimits | None = None,
        run_id: str | None = None,
        reference: ReferenceView | None = None,
        learnt: Learnt | None = None,
        left_mono_s: float | None = None,
        first: DetailSource | None = None,
        inspect_every_s: float = INSPECT_EVERY_S,
    ) -> None:
        lift = watched.lift
        if lift.track is None or lift.camera is None:
            raise ConfigurationError(f"lift {lift.id}: no track and camera, so it cannot be watched")
        size = lift.camera.width, lift.camera.height
        self.health = CameraHealth(lift.id, now_s, limits, reference, size)
        self._extractor = PassageExtractor(
            watched,
            options=options,
            run_id=run_id,
            learnt=learnt,
            left_mono_s=left_mono_s,
            first=first,
        )
        self._carriers = CarrierWatch(lift.id, limits)
        self._load = LoadWatch(lift.id, limits)
        self._motion = SceneMotion(lift.track, lift.camera.width, lift.camera.height)
        self._inspect_every_s, self._next_s = inspect_every_s, now_s
        self._moved_s = now_s
        self.passages = 0
        self._interval_s = 0.0

    @property
    def state(self) -> CameraState:
        """Whether frames come, and as fast as they should."""
        state = self.health.state
        slow = state is CameraState.LIVE and self._load.active is not None
        return CameraState.DEGRADED if slow else state

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the camera, None if nothing is."""
        return self.health.trouble or self._load.active

    @property
    def line_speed(self) -> str:
        """See `PassageExtractor.line_speed`."""
        return self._extractor.line_speed

    @property
    def carrier_every_s(self) -> float | None:
        """See `PassageExtractor.carrier_every_s`."""
        return self._extractor.carrier_every_s

    @property
    def accounted(self) -> bool:
        """See `PassageExtractor.accounted`."""
        return self._extractor.accounted

    def still_s(self, now_s: float) -> float:
        """Return for how long, at `now_s`, the camera has seen well and nothing moved where carriers pass."""
        return now_s - self._moved_s

    @property
    def interval_s(self) -> float | None:
        """Seconds between carriers at nominal speed; None while they are not followed."""
        return self._extractor.line_interval_s

    @property
    def line_runs(self) -> bool:
        """Whether the line is followed and does not stand."""
        return self.carrier_every_s is not None

    def at_rest(self, now_s: float) -> bool:
        """Say whether the line surely stands, and the camera sees it as it should."""
        healthy = self.health.calm(now_s) and self.trouble is None
        return healthy and self.still_view() is not None

    def still_view(self) -> StillView | None:
        """See `PassageExtractor.still_view`."""
        return self._extractor.still_view()

    @property
    def place_certain(self) -> bool | None:
        """See `PassageExtractor.place_certain`."""
        return self._extractor.place_certain

    @property
    def learning(self) -> bool:
        """Whether the line is being learnt."""
        return self._extractor.learning

    @property
    def busy(self) -> bool:
        """Whether `work` has something to do."""
        return self._extractor.busy

    @property
    def interrupted(self) -> bool:
        """See `PassageExtractor.interrupted`."""
        return self._extractor.interrupted

    @property
    def learnt(self) -> Learnt | None:
        """The line and its carriers as they were learnt; None while they are being learnt."""
        return self._extractor.learnt

    @property
    def following(self) -> bool:
        """Whether the line is known, be it from few carriers."""
        return self.interval_s is not None

    @property
    def learnt_so_far(self) -> Learnt | None:
        """The same as `learnt`, as soon as the line is followed."""
        return self._extractor.learnt_so_far

    def take(self, frame: Frame, now_s: float, came_s: float | None = None) -> list[StationEvent]:
        """Take in a frame at `now_s`; return what is to be reported.

        came_s: when the camera sent it, if that was before; by the same clock.
        """
        events: list[StationEvent] = []
        if now_s >= self._next_s:
            self._next_s = now_s + self._inspect_every_s
            events += self._inspect(frame, now_s, came_s)
        return events + self._reported(self._extractor.step(frame), now_s)

    def tick(self, now_s: float, load: Load | None = None) -> list[StationEvent]:
        """Let time pass; return what is to be reported. load: what the reader has counted."""
        events: list[StationEvent] = list(self.health.tick(now_s))
        if load is not None:
            events += self._load.step(now_s, load, self._extractor.px_per_s, 2 * FARTHEST_PX)
        return events

    def work(self, now_s: float) -> list[StationEvent]:
        """Do a slice of what there is to learn; see `PassageExtractor.work`."""
        return self._reported(self._extractor.work(), now_s)

    def finish(self, now_s: float) -> list[StationEvent]:
        """End of a recording; see `PassageExtractor.finish`."""
        return self._reported(self._extractor.finish(), now_s)

    def _inspect(self, frame: Frame, now_s: float, came_s: float | None) -> list[Health]:
        if frame.damaged:
            self._moved_s = now_s
            # What was lost in a damaged picture would be learnt as part of the view, or look like blur.
            return self.health.damaged_frame(now_s, self._extractor.line_interval_s, came_s)
        view = inspect(frame)
        changes = self.health.frame(view, now_s, self._extractor.line_interval_s, came_s)
        moving = self._motion.step(view)
        if moving or self.health.problem is not None:
            self._moved_s = now_s
        return changes + self._carriers.step(
            now_s,
            moving=moving,
            seeing=self.health.problem is None,
            line_speed=self._extractor.line_speed,
            interval_s=self._extractor.line_interval_s,
        )

    def _reported(self, passages: list[Passage], now_s: float) -> list[StationEvent]:
        """Mark pictures that must not be judged while the camera itself is impaired."""
        events: list[StationEvent] = []
        problem = self.health.problem
        # The one before, where the line was lost with these carriers.
        self._interval_s = self._extractor.line_interval_s or self._interval_s
        for found in passages:
            complete = found is passages[-1] and self._extractor.accounted
            passage = replace(found, interval_s=self._interval_s, complete=complete)
            self.passages += passage.carriers
            pictures = tuple(replace(each, problem=each.problem or problem) for each in passage.pictures)
            events.append(passage if problem is None else replace(passage, pictures=pictures, between=()))
            if any(picture.problem is None for picture in passage.pictures):
                events += self._carriers.passage(now_s)
        return events
