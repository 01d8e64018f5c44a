"""The health of a camera: a pure state machine, stepped by frames and by ticks of the monotonic clock.

It never falls silent: until frames come it says so, and what it cannot see it reports as a problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.ingest.view import VIEW_WIDTH, Floats, View, displacement, likeness, outlines
from service.types import AlarmKind, CameraState, Health


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a camera counts as impaired. Times in seconds, brightness in grey levels."""

    degraded_s: float = 2.0
    lost_s: float = 8.0
    frozen_s: float = 8.0
    frozen_change: float = 0.5
    unseen_s: float = 8.0
    recover_s: float = 2.0
    dark: float = 24.0
    contrast: float = 12.0
    burnt: float = 0.75
    blurred: float = 0.4
    learn_s: float = 10.0
    moved_px: float = 12.0
    view_likeness: float = 0.35
    view_s: float = 12.0
    view_period_s: float = 1.0


@dataclass(slots=True)
class _Problem:
    """One kind of trouble: it must last before it is reported, and be gone for a while before it clears."""

    kind: AlarmKind
    raise_after_s: float
    clear_after_s: float
    active: bool = False
    since_s: float | None = None

    def step(self, present: bool, now_s: float) -> bool:
        """Return True when `active` changed."""
        if present == self.active:
            self.since_s = None
            return False
        if self.since_s is None:
            self.since_s = now_s
        if now_s - self.since_s < (self.raise_after_s if present else self.clear_after_s):
            return False
        self.active, self.since_s = present, None
        return True


class CameraHealth:
    """Watches one camera. Feed it `frame` for each frame looked at, `tick` a few times a second.

    All times are time.monotonic(); wall clocks and media time do not enter.
    """

    def __init__(self, lift_id: str, now_s: float, limits: HealthLimits | None = None) -> None:
        self.limits = limits = limits or HealthLimits()
        self._lift_id = lift_id
        self._started_s = now_s
        self._frame_s: float | None = None
        self._live_since_s: float | None = None
        self._frozen_view: View | None = None
        self._frozen_since_s = now_s
        self._view = _ViewMemory(limits)
        self._problems = {
            AlarmKind.CAMERA_LOST: _Problem(AlarmKind.CAMERA_LOST, 0.0, 0.0),
            AlarmKind.CAMERA_FROZEN: _Problem(AlarmKind.CAMERA_FROZEN, 0.0, 0.0),
            AlarmKind.LOW_VISIBILITY: _Problem(
                AlarmKind.LOW_VISIBILITY, limits.unseen_s, 2 * limits.recover_s
            ),
            AlarmKind.VIEW_CHANGED: _Problem(AlarmKind.VIEW_CHANGED, limits.view_s, limits.view_s / 2),
        }

    @property
    def state(self) -> CameraState:
        """Whether frames come: `starting` until the first, then live, degraded or lost."""
        if self._problems[AlarmKind.CAMERA_LOST].active:
            return CameraState.LOST
        if self._frame_s is None:
            return CameraState.STARTING
        return CameraState.LIVE if self._live_since_s is not None else CameraState.DEGRADED

    @property
    def problem(self) -> str | None:
        """Why the camera's pictures must not be judged now, or None."""
        for kind, problem in self._problems.items():
            if problem.active and kind is not AlarmKind.CAMERA_LOST:
                return kind.value.replace("_", " ")
        return None

    def frame_age_s(self, now_s: float) -> float | None:
        """Seconds since the last frame; None before the first."""
        return None if self._frame_s is None else max(0.0, now_s - self._frame_s)

    def frame(self, view: View, now_s: float) -> list[Health]:
        """Take in a frame; return what changed."""
        self._frame_s = now_s
        if self._live_since_s is None:
            self._live_since_s = now_s
        changes = self._step(AlarmKind.CAMERA_LOST, False, now_s, "the camera sends frames again")
        frozen_s = self._still_s(view, now_s)
        changes += self._step(
            AlarmKind.CAMERA_FROZEN,
            frozen_s >= self.limits.frozen_s,
            now_s,
            "the camera's picture changes again"
            if frozen_s == 0
            else f"the same picture for {frozen_s:.0f} s",
        )
        unseen = self._view.unseen(view)
        changes += self._step(
            AlarmKind.LOW_VISIBILITY, unseen is not None, now_s, unseen or "clear view again"
        )
        if unseen is None:
            changed = self._view.changed(view, now_s)
            changes += self._step(
                AlarmKind.VIEW_CHANGED, changed is not None, now_s, changed or "the view is as it was again"
            )
        return changes

    def tick(self, now_s: float) -> list[Health]:
        """Let time pass; return what changed."""
        silent_s = now_s - (self._started_s if self._frame_s is None else self._frame_s)
        if silent_s >= self.limits.degraded_s:
            self._live_since_s = None
        if silent_s < self.limits.lost_s:
            return []
        return self._step(AlarmKind.CAMERA_LOST, True, now_s, f"no frame for {silent_s:.0f} s")

    def _step(self, kind: AlarmKind, present: bool, now_s: float, message: str) -> list[Health]:
        problem = self._problems[kind]
        if not problem.step(present, now_s):
            return []
        return [Health(kind=kind, lift_id=self._lift_id, active=problem.active, message=message)]

    def _still_s(self, view: View, now_s: float) -> float:
        """Return how long the picture has stood still; an encoder's key frames shift it by a trace only."""
        before = self._frozen_view
        if before is not None:
            change = np.abs(view.samples.astype(np.int16) - before.samples)
            if float(change.mean()) < self.limits.frozen_change and float((change > 12).mean()) < 5e-4:
                return now_s - self._frozen_since_s
        self._frozen_view, self._frozen_since_s = view, now_s
        return 0.0


class _ViewMemory:
    """What the view usually looks like: a slow background, learned while nothing is wrong."""

    def __init__(self, limits: HealthLimits) -> None:
        self._limits = limits
        self._recent: Floats | None = None
        self._usual: Floats | None = None
        self._learned_s = 0.0
        self._sharpness = 0.0
        self._last_s: float | None = None
        self._compared_s = 0.0
        self._changed: str | None = None

    def unseen(self, view: View) -> str | None:
        """Say why nothing can be seen in this view, or None."""
        limits = self._limits
        if view.dark < limits.dark:
            return f"dark: brightest areas at {view.dark:.0f} of 255"
        if view.burnt > limits.burnt:
            return f"over-exposed: {100 * view.burnt:.0f} % of the picture"
        if view.contrast < limits.contrast:
            return f"no contrast: {view.contrast:.0f} grey levels"
        if self._learned_s >= limits.learn_s and view.sharpness < limits.blurred * self._sharpness:
            return f"blurred: sharpness {100 * view.sharpness / self._sharpness:.0f} % of the usual"
        return None

    def changed(self, view: View, now_s: float) -> str | None:
        """Say how the view differs from the usual, or None; looks about once a second."""
        elapsed_s = 0.0 if self._last_s is None else min(now_s - self._last_s, 1.0)
        self._last_s = now_s
        grey = view.grey.astype(np.float32)
        if self._recent is None:
            self._recent, self._sharpness = grey, view.sharpness
            return None
        self._recent += (grey - self._recent) * min(1.0, elapsed_s / 3.0)
        if self._learned_s < self._limits.learn_s:
            self._learn(view, elapsed_s, self._limits.learn_s)
            return None
        if now_s - self._compared_s >= self._limits.view_period_s:
            self._changed = self._compare()
            self._compared_s = now_s
        if self._changed is None:
            self._learn(view, elapsed_s, 300.0)
        return self._changed

    def _learn(self, view: View, elapsed_s: float, slow_s: float) -> None:
        if self._recent is None:
            return
        self._learned_s += elapsed_s
        rate = min(1.0, elapsed_s / min(slow_s, max(1.0, self._learned_s)))
        self._sharpness += (view.sharpness - self._sharpness) * rate
        if self._usual is None:
            self._usual = self._recent.copy()
        self._usual += (self._recent - self._usual) * rate

    def _compare(self) -> str | None:
        if self._recent is None or self._usual is None:
            return None
        usual, recent = outlines(self._usual), outlines(self._recent)
        alike = likeness(usual, recent)
        if alike < self._limits.view_likeness:
            return f"the view has changed: likeness {alike:.2f} to the usual one"
        # A frame is many view pixels wide: a small shift of the camera already spoils the registration.
        dx, dy, response = displacement(usual, recent)
        limit = self._limits.moved_px * VIEW_WIDTH / 1280.0
        if response > 0.2 and abs(dx) < 40 and abs(dy) < 40 and (dx * dx + dy * dy) ** 0.5 > limit:
            return f"the camera has moved: by ({dx * 8:.0f}, {dy * 8:.0f}) px of 1280"
        return None
