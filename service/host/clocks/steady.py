"""The time of day, as it goes on since the process began: a wall clock that is set does not move it.

Sign-ins, tokens and links end by this one: a clock that jumps signs nobody out, and lengthens nothing.
"""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime, timedelta


def steady_now() -> datetime:
    """Return the present time, aware, UTC."""
    began, began_mono_s = _begin()
    return began + timedelta(seconds=time.monotonic() - began_mono_s)


@functools.cache
def _begin() -> tuple[datetime, float]:
    return datetime.now(UTC), time.monotonic()
