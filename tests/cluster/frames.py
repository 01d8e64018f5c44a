"""For how long each lift brought no frames, by counters that are looked at again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

USUAL_S = 2.0
"""A lift's counters come once a second: what is longer is a gap."""


class FrameGaps:
    """Collects when each lift's counter of frames has changed.

    Args:
        lift_ids: of all lifts. since_s: from when on they are watched (monotonic).
        before: the counters at that time; a lift that is not watched has none.
    """

    def __init__(self, lift_ids: Iterable[str], since_s: float, before: Mapping[str, int]) -> None:
        self._newest, self._read = dict.fromkeys(lift_ids, since_s), dict(before)
        self.longest_s = 0.0
        """The longest time in which one of them brought none."""
        self.without_s = dict.fromkeys(self._newest, 0.0)
        """For how long each brought none, all its gaps together."""

    @property
    def oldest_s(self) -> float:
        """When the lift last brought frames that has brought none for longest."""
        return min(self._newest.values())

    def look(self, now_s: float, frames: Mapping[str, int]) -> None:
        """Take the counters as they are now, and see which lifts have brought frames since."""
        for lift_id, read in frames.items():
            if read != self._read.get(lift_id):
                gap_s = now_s - self._newest[lift_id]
                self.longest_s = max(self.longest_s, gap_s)
                self.without_s[lift_id] += gap_s if gap_s > USUAL_S else 0.0
                self._newest[lift_id] = now_s
        self._read |= frames
