"""Which passages are unknown because of an outage that has an alarm of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement
from service.domain.alarm import AlarmKind
from service.domain.health import Health

OUTAGES: Mapping[Reason, AlarmKind] = {
    Reason.NO_FRAMES: AlarmKind.CAMERA_LOST,
    Reason.CAMERA_FROZEN: AlarmKind.CAMERA_FROZEN,
    Reason.WORKER_DOWN: AlarmKind.WORKER_DOWN,
}
"""Reasons of passages, and the alarm that says so already."""


class Outages:
    """Tells passages that an outage accounts for: those while it stands, and those reported right after it.

    A camera's process accounts for the carriers of a gap once pictures come again, when the alarm is over.
    Gaps that are too short for an alarm account for nothing.
    """

    def __init__(self) -> None:
        self._ended: Counter[tuple[AlarmKind, str | None]] = Counter()
        self._seen: dict[tuple[AlarmKind, str], int] = {}

    def reported(self, health: Health) -> None:
        """Take a change in health."""
        if not health.active and health.kind in OUTAGES.values():
            self._ended[health.kind, health.lift_id] += 1

    def account_for(
        self, lift_id: str, judgement: Judgement, standing: Collection[tuple[AlarmKind, str | None, str]]
    ) -> bool:
        """Return whether the lift's next passage is unknown for an outage's sake.

        standing: kind, lift and cause of every alarm that stands.
        """
        kinds = {OUTAGES[reason] for reason in judgement.reasons if reason in OUTAGES}
        lasting = {(kind, place) for kind, place, _ in standing}
        accounted = False
        for kind in OUTAGES.values():
            place = None if kind is AlarmKind.WORKER_DOWN else lift_id
            ended = self._ended[kind, place]
            if kind not in kinds:
                self._seen[kind, lift_id] = ended
            elif (kind, place) in lasting or ended > self._seen.get((kind, lift_id), 0):
                accounted = True
        return accounted

    def forget(self, lift_id: str) -> None:
        """Forget a lift that is gone."""
        for kind in OUTAGES.values():
            self._ended.pop((kind, lift_id), None)
            self._seen.pop((kind, lift_id), None)
