"""Writes passages: each carrier once, numbered in the order in which they are reported."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lifts.decision.reasons import Reason
from lifts.geometry import CANONICAL_SIZE
from lifts.schema import Lift
from service.domain.passage import Passage, Picture

_SAME = 0.5  # of an interval: less between two times at middle, and it is the same carrier
_SAME_UNSEEN = 0.7  # the same for a carrier that only the line's phase tells of
_REMEMBERED = 64


class Reporter:
    """Gives each passage its id and number, and keeps a carrier from being reported twice.

    Args:
        lift: whose carriers. run_id: makes ids unique between runs.
    """

    def __init__(self, lift: Lift, run_id: str) -> None:
        self._lift, self._run_id = lift, run_id
        self._middles_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._newest_s = -math.inf
        self.count = 0

    def begin(self) -> None:
        """Begin another recording: its carriers are others than those before, however soon they come."""
        self._middles_s.clear()
        self._newest_s = -math.inf

    def is_new(self, t_middle_s: float, interval_s: float, *, seen: bool) -> bool:
        """Say whether a carrier at middle then is another than the last one; seen: its pictures show it."""
        apart_s = (_SAME if seen else _SAME_UNSEEN) * interval_s
        return t_middle_s - self._newest_s >= apart_s

    def is_missing(self, t_middle_s: float, interval_s: float) -> bool:
        """Say whether no carrier was reported that was at middle about then."""
        return all(abs(t_middle_s - other_s) >= _SAME * interval_s for other_s in self._middles_s)

    def report(
        self,
        times_s: tuple[float, float, float],
        pictures: Sequence[Picture],
        decided_mono_s: float,
        left_mono_s: float,
    ) -> Passage:
        """Return the next passage.

        Args:
            times_s: media times at begin, middle and end. pictures: of the same three.
            decided_mono_s, left_mono_s: see `Passage`.
        """
        self._middles_s.append(times_s[1])
        self._newest_s = max(self._newest_s, times_s[1])
        return self._passage(times_s, pictures, decided_mono_s, left_mono_s)

    def together(
        self,
        times_s: tuple[float, float, float],
        pictures: Sequence[Picture],
        decided_mono_s: float,
        carriers: int,
    ) -> Passage:
        """Return one passage for several carriers; no other is mistaken for one of them (see `report`)."""
        return replace(self._passage(times_s, pictures, decided_mono_s, decided_mono_s), carriers=carriers)

    def _passage(
        self,
        times_s: tuple[float, float, float],
        pictures: Sequence[Picture],
        decided_mono_s: float,
        left_mono_s: float,
    ) -> Passage:
        self.count += 1
        lift, carriers = self._lift, self._lift.carriers
        return Passage(
            id=f"{lift.id}-{self._run_id}-{self.count}",
            lift_id=lift.id,
            number=self.count if carriers is None else 1 + (self.count - 1) % carriers,
            t_begin_s=times_s[0],
            t_middle_s=times_s[1],
            t_end_s=times_s[2],
            pictures=tuple(pictures),
            decided_mono_s=decided_mono_s,
            left_mono_s=left_mono_s,
        )


def not_seen(t_s: float) -> Picture:
    """Return a placeholder for a missing picture: frames were missing when it was due."""
    blank = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE, 3), np.uint8)
    return Picture(image=blank, pose=None, t_s=t_s, quality=0.0, problem=Reason.NOT_SEEN)
