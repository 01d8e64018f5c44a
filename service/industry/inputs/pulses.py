"""Carriers that a sensor counted, against those that the camera reported. Pure: time comes as an argument."""

from __future__ import annotations

from collections import deque

from service.industry.inputs.nouns import LIMITS, InputLimits


class PulseCount:
    """Finds carriers that passed a sensor and were never reported.

    The sensor may be before or behind the camera: by how many carriers it is ahead is learnt, and changes by
    one as the line runs. Once it is further ahead for longer than a report can take, carriers are missing.
    """

    def __init__(self, limits: InputLimits = LIMITS) -> None:
        self._limits = limits
        self._ahead = 0
        self._usual: int | None = None
        self._compared_from_s: float | None = None
        self._more_since_s: float | None = None
        self._less_since_s: float | None = None
        self._recent: deque[bool] = deque(maxlen=limits.window)
        self.surplus = False
        """Whether the camera reports carriers that the sensor does not count."""

    def pulse(self, carriers: int) -> None:
        """Take what the sensor counted since the last call."""
        self._ahead += carriers
        self._recent.extend([True] * carriers)

    def reported(self, carriers: int) -> None:
        """Take carriers that the camera reported, seen or not."""
        self._ahead -= carriers

    def step(self, now_s: float, *, comparable: bool) -> int:
        """Return how many carriers are now known to be missing.

        comparable: the camera follows the line and the sensor is alive. After a pause it is learnt anew how
        far the sensor is ahead, once everything that is late has been reported.
        """
        if not comparable:
            self._compared_from_s = self._usual = self._more_since_s = self._less_since_s = None
            self.surplus = False
            return 0
        if self._compared_from_s is None:
            self._compared_from_s = now_s
        if self._usual is None:
            if now_s - self._compared_from_s >= self._limits.grace:
                self._usual = self._ahead
            return 0
        return self._missing(now_s)

    def _missing(self, now_s: float) -> int:
        more = self._ahead - (self._usual or 0)
        self._more_since_s = None if more <= 1 else self._more_since_s or now_s
        self._less_since_s = None if more >= -1 else self._less_since_s or now_s
        if self._less_since_s is not None and now_s - self._less_since_s >= self._limits.grace:
            # The sensor misses carriers: it knows less than the camera does.
            self.surplus, self._usual, self._less_since_s = True, self._ahead, None
        if self._more_since_s is None or now_s - self._more_since_s < self._limits.grace:
            return 0
        missing = more - 1
        self._ahead -= missing
        self._more_since_s, self.surplus = None, False
        for _ in range(missing):
            self._recent.append(False)
        return missing

    @property
    def unseen(self) -> int:
        """How many of the last carriers were missing."""
        return sum(not seen for seen in self._recent)

    @property
    def counted(self) -> int:
        """Of how many."""
        return len(self._recent)

    @property
    def too_many(self) -> bool:
        """Whether so many are missing that it is an alarm."""
        limits = self._limits
        return self.unseen >= max(limits.least, limits.unseen_share * self.counted)
