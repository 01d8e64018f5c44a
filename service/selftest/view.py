"""Whether a camera still shows the view that its lift was set up with."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from service.domain.arrays import Float32
from service.domain.camera import CameraState, CameraStatus, Snapshot
from service.domain.trials.selftest import SelfTestCheck, SelfTestCode, SelfTestResult
from service.health.limits import HealthLimits
from service.health.reference import difference
from service.health.view import VIEW_HEIGHT, VIEW_WIDTH
from service.host.awaited import Awaited, Watchers

FRESH_S = 15.0
"""A picture that is older shows nothing of now."""

PICTURES = 4
"""Pictures of a second each that are averaged: carriers and people blur away."""

NAME = "view"


def check_view(
    status: CameraStatus | None,
    enrolled: bytes | None,
    seen: list[Snapshot],
    now_mono_s: float,
    limits: HealthLimits | None = None,
) -> SelfTestCheck:
    """Compare what the camera shows with the enrolled view.

    Args:
        status: the camera's; None: none is watched.
        enrolled: the view that the lift was set up with, as JPEG; None: none is kept.
        seen: the camera's newest pictures.
        now_mono_s: time.monotonic().
        limits: when a view counts as moved.
    """
    if status is None:
        return _check(SelfTestResult.INCOMPLETE, SelfTestCode.NO_CAMERA, "no camera is watched")
    if status.state is not CameraState.LIVE:
        message = f"the camera is {status.state.value}: {status.message or 'no frames'}"
        return _check(SelfTestResult.FAILED, SelfTestCode.NOT_LIVE, message, state=status.state.value)
    if status.cause:
        message = f"the camera cannot be relied on: {status.message}"
        return _check(SelfTestResult.FAILED, SelfTestCode.IMPAIRED, message, cause=status.cause)
    fresh = [
        shown
        for each in seen
        if now_mono_s - each.t_mono_s < FRESH_S
        if (shown := _grey(each.jpeg)) is not None
    ]
    if not fresh:
        return _check(
            SelfTestResult.FAILED, SelfTestCode.NO_PICTURE, "the camera has given no picture lately"
        )
    before = None if enrolled is None else _grey(enrolled)
    if before is None:
        message = "no view is kept that the camera's could be compared with: accept the present one"
        return _check(SelfTestResult.INCOMPLETE, SelfTestCode.NO_ENROLLED_VIEW, message)
    now = np.asarray(np.mean(fresh, axis=0), np.float32)
    found = difference([before], now, limits or HealthLimits())
    if found is not None:
        message = f"against the view that the lift was set up with: {found.message}"
        return _check(
            SelfTestResult.FAILED,
            SelfTestCode.VIEW_DIFFERS,
            message,
            cause=found.cause.value,
            **found.parameters,
        )
    return _check(SelfTestResult.PASSED, SelfTestCode.OK, "the camera shows the enrolled view")


def newest_pictures(
    newest: Callable[[], Snapshot | None], waits: Awaited, boarded: Watchers, within_s: float
) -> list[Snapshot]:
    """Return up to PICTURES different pictures of a camera, as many as come within the time."""
    found: list[Snapshot] = []

    def is_enough() -> bool:
        shown = newest()
        if shown is not None and (not found or found[-1].t_mono_s != shown.t_mono_s):
            found.append(shown)
        return len(found) == PICTURES

    with boarded.telling(waits):
        waits.wait_for(is_enough, within_s)
    return found


def _grey(jpeg: bytes) -> Float32 | None:
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE) if jpeg else None
    if found is None:
        return None
    small = cv2.resize(found, (VIEW_WIDTH, VIEW_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _check(
    result: SelfTestResult, code: SelfTestCode, message: str, **parameters: float | str
) -> SelfTestCheck:
    return SelfTestCheck(NAME, result, code, message, parameters)
