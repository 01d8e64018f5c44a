"""What every source does with what it hears: values become readings of signals."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable

from service.industry.inputs.nouns import Reading, Signal

MOST_AT_ONCE = 1000
"""A counter that leaps further was reset, or is another one: it counts from there."""

_WORDS = {"true": 1.0, "on": 1.0, "running": 1.0, "false": 0.0, "off": 0.0, "stopped": 0.0}


class Taking:
    """Turns one source's values into readings.

    Args:
        take: gets the readings.
        clock: time.monotonic, or a test's own.
    """

    def __init__(self, take: Callable[[Reading], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._take, self._clock = take, clock
        self._counted: int | None = None

    def running(self, value: float, *, inverted: bool = False) -> None:
        """Take whether the line runs: not 0."""
        self._put(Signal.LINE_RUNNING, float((value != 0) is not inverted))

    def speed(self, value: float, scale: float) -> None:
        """Take a speed; what is no number is not taken."""
        if math.isfinite(value):
            self._put(Signal.SPEED, value * scale)

    def counter(self, value: float, modulus: int | None = None) -> None:
        """Take a counter of carriers; modulus: where it goes on at 0."""
        if not math.isfinite(value):
            return
        now, before = int(value), self._counted
        self._counted = now
        more = 0 if before is None else now - before
        if modulus is not None:
            more %= modulus
        self._put(Signal.CARRIER_PULSE, float(more) if 0 <= more <= MOST_AT_ONCE else 0.0)

    def pulse(self) -> None:
        """Take one carrier."""
        self._put(Signal.CARRIER_PULSE, 1.0)

    def again(self) -> None:
        """Forget where the counter was: while nobody listened it may have been reset."""
        self._counted = None

    def _put(self, signal: Signal, value: float) -> None:
        self._take(Reading(signal, value, self._clock()))


def number_in(payload: bytes, field: str | None) -> float | None:
    """Return the number in a message, None if there is none."""
    try:
        found: object = payload.decode()
        if field is not None:
            found = json.loads(payload)[field]
        if isinstance(found, str):
            text = found.strip().lower()
            return _WORDS[text] if text in _WORDS else float(text)
        return float(found) if isinstance(found, bool | int | float) else None
    except (ValueError, LookupError, TypeError):
        return None
