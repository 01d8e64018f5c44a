"""Whether a refusal is an alarm's own fault or its receiver's. Pure: no clock, thread or database.

A receiver that refuses everything (a proxy during a deploy, a wrong path) refuses no alarm in particular. So
only a later alarm that gets through shows that an earlier one is at fault. An alarm is asked TRIES times;
then, each time it is refused once more, the alarms after it are tried in their order until one gets through.
"""

from __future__ import annotations

TRIES = 6
"""How often an alarm is refused before a later one is tried: with the follower's pauses, about 15 s."""

FIRST_LATER, MOST_LATER = 2, 32
"""How many later alarms are tried at first, and at most: twice as many in each round in which all of them
are refused, so that no run of alarms that are at fault blocks the rest for long."""


class Refusals:
    """What a receiver refused since it last took something in order."""

    def __init__(self) -> None:
        self.total = 0
        """How often it refused a message for good, since the output was started."""
        self._tries: dict[int, int] = {}
        self._rounds = 0

    def add(self, seq: int) -> None:
        """Note that the alarm of a seq was refused."""
        self._tries[seq] = self.tries(seq) + 1

    def tries(self, seq: int) -> int:
        """Return how often it was refused."""
        return self._tries.get(seq, 0)

    def tries_later(self, first: int, held: int) -> bool:
        """Say whether one more is tried after `held` that were refused just now, from the seq `first` on."""
        return self.tries(first) >= TRIES and held <= min(FIRST_LATER << self._rounds, MOST_LATER)

    def end_round(self, held: int) -> None:
        """Note that nothing got through after `held` that were refused."""
        self._rounds += held > 1

    def clear(self) -> None:
        """Begin anew: the receiver has taken something."""
        self._tries.clear()
        self._rounds = 0
