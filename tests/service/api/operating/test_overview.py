"""Every lift at a glance: what it says, how old it is, small pictures, and where lifts are."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.domain.camera import CameraState, Snapshot
from service.domain.people import Role
from service.store import lifts, passages
from service.store.overview import places
from tests.service.api.conftest import House, status_of

LIFT = "demo-quad"


def glance(house: House, lift_id: str = LIFT, query: str = "") -> dict[str, Any]:
    items = house.call("GET", f"/overview{query}", Role.VIEWER).json()["items"]
    return next(item for item in items if item["id"] == lift_id)


def show(house: House, age_s: float = 0.0, shade: int = 128, size: tuple[int, int] = (640, 360)) -> None:
    """Let the camera's process have sent a picture some seconds ago."""
    picture = np.full((size[1], size[0], 3), shade, np.uint8)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    house.runtime.pipeline.on_event(Snapshot(LIFT, jpeg, time.monotonic() - age_s))


def size_of(jpeg: bytes) -> tuple[int, int]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[1], picture.shape[0]


def test_the_feed_is_held_to_account(house: House) -> None:
    """The newest seq that was handed out, to each by what they see: whose feed lacks it is cut off."""
    assert house.call("GET", "/overview", Role.VIEWER).json()["alarm_seq"] == 0
    alarm = house.raise_alarm("p-1")
    with house.client.websocket_connect("/alarms?after=0", headers=house.headers(Role.VIEWER)) as feed:
        while feed.receive_json()["type"] != "alarm":
            pass
    assert house.call("GET", "/overview", Role.VIEWER).json()["alarm_seq"] == alarm.seq
    assert house.runtime.hub.handed_to(lambda lift_id: lift_id is None) == 0


def test_a_lift_at_a_glance(house: House) -> None:
    """Name, arming, camera, line and the newest carriers first; nothing of its configuration."""
    house.enrol(data={"name": "Demo quad"})
    house.cameras.by_lift[LIFT] = replace(status_of(LIFT), carrier_every_s=9.0)
    for number in range(14):
        house.add_passage(f"p-{number}", Verdict.OPEN if number == 13 else Verdict.CLOSED)
    found = glance(house)
    assert (found["name"], found["mask_version"], found["armed"]) == ("Demo quad", 1, False)
    assert found["camera_status"] == {"state": "live", "message": "", "cause": "", "parameters": {}}
    assert found["frame_age_s"] == 0.0
    assert found["line"] == {
        "moves": "running",
        "speed_m_per_s": None,
        "speed_from": None,
        "carriers_per_hour": 400.0,
    }
    assert [mark["id"] for mark in found["recent"]] == [f"p-{number}" for number in range(13, 1, -1)]
    assert (found["recent"][0]["verdict"], found["recent"][0]["seat"]) == ("open", "occupied")
    assert "camera" not in found
    house.add_passage("p-14", Verdict.UNKNOWN)
    assert [mark["id"] for mark in glance(house, query="?recent=2")["recent"]] == ["p-14", "p-13"]
    assert glance(house, query="?recent=0")["recent"] == []


def test_each_lift_has_its_own_carriers(house: House) -> None:
    """Carriers of one are not shown at another, also where both were looked at before they came."""
    for lift_id in (LIFT, "other"):
        house.store.write(partial(lifts.put, lift=Lift(id=lift_id, name=lift_id))).result()
    assert glance(house)["recent"] == []
    record = house.add_passage("p-1")
    elsewhere = replace(record, id="p-2", lift_id="other")
    house.store.write(partial(passages.add, record=elsewhere)).result()
    assert [mark["id"] for mark in glance(house)["recent"]] == ["p-1"]
    assert [mark["id"] for mark in glance(house, "other")["recent"]] == ["p-2"]


def test_a_frame_ages_while_its_camera_is_silent(house: House) -> None:
    """The age counts on from the last report: a process that says nothing does not stay fresh."""
    house.enrol()
    status = replace(status_of(LIFT), frame_age_s=1.0, carrier_every_s=9.0)
    house.cameras.by_lift[LIFT] = status
    house.runtime.pipeline.on_event(status)
    board = house.runtime.pipeline.board  # type: ignore[attr-defined]
    board._reported_s[LIFT] -= 30.0
    found = glance(house)
    assert found["frame_age_s"] >= 31.0
    assert found["line"]["moves"] == "unknown"
    assert found["line"]["carriers_per_hour"] is None


@pytest.mark.parametrize(
    ("line_speed", "every_s", "moves", "per_hour", "speed"),
    [
        ("1.0 s per passage, a carrier every 9.0 s", 9.0, "running", 400.0, 2.0),
        ("stopped", None, "stopped", 0.0, 0.0),
        ("backwards", None, "backwards", None, None),
        ("unknown", None, "unknown", None, None),
    ],
)
def test_a_speed_follows_from_the_carriers_distance(
    house: House, line_speed: str, every_s: float | None, moves: str, per_hour: float, speed: float
) -> None:
    """Metres between carriers over seconds between carriers; without either there is no number."""
    house.enrol()
    house.cameras.by_lift[LIFT] = replace(status_of(LIFT), line_speed=line_speed, carrier_every_s=every_s)
    assert glance(house)["line"]["speed_m_per_s"] is None
    assert house.call("PUT", f"/lifts/{LIFT}/place", Role.OPERATOR, json={"spacing_m": 18}).status_code == 200
    line = glance(house)["line"]
    assert (line["moves"], line["carriers_per_hour"], line["speed_m_per_s"]) == (moves, per_hour, speed)
    house.cameras.by_lift[LIFT] = replace(house.cameras.by_lift[LIFT], state=CameraState.LOST)
    assert glance(house)["line"]["speed_m_per_s"] is None  # what was seen before says nothing of now


def test_a_picture_says_its_own_age(house: House) -> None:
    """However often it is asked for: the age of its frame, in the list and beside the picture."""
    house.enrol()
    path = f"/lifts/{LIFT}/snapshot.jpg"
    assert glance(house)["picture"] is None
    assert house.call("GET", path).status_code == 404
    show(house, age_s=90.0)
    for _ in range(2):
        assert float(house.call("GET", path).headers["Picture-Age"]) >= 90.0
        assert glance(house)["picture"]["age_s"] >= 90.0
    show(house, shade=60)
    answer = house.call("GET", path)
    assert float(answer.headers["Picture-Age"]) < 90.0
    assert answer.headers["ETag"] == f'"{glance(house)["picture"]["tag"]}-640"'


def test_a_small_picture_is_made_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide as asked for, made once for each frame whoever asks, and not sent again to who has it."""
    house.enrol()
    show(house)
    made: list[int] = []
    resize = cv2.resize

    def count(*given: Any, **named: Any) -> Any:
        made.append(1)
        return resize(*given, **named)

    monkeypatch.setattr(cv2, "resize", count)
    path = f"/lifts/{LIFT}/snapshot.jpg?width=160"
    for role in (Role.VIEWER, Role.OPERATOR):
        answer = house.call("GET", path, role)
        assert answer.status_code == 200, answer.text
        assert size_of(answer.content) == (160, 90)
    assert len(made) == 1
    known = house.headers() | {"If-None-Match": answer.headers["ETag"]}
    again = house.client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert float(again.headers["Picture-Age"]) >= 0.0
    show(house, shade=60)
    assert house.client.get(path, headers=known).status_code == 200
    assert len(made) == 2
    show(house, size=(100, 60))
    assert size_of(house.call("GET", path).content) == (100, 60)  # never enlarged
    assert house.call("GET", f"/lifts/{LIFT}/snapshot.jpg?width=99999").status_code == 422


def test_where_a_lift_is(house: House) -> None:
    """An operator says it; it is audited, shown everywhere, and the camera goes on undisturbed."""
    house.enrol()
    said = {"area": "Sunnegga", "station": "Valley station", "spacing_m": 18.5}
    before = house.cameras.refreshed
    path = f"/lifts/{LIFT}/place"
    assert house.call("PUT", path, Role.VIEWER, json=said).status_code == 403
    assert house.call("PUT", path, Role.OPERATOR, json=said).json() == said
    assert house.call("GET", path, Role.VIEWER).json() == said
    assert house.call("GET", f"/lifts/{LIFT}").json()["place"] == said
    assert glance(house)["place"] == said
    assert house.cameras.refreshed == before
    (entry,) = house.call("GET", "/audit?action=lift.place").json()["items"]
    assert (entry["actor"], entry["subject"], entry["details"]) == ("the operator", LIFT, said)
    # A configuration that is read, changed and written back takes nothing away, and does not say it either.
    shown = house.call("GET", f"/lifts/{LIFT}").json()
    assert house.call("PUT", f"/lifts/{LIFT}", json={**shown, "place": {}}).json()["place"] == said
    assert house.call("PUT", path, Role.OPERATOR, json={}).json() == {
        "area": "",
        "station": "",
        "spacing_m": None,
    }
    assert house.call("PUT", "/lifts/nowhere/place", json={}).json()["code"] == "no_lift"
    for wrong in ({"spacing_m": 0}, {"spacing_m": "far"}, {"area": "a\x00b"}, {"area": "x" * 61}, {"x": 1}):
        assert house.call("PUT", path, json=wrong).status_code == 422, wrong


def test_where_a_lift_was_goes_with_it(house: House) -> None:
    """A lift that is removed leaves no place behind for another one of its id."""
    house.enrol()
    house.call("PUT", f"/lifts/{LIFT}/place", json={"area": "Sunnegga"})
    house.call("DELETE", f"/lifts/{LIFT}")
    with house.store.reading() as session:
        assert places.by_lift(session) == {}
