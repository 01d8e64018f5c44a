"""When a camera counts as impaired, and how one kind of trouble is raised and cleared."""

from __future__ import annotations

from dataclasses import dataclass, field

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind, Parameters
from service.domain.health import Health


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a camera counts as impaired. Times in seconds, brightness in grey levels.

    detail: grey levels, see View.detail.
    covered: the share of the places with structure that must still have it.
    blurred: the share of the reference view's sharpness, relative to contrast, that must remain.
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
    detail: float = 12.0
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
    """What is wrong now: as a code, which becomes the reason of `unknown` verdicts, and for people.

    parameters: the numbers in `message`, by name.
    """

    cause: Reason
    message: str
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(slots=True)
class Impairment:
    """One kind of trouble, with hysteresis: it must last before it is raised, and be gone before it clears.

    Its cause may change meanwhile (a dark picture turns out to be a covered lens). The new cause must last as
    well; then the old one is cleared and the new one raised, so that no alarm names a cause that is over.
    """

    kind: AlarmKind
    lift_id: str
    raise_after_s: float
    clear_after_s: float
    active: Trouble | None = None
    _since_s: float | None = None
    _awaited: str | None = None

    @property
    def absent(self) -> bool:
        """Whether it is not there: neither raised, nor about to be raised."""
        return self.active is None and self._since_s is None

    def step(self, present: Trouble | None, now_s: float, over: str) -> list[Health]:
        """Take in what is wrong now, if anything; return what changed. over: the message when it ends."""
        cause = None if present is None else present.cause
        active = None if self.active is None else self.active.cause
        if cause == active:
            self._since_s = None
            return []
        # Until it is raised any cause counts: dark and covered by turns must not postpone the alarm.
        awaited = "any" if active is None else cause
        if self._since_s is None or awaited != self._awaited:
            self._since_s, self._awaited = now_s, awaited
        if now_s - self._since_s < (self.clear_after_s if present is None else self.raise_after_s):
            return []
        changes = []
        if self.active is not None:
            changes.append(Health(self.kind, self.lift_id, False, over, self.active.cause))
        if present is not None:
            changes.append(_begun(self, present))
        self.active, self._since_s = present, None
        return changes


def _begun(problem: Impairment, trouble: Trouble) -> Health:
    return Health(problem.kind, problem.lift_id, True, trouble.message, trouble.cause, trouble.parameters)
