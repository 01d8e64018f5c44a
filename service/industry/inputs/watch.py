"""What the inputs of one lift reveal, beside its camera. Pure: time comes as an argument.

An input only adds knowledge. That the line stands explains why no carriers are seen, and holds back that one
alarm, as long as the camera sees no carrier pass. A pulse without a carrier is a carrier that nobody saw. An
input that is stale, or contradicted, is said to be, and is not listened to. One that says that the line
stands while carriers pass is not believed again before it has said that the line runs: what is stuck would
agree with a camera that sees none, and hold back the alarm about it for ever. No alarm of a bar passes
through here at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import replace
from statistics import median

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.health import Health
from service.domain.passage import Passage
from service.industry.inputs.nouns import LIMITS, HeardSignal, InputLimits, Reading, Signal
from service.industry.inputs.pulses import PulseCount
from service.words.catalogue import ENGLISH, words_in

CAUSES = STALE, STANDS, RUNS, SPACING, PULSES = (
    "input_stale",
    "line_said_to_stand",
    "line_said_to_run",
    "speed_differs",
    "pulses_missing",
)
"""Causes of `input_doubtful`: what is wrong with an input, or between it and the camera."""

UNSEEN = "unseen_carriers"
"""Cause of `lift_unknown_rate`: a sensor counted carriers that the camera did not show."""

_TEXTS = words_in(ENGLISH)["machineTroubles"]


class _Doubt:
    """A doubt that must last before it is said, and be gone for long before it is over."""

    def __init__(self, limits: InputLimits, active: bool) -> None:
        self._limits, self._since_s = limits, 0.0
        self.active = active
        self._differs: bool | None = None

    def step(self, differs: bool, now_s: float, after_s: float) -> bool:
        """Take in whether it is present now; return whether `active` changed."""
        if differs != self._differs:
            self._differs, self._since_s = differs, now_s
        long = now_s - self._since_s >= (after_s if differs else self._limits.sure)
        if differs != self.active and long:
            self.active = differs
            return True
        return False


class InputWatch:
    """Follows the inputs of one lift. For one thread.

    Args:
        lift_id: whose.
        signals: which it has.
        now_s: time.monotonic().
        limits: see InputLimits.
        doubted: causes that an earlier run left in doubt.
    """

    def __init__(
        self,
        lift_id: str,
        signals: frozenset[Signal],
        now_s: float,
        limits: InputLimits = LIMITS,
        doubted: Collection[str] = (),
    ) -> None:
        self._lift_id, self._signals, self._limits = lift_id, signals, limits
        self._last: dict[Signal, Reading] = {}
        self._counted = 0
        self._began_s = self._line_since_s = self._camera_since_s = now_s
        self._stepped_s, self._ran_s = now_s, 0.0  # the latter: since a carrier was seen, all in all
        self._said: bool | None = None
        self._status: CameraStatus | None = None
        self._seen_running = False
        self._passed: deque[float] = deque(maxlen=8)
        self._pulsed: deque[float] = deque(maxlen=8)
        self._spacings_m: deque[float] = deque(maxlen=limits.spacing_samples)
        self._spacing_m: float | None = None
        self._doubts = {cause: _Doubt(limits, cause in doubted) for cause in CAUSES}
        self._unseen_alarm = False
        self._held: Health | None = None
        self.pulses = PulseCount(limits)

    def take(self, reading: Reading) -> None:
        """Take a reading."""
        self._last[reading.signal] = reading
        if reading.signal is Signal.CARRIER_PULSE:
            self._counted += round(reading.value)
            self._pulsed.extend([reading.at_s] * min(round(reading.value), 2))
            self.pulses.pulse(round(reading.value))

    def status(self, status: CameraStatus, now_s: float) -> None:
        """Take the camera's report."""
        self._status = status
        running = self._camera_runs
        if running != self._seen_running:
            self._seen_running, self._camera_since_s = running, now_s

    def passage(self, passage: Passage, now_s: float) -> None:
        """Take a carrier that the camera reported."""
        self.pulses.reported(passage.carriers)
        if passage.pictures and any(picture.problem is None for picture in passage.pictures):
            self._passed.append(now_s)
            self._ran_s = 0.0

    def stands(self, now_s: float) -> bool:
        """Return whether the line is said to stand, by an input that can be believed."""
        return self.line_runs(now_s) is False and self._is_believed

    def line_runs(self, now_s: float) -> bool | None:
        """Return what the inputs say of the line: it runs, it stands, or nothing (None)."""
        running, speed = (self._fresh(each, now_s) for each in (Signal.LINE_RUNNING, Signal.SPEED))
        if running is not None:
            return running >= 0.5
        return None if speed is None else abs(speed) >= self._limits.moving_m_per_s

    def speed_m_per_s(self, now_s: float) -> float | None:
        """Return the line's speed by an input that can be believed, >= 0; None: nobody knows."""
        speed = self._fresh(Signal.SPEED, now_s)
        return None if speed is None or set(self.doubts) & {STANDS, RUNS, SPACING} else abs(speed)

    def holds_back(self, health: Health, now_s: float) -> bool:
        """Return whether a change in health is to wait: no carriers, on a line that is said to stand."""
        if health.kind is not AlarmKind.LIFT_UNKNOWN_RATE or health.cause != Reason.NO_CARRIERS:
            return False
        was, self._held = self._held, None
        if not health.active:
            return was is not None  # it was never said, so that it is over is none of the news
        if not self._excused(now_s):
            return False
        self._held = health
        return True

    def _excused(self, now_s: float) -> bool:
        """Return whether no carriers are due: the line is said to stand, or hardly ran since one passed."""
        if not self._is_believed:
            return False
        runs = self.line_runs(now_s)
        return runs is False or (runs is True and self._ran_s < self._limits.release)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Causes of what is doubted now."""
        return tuple(cause for cause, doubt in self._doubts.items() if doubt.active)

    def heard(self, now_s: float) -> dict[Signal, HeardSignal]:
        """Return what was heard last of each signal, and how long ago; of those that were heard."""
        return {
            signal: HeardSignal(
                self._counted if signal is Signal.CARRIER_PULSE else reading.value, now_s - reading.at_s
            )
            for signal, reading in self._last.items()
        }

    def end(self) -> list[Health]:
        """Return what is over with this input, and what it held back."""
        over = [self._doubtful(cause, False) for cause in self.doubts]
        held, self._held = self._held, None
        if self._unseen_alarm:
            self._unseen_alarm = False
            over.append(self._unseen())
        return over if held is None else [*over, held]

    def step(self, now_s: float) -> tuple[list[Health], int]:
        """Let time pass; return what changed, and how many carriers passed that nobody reported."""
        said = self.line_runs(now_s)
        self._ran_s += now_s - self._stepped_s if said else 0.0
        self._stepped_s = now_s
        if said is not self._said:
            self._said, self._line_since_s = said, now_s
        changes = [
            self._doubtful(cause, doubt.active)
            for cause, doubt in self._doubts.items()
            if doubt.step(self._differs(cause, now_s), now_s, 0.0 if cause == STALE else self._limits.doubt)
        ]
        if self._held is not None and not self._excused(now_s):
            changes.append(self._held)
            self._held = None
        missing = self.pulses.step(now_s, comparable=self._comparable(now_s))
        if self.pulses.too_many != self._unseen_alarm:
            self._unseen_alarm = self.pulses.too_many
            changes.append(self._unseen())
        return changes, missing

    @property
    def _camera_runs(self) -> bool:
        return self._status is not None and self._status.carrier_every_s is not None

    @property
    def _camera_live(self) -> bool:
        return self._status is not None and self._status.state is CameraState.LIVE

    def _fresh(self, signal: Signal, now_s: float) -> float | None:
        reading = self._last.get(signal)
        return None if reading is None or now_s - reading.at_s > self._limits.stale else reading.value

    def _comparable(self, now_s: float) -> bool:
        fresh = self._fresh(Signal.CARRIER_PULSE, now_s) is not None
        return fresh and self._camera_live and self._camera_runs and not self._doubts[PULSES].active

    def _differs(self, cause: str, now_s: float) -> bool:
        if cause == STALE:
            return now_s - self._began_s > self._limits.stale and any(
                self._fresh(each, now_s) is None for each in self._signals
            )
        if cause == PULSES:
            return self.pulses.surplus
        if cause == STANDS and (self._is_stuck or self._others_run(now_s)):
            return True
        if not self._camera_live:
            return False
        if cause == SPACING:
            return self._spacing_differs(now_s)
        settled_s = max(self._line_since_s, self._camera_since_s) + self._limits.settle
        if cause == RUNS:
            known = self._status is not None and self._status.line_speed == "stopped"
            return self._said is True and known and now_s >= settled_s
        runs = (self._camera_runs and now_s >= settled_s) or self._two_of_late(self._passed, now_s)
        return self._said is False and runs

    @property
    def _is_believed(self) -> bool:
        return not set(self.doubts) & {STALE, STANDS}

    @property
    def _is_stuck(self) -> bool:
        """Whether an input that was contradicted has not yet said that the line runs."""
        return self._doubts[STANDS].active and self._said is not True

    def _others_run(self, now_s: float) -> bool:
        """Return whether the input's own speed or pulses say that a line runs that is said to stand."""
        speed = self._fresh(Signal.SPEED, now_s)
        moves = speed is not None and abs(speed) >= self._limits.moving_m_per_s
        settled = now_s >= self._line_since_s + self._limits.settle
        return self._said is False and ((settled and moves) or self._two_of_late(self._pulsed, now_s))

    def _two_of_late(self, times_s: Iterable[float], now_s: float) -> bool:
        """Return whether two carriers passed lately, after the line had time to stop."""
        from_s = max(self._line_since_s + self._limits.settle, now_s - self._limits.passed)
        return sum(at_s > from_s for at_s in times_s) >= 2

    def _spacing_differs(self, now_s: float) -> bool:
        """Compare speed times interval, the carriers' spacing on the rope, with what it was learnt to be."""
        speed = self._fresh(Signal.SPEED, now_s)
        every_s = None if self._status is None else self._status.carrier_every_s
        if speed is None or every_s is None or abs(speed) < self._limits.moving_m_per_s:
            return False
        self._spacings_m.append(abs(speed) * every_s)
        if len(self._spacings_m) < self._limits.spacing_samples:
            return False
        now_m = median(self._spacings_m)
        self._spacing_m = self._spacing_m or now_m
        return abs(now_m / self._spacing_m - 1.0) > self._limits.spacing_off

    def _doubtful(self, cause: str, active: bool) -> Health:
        message = _TEXTS[cause] if active else "The input and the camera agree again"
        return Health(AlarmKind.INPUT_DOUBTFUL, self._lift_id, active, message, cause)

    def _unseen(self) -> Health:
        unseen, counted, kind = self.pulses.unseen, self.pulses.counted, AlarmKind.LIFT_UNKNOWN_RATE
        message = f"{unseen} of the last {counted} carriers that a sensor counted were not seen"
        numbers = {"unseen": unseen, "counted": counted}
        return Health(kind, self._lift_id, self._unseen_alarm, message, UNSEEN, numbers)


def unseen_carrier(lift_id: str, run_id: str, number: int, now_s: float) -> Passage:
    """Return the passage of a carrier that a sensor counted and no picture shows; it is judged unknown."""
    passage = Passage(f"{lift_id}-{run_id}-pulse-{number}", lift_id, number, 0.0, 0.0, 0.0, (), now_s)
    return replace(passage, left_mono_s=now_s)
