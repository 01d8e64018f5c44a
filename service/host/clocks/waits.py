"""For how long things have waited, by a counter that nobody sets: no clock hurries or delays anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K")


class Waits(Generic[K]):
    """Remembers when each thing was seen first; to be asked at short intervals, from one thread."""

    def __init__(self) -> None:
        self._since_s: dict[K, float] = {}
        self._looked_s: float | None = None

    def look(self, began: Mapping[K, datetime], now: datetime, now_s: float) -> Mapping[K, float]:
        """Return for how long each has waited, in seconds, in the order given; forget what is not given.

        What is new began since the last look, however wrong the clock may be that its time was read from;
        that time decides at the first look alone.

        Args:
            began: when each began, aware, as it was stored.
            now: the believed time, aware. now_s: the counter.
        """
        known, self._since_s = self._since_s, {}
        for key, at in began.items():
            since_s = known.get(key)
            if since_s is None:
                since_s = now_s - max((now - at).total_seconds(), 0.0)
                if self._looked_s is not None:
                    since_s = max(since_s, self._looked_s)
            self._since_s[key] = since_s
        self._looked_s = now_s
        return {key: now_s - since_s for key, since_s in self._since_s.items()}
