"""Whether the view of a line that stands stays as it is, told by key frames alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from service.domain.arrays import Float32, Image

LEARNT_FROM = 3
"""Key frames by which it is learnt how much a view changes in which nothing moves."""

_MORE = 2.0  # times the largest change among these: with more, something has moved
_DRIFT = (
    1.5  # the first and the last of them differ by so many times more than neighbours: something moves slowly
)
_LEAST, _MOST = 0.1, 0.5  # of what carriers change as the line goes on by a twentieth of an interval


class StillView:
    """Compares key frames of a line that stands; looked at by the thread that reads, one at a time.

    A movement adds up from one key frame to the next, noise does not: so each is compared with the last of
    those that were looked at while everything was decoded.

    Args:
        features: returns float32[D] of a frame's luma uint8[H, W], whole numbers. size: (H, W).
        moved: the squared change of the view as the line goes on by a twentieth of an interval, where
            carriers are in view.
        longest_s, seen_s, soon_s: see `service.capture.packets.sparing.StandingView`.
    """

    def __init__(
        self,
        features: Callable[[Image], Float32],
        size: tuple[int, int],
        moved: float,
        *,
        longest_s: float,
        seen_s: float,
        soon_s: float,
    ) -> None:
        self._features, self._size, self._moved = features, size, moved
        self.longest_s, self.seen_s, self.soon_s = longest_s, seen_s, soon_s
        self._learnt: list[Float32] = []
        self._limit: float | None = None

    @property
    def ready(self) -> bool:
        """Whether it is known how much the view changes while all stands, and that is little enough."""
        return self._limit is not None

    def look(self, luma: Image) -> bool:
        """Take in a key frame, uint8[H, W]; say whether all is where it was."""
        if luma.shape != self._size:
            return False
        feature = self._features(luma)
        if len(self._learnt) < LEARNT_FROM:
            self._learnt.append(feature)
            if len(self._learnt) == LEARNT_FROM:
                self._limit = self._found()
                return self.ready
            return True
        return self._limit is not None and _apart(self._learnt[-1], feature) <= self._limit

    def _found(self) -> float | None:
        """Return the largest squared change of a view in which nothing moves; None where something does."""
        first, second, third = self._learnt
        near = max(_apart(first, second), _apart(second, third))
        over = _apart(first, third)
        limit = max(_MORE * max(near, over), _LEAST * self._moved)
        quiet = over <= max(_DRIFT * near, _LEAST * self._moved)
        return limit if quiet and limit <= _MOST * self._moved else None


def _apart(one: Float32, other: Float32) -> float:
    return float(np.square(one - other).sum())
