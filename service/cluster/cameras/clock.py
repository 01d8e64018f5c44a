"""How far the clock of a node is ahead of this machine's, from what each call says: never a guess. Pure."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

SAMPLES = 64


class Exchange(NamedTuple):
    """A call and its answer, in seconds: first and last by our clock, those between by the node's."""

    sent_s: float
    received_there_s: float
    answered_there_s: float
    heard_s: float


class ClockOffset:
    """The offset of another machine's time.monotonic().

    A call cannot arrive before it was sent, nor an answer before it was given: each exchange says between
    which limits the offset lies, and what several say holds together.
    """

    def __init__(self) -> None:
        self._limits: deque[tuple[float, float]] = deque(maxlen=SAMPLES)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange."""
        lowest = exchange.answered_there_s - exchange.heard_s
        highest = exchange.received_there_s - exchange.sent_s
        self._limits.append((lowest, highest))
        if self._bounds()[0] > self._bounds()[1]:  # it has drifted since the oldest ones
            self._limits = deque([(lowest, highest)], SAMPLES)

    @property
    def offset_s(self) -> float:
        """Return by how much the other clock is ahead; 0 before the first exchange."""
        lowest, highest = self._bounds()
        return (lowest + highest) / 2

    @property
    def uncertain_s(self) -> float:
        """Return by how much the offset may be wrong; infinite before the first exchange."""
        lowest, highest = self._bounds()
        return (highest - lowest) / 2 if self._limits else float("inf")

    def _bounds(self) -> tuple[float, float]:
        if not self._limits:
            return 0.0, 0.0
        return max(lowest for lowest, _ in self._limits), min(highest for _, highest in self._limits)
