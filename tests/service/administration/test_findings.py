"""What a person is shown of how the service is: nothing while all is well, what blinds before the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from service.administration.findings import Found, SystemFinding, SystemState, findings
from service.domain.camera import CameraState, CameraStatus
from service.host.disk import DiskStatus, Room
from service.inference.protocol import EngineStatus
from service.outputs.health import OutputState

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LIVE = CameraStatus("quad", CameraState.LIVE, "", 25.0, 0.1, 10_000, 5, 40, "normal")
WELL = SystemState(
    troubles={},
    engine=EngineStatus("ready", "cpu float32", 7, 0, 0, 0, 0, "tiny"),
    database="ready",
    damaged=0,
    waiting_writes=0,
    disk=DiskStatus(Room.ENOUGH, 10**10, 10**11, 10**7),
    jump_s=0.0,
    cameras=(LIVE,),
    outputs=(("Hut", OutputState.LIVE, 0),),
    newest_backup=NOW - timedelta(hours=5),
    backups_on=True,
)


def codes(state: SystemState) -> list[SystemFinding]:
    return [one.code for one in findings(state, NOW)]


def test_a_service_that_is_well_has_no_findings() -> None:
    """Also with some frames dropped, and an output that is off."""
    assert codes(WELL) == []
    assert codes(replace(WELL, outputs=(("Hut", OutputState.OFF, 0),))) == []


def test_each_thing_that_is_wrong_is_named_what_blinds_first() -> None:
    """Every code comes of something; those by which nobody sees, or nothing is kept, stand first."""
    wrong = replace(
        WELL,
        troubles={"database": "dead"},
        engine=replace(WELL.engine, state="down", device_lost="cuda is gone"),
        database="the disk is full",
        damaged=3,
        waiting_writes=1_000,
        disk=replace(WELL.disk, room=Room.FULL),
        jump_s=-7_200.0,
        cameras=(replace(LIVE, state=CameraState.LOST), replace(LIVE, frames_dropped=500)),
        outputs=(("Hut", OutputState.FAILING, 2),),
        newest_backup=None,
    )
    found = findings(wrong, NOW)
    low = replace(WELL, disk=replace(WELL.disk, room=Room.LOW), newest_backup=NOW - timedelta(days=3))
    off = replace(WELL, backups_on=False, newest_backup=None)
    assert {one.code for one in found} | {*codes(low), *codes(off)} == set(SystemFinding)
    assert [one.blind for one in found] == sorted((one.blind for one in found), reverse=True)
    assert Found(SystemFinding.CAMERA_NOT_LIVE, {"lift_id": "quad", "state": "lost"}) in found
    assert Found(SystemFinding.CAMERA_DROPS, {"lift_id": "quad", "share": 0.05}) in found
    assert Found(SystemFinding.BACKUP_OLD, {"hours": 72.0}) in findings(low, NOW)
