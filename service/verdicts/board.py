"""The newest reports of the cameras."""

from __future__ import annotations

from service.domain.camera import CameraStatus, Snapshot


class StatusBoard:
    """The newest status and picture of each camera; safe from any thread, for entries are replaced whole."""

    def __init__(self) -> None:
        self._statuses: dict[str, CameraStatus] = {}
        self._snapshots: dict[str, Snapshot] = {}

    def put(self, report: CameraStatus | Snapshot) -> None:
        """Take a camera's report in place of its last one."""
        if isinstance(report, CameraStatus):
            self._statuses[report.lift_id] = report
        else:
            self._snapshots[report.lift_id] = report

    def statuses(self) -> dict[str, CameraStatus]:
        """Return what each camera reported last, by lift."""
        return dict(self._statuses)

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the lift's newest picture, if there is any."""
        return self._snapshots.get(lift_id)

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""
        self._statuses.pop(lift_id, None)
        self._snapshots.pop(lift_id, None)
