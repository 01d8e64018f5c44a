"""What people are told of a cluster and of the local engine beside it. A pure state machine."""

from __future__ import annotations

from service.domain.alarm import AlarmKind
from service.domain.health import Health


class ClusterHealth:
    """Turns what is there into changes in health.

    That the local engine is down is told only while the cluster does not judge either.

    Args:
        join_s: how long there may be no embedder, before it is told, while nobody says why.
    """

    def __init__(self, join_s: float) -> None:
        self._join_s = join_s
        self._without_since_s: float | None = None
        self._lost: bool | None = None
        """None: not known yet, so that an alarm which the run before left is ended by whoever judges."""
        self._blind = False
        self._local: Health | None = None
        """That the local engine is down, if it is."""

    def local(self, health: Health) -> None:
        """Note what the local engine says of itself."""
        self._local = health if health.active else None

    def step(self, now_s: float, *, judges: bool, gone: str) -> list[Health]:
        """Return what has changed.

        Args:
            now_s: the time, in seconds; it never jumps back.
            judges: whether embedders of the cluster answer.
            gone: why there is no cluster; empty: it is there, or is being joined.
        """
        told = []
        if judges:
            self._without_since_s = None
        elif self._without_since_s is None:
            self._without_since_s = now_s
        since_s = self._without_since_s
        lost = since_s is not None and (bool(gone) or bool(self._lost) or now_s - since_s > self._join_s)
        if lost != self._lost and (lost or judges or self._lost):
            self._lost = lost
            told.append(_cluster(lost, gone or "no node of the cluster has room for an embedder"))
        local = self._local
        blind = local is not None and not judges
        if blind != self._blind:
            self._blind = blind
            told.append(
                Health(AlarmKind.WORKER_DOWN, None, False, "Carriers are judged again")
                if local is None or not blind
                else local
            )
        return told


def _cluster(lost: bool, reason: str) -> Health:
    if not lost:
        return Health(AlarmKind.CLUSTER_LOST, None, False, "The cluster judges again")
    message = f"The cluster does not judge: {reason}. This machine alone judges meanwhile"
    return Health(AlarmKind.CLUSTER_LOST, None, True, message, parameters={"reason": reason})
