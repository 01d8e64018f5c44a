"""Key figures over HTTP: those of a history that was worked out by hand, by lift and by who may see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.people import Role
from service.store import alarms, tokens
from tests.service.api.conftest import House


def history(session: Session, now: datetime) -> None:
    """Three hours: twelve open bars of lift a in six minutes, a camera of lift b that is lost twice."""

    def at(minutes: float) -> datetime:
        return now - timedelta(hours=3) + timedelta(minutes=minutes)

    for n in range(12):
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "a", "m", passage_id=f"p{n}")
        alarm = alarms.raise_alarm(session, draft, at(60 + n / 2))
        assert alarm is not None
        if n < 11:  # after 10, 20, ... 110 s
            seen = at(60 + n / 2) + timedelta(seconds=10 * (n + 1))
            alarms.change(
                session, alarm.id, AlarmState.ACKNOWLEDGED, action="acknowledge", actor="x", at=seen
            )
    lost = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "b", "m")
    alarm = alarms.raise_alarm(session, lost, at(100))
    assert alarm is not None
    alarms.change(session, alarm.id, AlarmState.RETURNED, action="clear", actor="system", at=at(101))
    alarms.raise_alarm(session, lost, at(102))
    short = AlarmDraft(AlarmKind.SERVICE_DOWN, Severity.WARNING, "a", "m", cause="since then")
    alarms.raise_alarm(session, short, at(103), state=AlarmState.CLEARED)


@pytest.fixture
def now(house: House) -> datetime:
    moment = house.runtime.clock.now()
    house.store.write(partial(history, now=moment)).result()
    return moment


def ask(house: House, now: datetime, **filters: str) -> Any:
    span = {"from": (now - timedelta(hours=3)).isoformat(), "to": now.isoformat()}
    return house.call("GET", "/alarms/figures", Role.VIEWER, params=span | filters)


def test_the_figures_are_those_worked_by_hand(house: House, now: datetime) -> None:
    """Fourteen alarms in three hours; what was only recorded is none, and each has its limits beside it."""
    found = ask(house, now).json()
    assert found["alarms"] == 14
    assert found["per_hour"] == pytest.approx(14 / 3)
    assert found["per_day"] == pytest.approx(112)
    assert found["per_10_minutes"] == pytest.approx(14 / 18)
    assert (found["peak_10_minutes"], found["peak_hour"]) == (12, 14)
    # The tenth comes at 64.5; at 73.5 the first eight are over ten minutes old.
    assert [flood["alarms"] for flood in found["floods"]] == [12]
    assert found["flood_share"] == pytest.approx(9 / 180)
    assert (found["standing"], found["stale"]) == (2, 0)  # one bar that nobody saw, and the camera
    times = found["acknowledging"]
    assert (times["acknowledged"], times["waiting"], times["median_s"]) == (11, 3, 60.0)
    assert (times["p90_s"], times["p99_s"]) == (pytest.approx(100.0), pytest.approx(109.0))
    assert times["within_aim"] == pytest.approx(6 / 14)
    assert [(one["kind"], one["lift_id"], one["count"]) for one in found["top"]] == [
        ("bar_open", "a", 12),
        ("camera_lost", "b", 2),
    ]
    assert [one["count"] for one in found["priorities"]] == [2, 12, 0, 0]
    assert found["chattering"] == []
    assert found["limits"]["flood_share"] == {
        "acceptable": 0.01,
        "manageable": 0.01,
        "source": "ISA-18.2",
        "rating": "too_high",
    }
    assert found["limits"]["per_day"]["rating"] == "acceptable"
    assert found["limits"]["top_ten_share"]["rating"] is None


def test_each_lift_and_each_caller_has_its_own(house: House, now: datetime) -> None:
    """By `lift_id`, and by what the caller may see; another lift's are refused."""
    assert ask(house, now, lift_id="b").json()["alarms"] == 2
    create = partial(tokens.create, name="scoped", role=Role.VIEWER, lifts=["b"])
    headers = {"Authorization": f"Bearer {house.store.write(create).result()[0]}"}
    assert house.client.get("/alarms/figures", headers=headers).json()["alarms"] == 2
    assert house.client.get("/alarms/figures?lift_id=a", headers=headers).status_code == 403


def test_the_usual_time_is_no_longer_than_what_there_is(house: House, now: datetime) -> None:
    """From the first alarm, at most a week; a span that is none, or too long, is refused by a code."""
    found = house.call("GET", "/alarms/figures", Role.VIEWER).json()
    began, ended = datetime.fromisoformat(found["from"]), datetime.fromisoformat(found["to"])
    assert ended - began < timedelta(hours=2, minutes=5)
    assert began == now - timedelta(hours=2)
    for days in (-1, 0, 94):
        span = {"to": now.isoformat(), "from": (now - timedelta(days=days)).isoformat()}
        refused = house.call("GET", "/alarms/figures", params=span)
        assert (refused.status_code, refused.json()["code"]) == (422, "span_invalid")
    long_ago = {"to": "2025-01-01T00:00:00Z"}
    empty = house.call("GET", "/alarms/figures", params=long_ago).json()
    assert (empty["alarms"], empty["acknowledging"]["within_aim"]) == (0, None)
