"""Clips over HTTP: played in parts, noted, deleted on request, and absent with a reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from service.domain.alarm import Alarm, AlarmKind
from service.domain.evidence.clip import NoClip, StoredClip
from service.domain.people import Role
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from service.usecases.clips import clip_of
from service.verdicts.recording import drop_evidence
from tests.service.api.conftest import House

CONTENT = np.arange(250, dtype=np.uint8)


def keep_clip(house: House, alarm: Alarm, content: np.ndarray = CONTENT) -> None:
    """Store a clip of the alarm as the service does."""
    folder, lift_id, at = ClipFolder(house.runtime.settings.data), alarm.lift_id or "", alarm.raised_at
    file = folder.name(lift_id, at, alarm.id)
    digest = folder.save(file, content)
    clip = StoredClip(alarm.id, lift_id, at, None, file, digest, content.nbytes, "h264", -8.2, 2.5)
    assert house.store.write(lambda s: rows.add(s, clip)).result()


def test_a_clip_is_played_in_parts_and_noted(house: House) -> None:
    """A browser asks for ranges; who watched what is in the audit once, and no browser keeps it."""
    alarm = house.raise_alarm()
    keep_clip(house, alarm)
    (url,) = house.call("GET", f"/alarms/{alarm.id}", Role.VIEWER).json()["evidence"]
    whole = house.call("GET", url, Role.VIEWER)
    assert (whole.status_code, whole.content) == (200, CONTENT.tobytes())
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert "no-store" in whole.headers["cache-control"]
    headers = house.headers(Role.VIEWER) | {"Range": "bytes=10-19"}
    part = house.client.get(url, headers=headers)
    assert (part.status_code, part.content) == (206, CONTENT[10:20].tobytes())
    assert part.headers["content-range"] == "bytes 10-19/250"
    assert house.client.get(url, headers=headers | {"Range": "bytes=900-"}).status_code == 416
    house.runtime.notes.flush(house.store)
    (entry,) = house.call("GET", "/audit?action=clip.view").json()["items"]
    assert (entry["actor"], entry["subject"]) == ("the viewer", alarm.id)


def test_what_a_clip_shows_is_said(house: House) -> None:
    """Where it begins and ends, and that it ends early because the camera was lost."""
    alarm = house.raise_alarm()
    keep_clip(house, alarm)
    told = house.call("GET", f"/alarms/{alarm.id}/clip", Role.VIEWER).json()
    assert told["url"] == f"/alarms/{alarm.id}/clip.mp4"
    assert (told["begins_s"], told["begins_late"], told["ends_s"], told["ends_early"]) == (
        -8.2,
        False,
        2.5,
        True,
    )
    assert (told["reason"], told["bytes"], told["shows_people"]) == (None, 250, True)


@pytest.mark.parametrize(
    ("settings", "kind", "reason"),
    [
        ({}, AlarmKind.BAR_OPEN, "hidden"),
        ({"clips": "on"}, AlarmKind.BAR_OPEN, "pending"),
        ({"privacy": "none"}, AlarmKind.CAMERA_LOST, "pending"),
        ({"privacy": "none", "clips": "off"}, AlarmKind.BAR_OPEN, "off"),
        ({"clips": "on"}, AlarmKind.WORKER_DOWN, "kind"),
    ],
)
def test_no_clip_has_a_reason(
    make_house: Callable[..., House], settings: dict[str, str], kind: AlarmKind, reason: str
) -> None:
    """While people are hidden there are none unless somebody decides otherwise; 404 says so too."""
    house = make_house(**settings)
    alarm = house.raise_alarm(kind=kind)
    told = house.call("GET", f"/alarms/{alarm.id}/clip", Role.VIEWER).json()
    assert (told["url"], told["reason"]) == (None, reason)
    missing = house.call("GET", f"/alarms/{alarm.id}/clip.mp4", Role.VIEWER)
    assert (missing.status_code, missing.json()["code"]) == (404, "no_clip")
    assert house.call("GET", "/alarms/nobody/clip").status_code == 404


def test_a_person_has_a_clip_deleted(house: House) -> None:
    """Alone, with its passage or with a time; a held one stays, and the digest stays in any case."""
    house.add_passage()
    first, second = house.raise_alarm(), house.raise_alarm("p-2")
    lost = house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    for alarm in (first, second, lost):
        keep_clip(house, alarm)
    assert house.call("POST", f"/alarms/{second.id}/hold").status_code == 204
    assert house.call("DELETE", f"/alarms/{first.id}/clip", Role.OPERATOR).status_code == 403
    assert house.call("DELETE", f"/alarms/{second.id}/clip").json()["code"] == "held"
    assert house.call("DELETE", "/passages/p-1/pictures").status_code == 200
    told = house.call("GET", f"/alarms/{first.id}/clip").json()
    assert (told["reason"], len(told["sha256"])) == ("deleted", 64)
    assert house.call("GET", f"/alarms/{first.id}").json()["evidence"] == []
    now = datetime.now(UTC)
    span = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(hours=1)).isoformat()}
    assert house.call("DELETE", "/passages/pictures", params=span).json()["files"] == 1
    assert house.call("GET", f"/alarms/{lost.id}/clip").json()["reason"] == "deleted"
    assert house.call("GET", f"/alarms/{second.id}/clip").json()["reason"] is None
    assert house.call("DELETE", f"/alarms/{second.id}/hold").status_code == 204
    assert house.call("DELETE", f"/alarms/{second.id}/clip").status_code == 204
    actors = [each["actor"] for each in house.call("GET", "/audit?action=clip.delete").json()["items"]]
    assert actors == ["the admin"] * 3


def test_pictures_that_could_not_be_written_leave_the_clip(house: House) -> None:
    """What else belongs to the alarm's evidence stays named."""
    record = house.add_passage()
    alarm = house.raise_alarm()
    keep_clip(house, alarm)
    files = [kept.file for kept in record.pictures if kept.file]
    house.store.write(lambda s: drop_evidence(s, record.id, files)).result()
    assert house.call("GET", f"/alarms/{alarm.id}").json()["evidence"] == [f"/alarms/{alarm.id}/clip.mp4"]


def test_the_key_of_signatures_is_shown(house: House) -> None:
    """The pack that is exported is signed by the key that anybody may note."""
    key = house.call("GET", "/audit/key", Role.VIEWER).json()
    assert len(key["fingerprint"]) == 32
    alarm = house.raise_alarm()
    pack = house.call("GET", f"/alarms/{alarm.id}/evidence", Role.OPERATOR)
    assert key["public_key"].encode() in pack.content


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (NoClip.EXPIRED, "clip_expired"),
        (NoClip.DELETED, "clip_deleted"),
        (NoClip.MISSING, "clip_missing"),
    ],
)
def test_the_address_of_a_clip_that_is_gone_says_so(house: House, why: NoClip, code: str) -> None:
    """An old alarm's evidence may still name it: 410 and why, with the digest of what was there."""
    alarm = house.raise_alarm()
    keep_clip(house, alarm)
    house.store.write(lambda s: rows.take_away(s, [alarm.id], why)).result()
    gone = house.call("GET", f"/alarms/{alarm.id}/clip.mp4", Role.VIEWER)
    assert (gone.status_code, gone.json()["code"]) == (410, code)
    assert len(gone.json()["parameters"]["sha256"]) == 64
    told = house.call("GET", f"/alarms/{alarm.id}/clip", Role.VIEWER).json()
    assert (told["url"], told["reason"], told["cut_short"]) == (None, why.value, False)


def test_nobody_waits_for_ever(make_house: Callable[..., House]) -> None:
    """A clip that is noted as awaited, and of which nothing was heard in time, was not made."""
    house = make_house(clips="on")
    alarm = house.raise_alarm()
    pending = StoredClip(alarm.id, "demo-quad", alarm.raised_at, NoClip.PENDING)
    house.store.write(lambda s: rows.await_all(s, [pending])).result()
    assert house.call("GET", f"/alarms/{alarm.id}/clip", Role.VIEWER).json()["reason"] == "pending"
    later = alarm.raised_at + timedelta(minutes=1)
    assert clip_of(house.store, house.runtime.clip_rules, alarm.id, later).none is NoClip.NOT_MADE
