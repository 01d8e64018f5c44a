"""The newest reports of the cameras."""

from __future__ import annotations

import math
import time

from service.domain.camera import CameraStatus, Snapshot
from service.host.awaited import Watchers


class StatusBoard:
    """The newest status and picture of each camera; safe from any thread, for entries are replaced whole."""

    def __init__(self) -> None:
        self._statuses: dict[str, CameraStatus] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._reported_s: dict[str, float] = {}
        self.shown = Watchers()
        """Told of each picture."""

    def put(self, report: CameraStatus | Snapshot) -> None:
        """Take a camera's report in place of its last one."""
        if isinstance(report, CameraStatus):
            self._reported_s[report.lift_id] = time.monotonic()
            self._statuses[report.lift_id] = report
        else:
            self._snapshots[report.lift_id] = report
            self.shown.tell()

    def statuses(self) -> dict[str, CameraStatus]:
        """Return what each camera reported last, by lift."""
        return dict(self._statuses)

    def reported_s(self, lift_id: str) -> float:
        """Return when the camera last reported, time.monotonic(); -inf if it never did."""
        return self._reported_s.get(lift_id, -math.inf)

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the lift's newest picture, if there is any."""
        return self._snapshots.get(lift_id)

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""
        self._statuses.pop(lift_id, None)
        self._snapshots.pop(lift_id, None)
        self._reported_s.pop(lift_id, None)
