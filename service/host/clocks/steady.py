"""The time of day, as it goes on since the process began: a wall clock that is set does not move it.

Sign-ins, tokens and links end by this one: a clock that jumps signs nobody out, and lengthens nothing.
"""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime, timedelta


def steady_now() -> datetime:
    """Return the present time, aware, UTC."""
    return steady_at(time.monotonic())


def steady_at(mono_s: float) -> datetime:
    """Return the same of a reading of time.monotonic()."""
    began, began_mono_s = _begin()
    return began + timedelta(seconds=mono_s - began_mono_s)


def mono_at(at: datetime) -> float:
    """Return which reading of time.monotonic() `steady_at` takes for this aware time."""
    began, began_mono_s = _begin()
    return began_mono_s + (at - began).total_seconds()


@functools.cache
def _begin() -> tuple[datetime, float]:
    return datetime.now(UTC), time.monotonic()
