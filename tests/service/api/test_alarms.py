"""Alarms over HTTP: history and life-cycle."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.alarm import AlarmKind
from service.domain.people import Role
from tests.service.api.conftest import House

FIELDS = {
    "id",
    "seq",
    "kind",
    "severity",
    "lift_id",
    "passage_id",
    "raised_at",
    "state",
    "verdict",
    "evidence",
    "message",
    "cause",
    "left_at",
    "parameters",
    "priority",
    "group",
    "ended_at",
    "acknowledged_at",
    "acknowledged_by",
    "shelved_until",
    "shelved_by",
    "shelved_reason",
    "suppressed_by",
    "escalation",
    "escalated_to",
    "escalated_person",
    "late",
    "alarm_right",
}


def act(house: House, alarm_id: str, action: str, body: Any = None) -> Any:
    return house.call("POST", f"/alarms/{alarm_id}/{action}", Role.OPERATOR, json=body)


def test_the_history_comes_in_pages(house: House) -> None:
    """Newest first, `next` leads through all pages without a gap or a duplicate, and ends with null."""
    raised = [house.raise_alarm(f"p-{n}") for n in range(5)]
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        query = "/alarms?limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = house.call("GET", query, Role.VIEWER).json()
        seen += [alarm["id"] for alarm in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [alarm.id for alarm in reversed(raised)]
    assert set(page["items"][0]) == FIELDS


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("lift_id=demo-quad", 2),
        ("lift_id=other", 0),
        ("kind=camera_lost", 1),
        ("state=active", 1),
        ("state=acknowledged", 1),
        ("from=2000-01-01T00:00:00Z", 2),
        ("to=2000-01-01T00:00:00Z", 0),
    ],
)
def test_the_history_can_be_filtered(house: House, query: str, count: int) -> None:
    """By lift, kind, state and time of raising."""
    act(house, house.raise_alarm().id, "acknowledge")
    house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    assert len(house.call("GET", f"/alarms?{query}").json()["items"]) == count


def test_acknowledging_is_done_once_and_remembered(house: House) -> None:
    """The alarm becomes acknowledged with a new seq and who did it; a second time is a conflict."""
    alarm = house.raise_alarm()
    answer = act(house, alarm.id, "acknowledge")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["seq"]) == ("acknowledged", alarm.seq + 1)
    assert act(house, alarm.id, "acknowledge", {"note": "again"}).status_code == 409
    events = house.call("GET", f"/alarms/{alarm.id}").json()["events"]
    assert [(event["action"], event["actor"]) for event in events] == [
        ("raise", "system"),
        ("acknowledge", "the operator"),
    ]


def test_shelving_needs_an_end_and_a_reason(house: House) -> None:
    """422 without expiry, zone or reason; 409 for an end that is past or too far; else shelved."""
    alarm = house.raise_alarm()
    now = datetime.now(UTC)
    later = (now + timedelta(hours=1)).isoformat()
    for body in ({}, {"expiry": later}, {"expiry": later, "reason": " "}, {"expiry": "2030-01-01T00:00:00"}):
        assert act(house, alarm.id, "shelve", body).status_code == 422
    for hours in (-1, 48):
        expiry = (now + timedelta(hours=hours)).isoformat()
        assert act(house, alarm.id, "shelve", {"expiry": expiry, "reason": "x"}).status_code == 409
    assert act(house, alarm.id, "acknowledge").status_code == 200
    answer = act(house, alarm.id, "shelve", {"expiry": later, "reason": "lens is cleaned"})
    assert (answer.status_code, answer.json()["state"]) == (200, "shelved")


def test_comments_stand_beside_the_alarm(house: House) -> None:
    """201 with author and time; the alarm itself does not change."""
    alarm = house.raise_alarm()
    answer = act(house, alarm.id, "comment", {"text": "Bar lowered by hand."})
    assert answer.status_code == 201
    found = house.call("GET", f"/alarms/{alarm.id}", Role.VIEWER).json()
    assert found["seq"] == alarm.seq
    assert [(c["author"], c["text"]) for c in found["comments"]] == [("the operator", "Bar lowered by hand.")]
    assert act(house, alarm.id, "comment", {"text": " "}).status_code == 422
