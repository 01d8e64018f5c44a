"""How many embedders there should be: more while pictures wait for one, fewer once they stand about."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.cluster.embedding.pool import EmbedderShare


@dataclass(frozen=True, slots=True)
class ScaleLimits:
    """How many embedders there are, at least and at most.

    grow_s: how long something has to wait throughout, before there is one more.
    shrink_s: how long one fewer would have done, before there is.
    """

    least: int = 1
    most: int = 4
    grow_s: float = 0.5
    shrink_s: float = 60.0


@dataclass(frozen=True, slots=True)
class ClusterEmbedding:
    """What the cluster's embedders are.

    share: what each takes of its node. limits: how many there are.
    join_s: how long there may be none, while nobody says why, before an alarm says so.
    """

    share: EmbedderShare = field(default_factory=EmbedderShare)
    limits: ScaleLimits = field(default_factory=ScaleLimits)
    join_s: float = 60.0


class Scale:
    """Follows the queue; a pure state machine."""

    def __init__(self, limits: ScaleLimits) -> None:
        self._limits = limits
        self.wanted = limits.least
        self._waits_since_s: float | None = None
        self._spare_since_s: float | None = None

    def step(self, now_s: float, *, waiting: bool, busy: int, ready: int) -> int:
        """Return how many embedders are wanted.

        Args:
            now_s: the time, in seconds; it never jumps back.
            waiting: whether requests wait because every embedder is busy.
            busy: how many embedders have something to do. ready: how many there are.
        """
        limits = self._limits
        # One that was asked for and is not there yet is waited for: starting takes seconds.
        if not waiting or ready < self.wanted:
            self._waits_since_s = None
        elif self._waits_since_s is None:
            self._waits_since_s = now_s
        elif now_s - self._waits_since_s >= limits.grow_s and self.wanted < limits.most:
            self.wanted, self._waits_since_s = self.wanted + 1, None
        if waiting or busy >= self.wanted or self.wanted <= limits.least:
            self._spare_since_s = None
        elif self._spare_since_s is None:
            self._spare_since_s = now_s
        elif now_s - self._spare_since_s >= limits.shrink_s:
            self.wanted, self._spare_since_s = self.wanted - 1, None
        return self.wanted
