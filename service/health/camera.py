"""The health of a camera: a pure state machine, stepped by frames and by ticks of the monotonic clock.

It is never silent: until frames come it says so, and what it cannot see is a problem that it reports.
"""

from __future__ import annotations

import math

import numpy as np

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState
from service.domain.health import Health
from service.domain.reason_texts import counted
from service.health.limits import HealthLimits, Impairment, Trouble
from service.health.reference import ReferenceView, ViewMonitor
from service.health.view import View

_CHANGES = (
    0.6  # of the time after which a picture counts as frozen: one that has not changed for so long may be
)
_FROZEN_AGAIN_S = 0.5  # after a key frame, while the picture is known to be frozen
_CAPTION = 12  # of 90 rows at the top and at the bottom, where cameras and recorders write the running time


class CameraHealth:
    """Watches one camera. Call `frame` for each frame that is inspected, `tick` a few times a second.

    All times are time.monotonic(); wall clocks and media time are not used.

    Args:
        lift_id: whose camera.
        now_s: when it began.
        limits: when a camera counts as impaired.
        reference: the camera's reference view, as an earlier process learnt it.
        size: of the pictures that the track was drawn for, in pixels across and down, if that is known.
    """

    def __init__(
        self,
        lift_id: str,
        now_s: float,
        limits: HealthLimits | None = None,
        reference: ReferenceView | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        self.limits = limits = limits or HealthLimits()
        self._started_s = now_s
        self._frame_s: float | None = None
        self._live_since_s: float | None = None
        self._frozen_view: View | None = None
        self._frozen_since_s = now_s
        self._monitor = ViewMonitor(limits, reference, size)
        self._undecoded_s = float("-inf")
        self._lost = Impairment(AlarmKind.CAMERA_LOST, lift_id, 0.0, 0.0)
        self._frozen = Impairment(AlarmKind.CAMERA_FROZEN, lift_id, 0.0, limits.thawed_s)
        self._hidden = Impairment(AlarmKind.LOW_VISIBILITY, lift_id, limits.unseen_s, 2 * limits.recover_s)
        self._moved = Impairment(AlarmKind.VIEW_CHANGED, lift_id, limits.view_s, limits.view_s / 2)

    @property
    def state(self) -> CameraState:
        """Whether frames come: `starting` until the first, then live, degraded or lost."""
        if self._lost.active is not None:
            return CameraState.LOST
        if self._frame_s is None:
            return CameraState.STARTING
        return CameraState.LIVE if self._live_since_s is not None else CameraState.DEGRADED

    @property
    def trouble(self) -> Trouble | None:
        """Why the camera's pictures must not be judged now, or None; also for people."""
        active = (problem.active for problem in (self._frozen, self._hidden, self._moved))
        return next((trouble for trouble in active if trouble is not None), None)

    @property
    def problem(self) -> Reason | None:
        """The same as a code."""
        return None if self.trouble is None else self.trouble.cause

    def calm(self, now_s: float) -> bool:
        """Say whether nothing is wrong or looks as if it were about to be."""
        watched = (self._lost, self._frozen, self._hidden, self._moved)
        changes = now_s - self._frozen_since_s < _CHANGES * self.limits.frozen_s
        return changes and self._live_since_s is not None and all(each.absent for each in watched)

    @property
    def reference(self) -> ReferenceView | None:
        """The view as it was learnt; None before enough was seen."""
        return self._monitor.reference

    def frame_age_s(self, now_s: float) -> float | None:
        """Seconds since the last frame, or since the last one that was left out; None before the first."""
        return None if self._frame_s is None else max(0.0, now_s - max(self._frame_s, self._undecoded_s))

    def left_out(self, at_s: float) -> None:
        """Note that the camera sent a picture then that was left undecoded on purpose: it is not lost."""
        self._undecoded_s = max(self._undecoded_s, at_s)

    def frame(
        self, view: View, now_s: float, interval_s: float | None = None, came_s: float | None = None
    ) -> list[Health]:
        """Take in a frame; return what changed.

        Args:
            view: the frame. now_s: the time.
            interval_s: between carriers at the line's nominal speed, None while it is unknown.
            came_s: when the camera sent it, if it was held before: it is no sign of life since.
        """
        changes = self._arrived(now_s, interval_s, came_s)
        hidden = self._monitor.check_visibility(view)
        still = self._check_frozen(view, now_s)
        # In the dark or under a cap every picture is the same; those have an alarm of their own.
        frozen = still if hidden is None else None
        changes += self._frozen.step(frozen, now_s, "the camera's picture changes again")
        changes += self._hidden.step(hidden, now_s, "clear view again")
        if hidden is None:
            moved = self._monitor.check_position(view, now_s)
            changes += self._moved.step(moved, now_s, "the view is as it was again")
        return changes

    def damaged_frame(
        self, now_s: float, interval_s: float | None = None, came_s: float | None = None
    ) -> list[Health]:
        """Take in a frame that cannot be inspected because parts of it were lost; see `frame`."""
        trouble = Trouble(
            Reason.DAMAGED, "the stream is damaged: much of it is lost between the camera and here"
        )
        changes = self._arrived(now_s, interval_s, came_s)
        return changes + self._hidden.step(trouble, now_s, "clear view again")

    def tick(self, now_s: float) -> list[Health]:
        """Let time pass; return what changed."""
        newest_s = self._started_s if self._frame_s is None else self._frame_s
        silent_s = now_s - max(newest_s, self._undecoded_s)
        if silent_s >= self.limits.degraded_s:
            self._live_since_s = None
        if silent_s < self.limits.lost_s:
            return []
        trouble = Trouble(Reason.NO_FRAMES, f"no frame for {silent_s:.0f} s", {"silent_s": round(silent_s)})
        return self._lost.step(trouble, now_s, "")

    def _arrived(self, now_s: float, interval_s: float | None, came_s: float | None) -> list[Health]:
        before_s, came_s = self._frame_s, now_s if came_s is None else min(came_s, now_s)
        blind_s = came_s - (self._started_s if before_s is None else before_s)
        self._frame_s = came_s if before_s is None else max(before_s, came_s)
        if now_s - came_s >= self.limits.degraded_s:
            return []
        if self._live_since_s is None:
            self._live_since_s = now_s
        if self._lost.active is None:
            return []
        message = f"the camera sends frames again; nobody watched for {blind_s:.0f} s"
        if interval_s:
            message += f", in which up to {counted(math.ceil(blind_s / interval_s), 'carrier')} passed"
        return self._lost.step(None, now_s, message)

    def _check_frozen(self, view: View, now_s: float) -> Trouble | None:
        """Return the trouble if the picture does not change, but for a clock that is written into it.

        Key frames change it only by a trace.
        """
        before = self._frozen_view
        if before is not None:
            seen = slice(_CAPTION, -_CAPTION)
            change = np.abs(view.samples[seen].astype(np.int16) - before.samples[seen])
            if float(change.mean()) < self.limits.frozen_change and float((change > 12).mean()) < 5e-4:
                still_s = now_s - self._frozen_since_s
                # A key frame now and then shifts what an encoder makes of the same picture.
                if still_s < (self.limits.frozen_s if self._frozen.active is None else _FROZEN_AGAIN_S):
                    return None
                message = f"the camera has sent the same picture for {still_s:.0f} s"
                return Trouble(Reason.CAMERA_FROZEN, message, {"still_s": round(still_s)})
        self._frozen_view, self._frozen_since_s = view, now_s
        return None
