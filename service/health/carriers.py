"""Whether carriers are recognised at all: a running line without passages is blindness, not calm."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.decision.reasons import Reason
from lifts.geometry import CANONICAL_SIZE, pose_at
from lifts.schema import Track
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.health.limits import HealthLimits, Impairment, Trouble
from service.health.view import VIEW_HEIGHT, VIEW_WIDTH, View

STOPPED = ("stopped", "backwards")
"""The line speeds at which no carriers are due."""

_CHANGE = 8  # grey levels of an area's mean after a median filter, which noise and snowflakes do not reach
_AREA = 0.02  # of the region through which carriers pass
_LONGEST_STEP_S = 1.0


class SceneMotion:
    """Says whether anything moves where carriers pass.

    Args:
        track: the lift's, in pixels of a picture of width_px x height_px.
    """

    def __init__(self, track: Track, width_px: int, height_px: int) -> None:
        region = np.zeros((VIEW_HEIGHT, VIEW_WIDTH), np.uint8)
        across, down = VIEW_WIDTH / width_px, VIEW_HEIGHT / height_px
        for progress in np.linspace(0.0, 1.0, 9):
            pose = pose_at(track, float(progress))
            half = 0.5 * CANONICAL_SIZE / pose.scale
            low, high = (
                (round((pose.x + side) * across), round((pose.y + side) * down)) for side in (-half, half)
            )
            cv2.rectangle(region, low, high, 255, -1)
        self._region: npt.NDArray[np.bool_] = region > 0
        self._before: npt.NDArray[np.uint8] | None = None

    def step(self, view: View) -> bool:
        """Take in a view; return whether it differs from the one before."""
        before, self._before = self._before, view.grey
        if before is None:
            return False
        change = cv2.medianBlur(cv2.absdiff(view.grey, before), 5)[self._region]
        return change.size > 0 and float((change > _CHANGE).mean()) >= _AREA


class CarrierWatch:
    """Raises `lift_unknown_rate` when things move before the camera for long and no carrier is recognised.

    The time is reset while the line is known to be stopped, and while the camera cannot see, which has an
    alarm of its own. All times are time.monotonic().
    """

    def __init__(self, lift_id: str, limits: HealthLimits | None = None) -> None:
        self._limits = limits or HealthLimits()
        self._problem = Impairment(AlarmKind.LIFT_UNKNOWN_RATE, lift_id, 0.0, 0.0)
        self._last_s: float | None = None
        self._without_s = self._moving_s = 0.0

    def passage(self, now_s: float) -> list[Health]:
        """Note that a carrier was recognised; return what changed."""
        self._without_s = self._moving_s = 0.0
        return self._problem.step(None, now_s, "carriers are recognised again")

    def step(
        self, now_s: float, *, moving: bool, seeing: bool, line_speed: str, interval_s: float | None
    ) -> list[Health]:
        """Let time pass with frames coming; return what changed.

        Args:
            now_s: time.monotonic().
            moving: something moves where carriers pass.
            seeing: nothing is wrong with the camera.
            line_speed: what the extractor says of the line.
            interval_s: seconds between carriers at the line's nominal speed, if known.
        """
        elapsed_s = 0.0 if self._last_s is None else min(now_s - self._last_s, _LONGEST_STEP_S)
        self._last_s = now_s
        if line_speed in STOPPED or not seeing:
            # No carriers are due, or none can be seen: this time says nothing about missed carriers.
            self._without_s = self._moving_s = 0.0
            return []
        self._without_s += elapsed_s
        self._moving_s += elapsed_s if moving else 0.0
        limits = self._limits
        longest_s = max(limits.no_carrier_s, limits.no_carrier_intervals * (interval_s or 0.0))
        if self._problem.active is not None or self._without_s < longest_s:
            return []
        if self._moving_s < limits.moving * self._without_s:
            return []
        message = (
            f"no carrier recognised for {self._without_s:.0f} s, although pictures come and things move in "
            "them: do track and masks fit this view?"
        )
        trouble = Trouble(Reason.NO_CARRIERS, message, {"without_s": round(self._without_s)})
        return self._problem.step(trouble, now_s, "")
