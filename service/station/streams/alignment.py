"""How far the clocks of a camera's two streams are apart, and whether both show the same: told by pictures.

A camera's own statements (RTCP) say when a picture was sent, which is not when it was taken, and many cameras
state nothing. What moves before the camera moves in both streams, and is in no clock's hands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from service.domain.arrays import Float32, Image

KEPT_S = 4.0
"""For how long the second stream's pictures are kept."""

REACH_S = 1.5
"""By how much the clocks may be off what the packets' arrival says."""

BOUND_S = 0.04
"""By how much two streams that are aligned may be off: a carrier moves 5 canonical pixels meanwhile."""

_STEP_S = 0.02
_ALIKE = 0.5  # correlation of what has changed, of pictures of one moment; of other moments it is below 0.3
_PLAIN = 0.1  # by which the best must be above those that are farther than half a second from it
_LEAST_CHANGE = 1.5  # grey levels, root mean square: less is the encoders' noise
_FAR_S = 0.5
_SLOW = 0.02  # with which the view behind follows: of each picture


class ClockMatch(NamedTuple):
    """shift_s: what to add to the first stream's stamps. alike: correlation -1..1 at that."""

    shift_s: float
    alike: float


class Alignment:
    """Knows the second stream's last pictures, reduced, and compares the first's with them."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Float32]] = deque()
        self._behind: Float32 | None = None

    def note(self, t_s: float, small: Image) -> None:
        """Take in a picture of the second stream, uint8[h, w]; t_s ascends."""
        grey = small.ravel().astype(np.float32)
        if self._recent and (t_s <= self._recent[-1][0] or grey.shape != self._recent[-1][1].shape):
            self._recent.clear()
            self._behind = None if self._behind is None or grey.shape != self._behind.shape else self._behind
        self._behind = grey.copy() if self._behind is None else self._behind + _SLOW * (grey - self._behind)
        self._recent.append((t_s, grey))
        while self._recent[0][0] < t_s - KEPT_S:
            self._recent.popleft()

    @property
    def moving(self) -> bool:
        """Whether something has moved, about a second ago: only then can clocks be compared."""
        if len(self._recent) < 2:
            return False
        newest_s = self._recent[-1][0]
        grey = [each for t_s, each in self._recent if 0.5 <= newest_s - t_s <= 1.5]
        if len(grey) < 2:
            return False
        return float(np.sqrt(np.mean((grey[-1] - grey[0]) ** 2))) >= _LEAST_CHANGE

    def measure(self, pictures: Sequence[tuple[float, Image]], guess_s: float) -> ClockMatch | None:
        """Return by how much the first stream's stamps are off; None if nothing moves, or nothing is alike.

        Args:
            pictures: of the first stream: stamp, seconds, and uint8[h, w] as the second's.
            guess_s: about what it is, to within REACH_S.
        """
        if len(pictures) < 2 or len(self._recent) < 2:
            return None
        times = np.array([t_s for t_s, _ in self._recent])
        known = np.stack([grey for _, grey in self._recent])
        stamps = np.array([stamp_s for stamp_s, _ in pictures])
        asked = np.stack([small.ravel() for _, small in pictures]).astype(np.float32)
        if asked.shape[1] != known.shape[1]:
            return None
        asked, known = asked - asked.mean(axis=0), known - known.mean(axis=0)
        if float(np.sqrt(np.mean(asked**2))) < 0.5 * _LEAST_CHANGE:
            return None
        products, squares = asked @ known.T, known @ known.T
        lengths = (asked * asked).sum(axis=1)
        shifts = guess_s + np.arange(-REACH_S, REACH_S + _STEP_S / 2, _STEP_S)
        alike = np.array([_alike(stamps + by_s, times, products, squares, lengths) for by_s in shifts])
        best = int(np.nanargmax(alike)) if np.isfinite(alike).any() else -1
        if best < 0 or alike[best] < _ALIKE:
            return None
        far = alike[np.abs(shifts - shifts[best]) > _FAR_S]
        if np.isfinite(far).any() and alike[best] - float(np.nanmax(far)) < _PLAIN:
            return None
        return ClockMatch(float(shifts[best] + _between(alike, best)), float(alike[best]))

    def agrees(self, t_s: float, small: Image) -> bool:
        """Say whether a picture of the first stream, uint8[h, w], shows what the second does at that time."""
        nearest = min(self._recent, key=lambda each: abs(each[0] - t_s), default=None)
        if nearest is None or self._behind is None or len(small.ravel()) != len(nearest[1]):
            return False
        one, other = small.ravel() - self._behind, nearest[1] - self._behind
        one, other = one - one.mean(), other - other.mean()
        lengths = float(np.sqrt((one * one).sum() * (other * other).sum()))
        return abs(nearest[0] - t_s) < _FAR_S / 2 and float((one * other).sum()) >= _ALIKE * lengths


def _alike(at_s: Float32, times: Float32, products: Float32, squares: Float32, lengths: Float32) -> float:
    """Return the correlation of pictures with those between which they fall at these times, mixed; or nan."""
    inside = (at_s >= times[0]) & (at_s <= times[-1])
    if inside.sum() < max(2, len(at_s) // 2):
        return float("nan")
    rows = np.flatnonzero(inside)
    later = np.clip(np.searchsorted(times, at_s[rows]), 1, len(times) - 1)
    part = (at_s[rows] - times[later - 1]) / np.maximum(times[later] - times[later - 1], 1e-6)
    product = (1 - part) * products[rows, later - 1] + part * products[rows, later]
    square = (1 - part) ** 2 * squares[later - 1, later - 1] + part**2 * squares[later, later]
    square += 2 * part * (1 - part) * squares[later - 1, later]
    return float(product.sum() / max(np.sqrt(square.sum() * lengths[rows].sum()), 1e-9))


def _between(alike: Float32, best: int) -> float:
    """Return by how much the peak of a parabola through three values is beside the middle one, seconds."""
    if not 0 < best < len(alike) - 1:
        return 0.0
    before, at, after = (float(alike[k]) for k in (best - 1, best, best + 1))
    bend = before - 2 * at + after
    return 0.0 if not np.isfinite(bend) or bend >= 0 else _STEP_S * 0.5 * (before - after) / bend
