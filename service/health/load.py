"""Whether pictures come as fast as they should, and whether the camera or this machine is to blame if not."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.domain.reason_texts import counted
from service.health.limits import HealthLimits, Impairment, Trouble

_BASELINE_S = 600.0  # time in which a camera's baseline rate decays
_STEPS_A_WINDOW = 10


class Load(NamedTuple):
    """What a reader has counted since it began.

    read: pictures of the camera's stream. taken: frames that were handled. dropped: frames skipped for lack
    of time. media_s: media time of the newest frame. waited_s: how long the reader waited for pictures.
    first: whether a camera's first stream is read in the place of its second, which has a rate of its own.
    left_out: pictures that were not decoded on purpose, because the line stood.
    """

    read: int
    taken: int
    dropped: int
    media_s: float
    waited_s: float
    first: bool = False
    left_out: int = 0


class LoadWatch:
    """Raises `overloaded` when pictures are lost for lack of time, or come too slowly. Deterministic.

    - A machine that cannot keep up drops frames, or falls behind the stream without ever waiting for it.
    - A camera that sends fewer pictures than it used to, without falling behind, is slow itself.
    - A line may be too fast for the rate, whatever limits the rate.

    All times are time.monotonic().
    """

    def __init__(self, lift_id: str, limits: HealthLimits | None = None) -> None:
        self._limits = limits = limits or HealthLimits()
        self._problem = Impairment(
            AlarmKind.OVERLOADED, lift_id, limits.overload_raise_s, limits.overload_clear_s
        )
        self._past: deque[tuple[float, Load]] = deque()
        self._baseline_per_s = 0.0
        # Two windows: pictures that came all at once are in no two of them that do not overlap.
        self._rates: deque[float] = deque(maxlen=2 * _STEPS_A_WINDOW)

    @property
    def active(self) -> Trouble | None:
        """What is reported to be wrong now."""
        return self._problem.active

    def step(self, now_s: float, load: Load, px_per_s: float = 0.0, farthest_px: float = 0.0) -> list[Health]:
        """Take in the counts of now; return what changed.

        Args:
            now_s: the time. load: the counts.
            px_per_s: how fast carriers move, canonical pixels a second; 0 while unknown.
            farthest_px: by how much they may move between two pictures.
        """
        if self._past and load.waited_s < self._past[-1][1].waited_s:
            self._past.clear()  # reconnected: the reader counts from 0 again
            self._rates.clear()
        if self._past and load.first is not self._past[-1][1].first:
            self._past.clear()
            self._rates.clear()
            self._baseline_per_s = 0.0
        if self._past and now_s - self._past[-1][0] < self._limits.overload_window_s / _STEPS_A_WINDOW:
            return []
        self._past.append((now_s, load))
        while now_s - self._past[0][0] > 1.05 * self._limits.overload_window_s:
            self._past.popleft()
        then_s, then = self._past[0]
        if now_s - then_s < 0.8 * self._limits.overload_window_s or load.read == then.read:
            return []  # too early to say; or nothing comes at all, which is an alarm of its own
        trouble = self._trouble(now_s - then_s, then, load, px_per_s, farthest_px)
        return self._problem.step(trouble, now_s, "pictures come as fast as they should again")

    def _trouble(
        self, elapsed_s: float, then: Load, now: Load, px_per_s: float, farthest_px: float
    ) -> Trouble | None:
        limits = self._limits
        read, dropped = now.read - then.read, now.dropped - then.dropped
        handed = now.taken - then.taken + dropped
        sent_s = now.media_s - then.media_s
        # By the camera's own clock: a reader that catches up reads more, and the camera sends no more for it.
        per_s = read / (sent_s if sent_s > 0.0 else elapsed_s)
        pace = sent_s / elapsed_s
        waited = (now.waited_s - then.waited_s) / elapsed_s
        baseline_per_s = self._baseline_per_s
        self._rates.append(per_s)
        lasting_per_s = min(self._rates) if len(self._rates) == self._rates.maxlen else 0.0
        decayed_per_s = baseline_per_s * max(0.0, 1.0 - elapsed_s / _STEPS_A_WINDOW / _BASELINE_S)
        self._baseline_per_s = max(lasting_per_s, decayed_per_s)
        # What is almost over the limit stays until it is clearly below; it does not begin there.
        standing = None if self._problem.active is None else self._problem.active.cause
        slack = 0.5 if standing == Reason.OVERLOADED else 1.0
        lost = dropped / max(handed, 1)
        if lost > slack * limits.overload_dropped:
            message = f"this machine cannot keep up: {100 * lost:.0f} % of the camera's frames were dropped"
            return Trouble(Reason.OVERLOADED, message, {"dropped_share": round(lost, 3)})
        enough = limits.overload_rate + (0.1 if standing == Reason.OVERLOADED else 0.0)
        if pace < enough and waited < limits.overload_waited:
            message = f"this machine cannot keep up: it reads {100 * pace:.0f} % of what the camera sends"
            return Trouble(Reason.OVERLOADED, message, {"read_share": round(pace, 3)})
        frames_per_s = (now.taken - then.taken) / elapsed_s
        if now.left_out == then.left_out and px_per_s > 0.0 and px_per_s > farthest_px * frames_per_s:
            message = f"{frames_per_s:.1f} pictures a second are too few to see each carrier of this line"
            return Trouble(Reason.TOO_FEW_PICTURES, message, {"per_s": round(frames_per_s, 1)})
        usual = limits.overload_rate + (0.1 if standing == Reason.SLOW_CAMERA else 0.0)
        if per_s < usual * baseline_per_s and pace >= enough:
            message = (
                f"the camera sends {counted(per_s, 'picture', '.0f')} a second where it used to send "
                f"{baseline_per_s:.0f}"
            )
            rates = {"per_s": round(per_s, 1), "usual_per_s": round(baseline_per_s, 1)}
            return Trouble(Reason.SLOW_CAMERA, message, rates)
        return None
