"""When a camera counts as impaired, and one kind of trouble on its way into an alarm and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.health import Health


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a camera counts as impaired. Times in seconds, brightness in grey levels.

    covered: of the places that usually have some structure, the share that must still have it.
    blurred: of the usual sharpness, each by its view's contrast.
    moved_px: of a picture 1280 across.
    overload_rate: of the pictures that should come, the share that must be read, over overload_window_s.
    overload_dropped: of the frames, the share that may be dropped.
    overload_waited: of the time, the share for which a reader waits at least where the machine keeps up.
    no_carrier_s: without a passage, or `no_carrier_intervals` of the line's if that is longer, while
        something moves before the camera for the share `moving` of the time.
    """

    degraded_s: float = 2.0
    lost_s: float = 8.0
    frozen_s: float = 6.0
    thawed_s: float = 1.5
    frozen_change: float = 0.5
    unseen_s: float = 8.0
    recover_s: float = 2.0
    dark: float = 24.0
    contrast: float = 12.0
    burnt: float = 0.75
    structure: float = 0.05
    covered: float = 0.45
    blurred: float = 0.4
    learn_s: float = 10.0
    moved_px: float = 12.0
    view_likeness: float = 0.6
    view_s: float = 12.0
    view_period_s: float = 2.0
    no_carrier_s: float = 60.0
    no_carrier_intervals: float = 6.0
    moving: float = 0.15
    overload_rate: float = 0.8
    overload_dropped: float = 0.03
    overload_waited: float = 0.1
    overload_window_s: float = 5.0
    overload_raise_s: float = 2.0
    overload_clear_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong now: as a code, which becomes the reason of `unknown` verdicts, and for people."""

    cause: Reason
    message: str


@dataclass(slots=True)
class Impairment:
    """One kind of trouble: it must last before it is reported, and be gone for a while before it clears.

    Its cause may change while it lasts (a dark picture turns out to be a covered lens): the new cause must
    last as well, then the old one is taken back and the new one reported.
    """

    kind: AlarmKind
    lift_id: str
    raise_after_s: float
    clear_after_s: float
    active: Trouble | None = None
    _since_s: float | None = None
    _awaited: str | None = None

    def step(self, present: Trouble | None, now_s: float, over: str) -> list[Health]:
        """Take in what is wrong now, if anything is; return what changed. over: said when it is no more."""
        cause = None if present is None else present.cause
        active = None if self.active is None else self.active.cause
        if cause == active:
            self._since_s = None
            return []
        # Before it is reported it is any trouble: dark and covered in turns is no reason to wait longer.
        awaited = "any" if active is None else cause
        if self._since_s is None or awaited != self._awaited:
            self._since_s, self._awaited = now_s, awaited
        if now_s - self._since_s < (self.clear_after_s if present is None else self.raise_after_s):
            return []
        changes = []
        if self.active is not None:
            changes.append(Health(self.kind, self.lift_id, False, over, self.active.cause))
        if present is not None:
            changes.append(Health(self.kind, self.lift_id, True, present.message, present.cause))
        self.active, self._since_s = present, None
        return changes
