"""A lift's budget over HTTP: previewed, set, judged by, taken back; refused with words and numbers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.budgets.choosing import BudgetRefusal
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.domain.people import Role
from service.site.budgets import carriers_a_day
from service.store import passages
from service.store.records import PassageRecord, Review
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_picture, png

LIFT, AT = "demo-quad", "/lifts/demo-quad/budget"
COUNT, OPENED, REVIEWED = 260, 60, 26
CLOSE = (Reason.TOO_CLOSE,)
"""Only margins and labels matter here, not what the passages were called."""

WORDS = Path(__file__).parents[4] / "service/console/src/i18n/en/codes/refusals.ts"


def planted(house: House) -> None:
    """A lift whose first carriers are open: margins around -0.1, those of the closed around 0.1."""
    house.enrol(LIFT)
    random, model = np.random.default_rng(4), house.engine.manifest.identity
    margins = random.normal(np.where(np.arange(COUNT) < OPENED, -0.1, 0.1), 0.03)
    now = datetime.now(UTC) + timedelta(seconds=1)

    def add(session: Session) -> None:
        for number, margin in enumerate(margins):
            judgement = Judgement(Verdict.UNKNOWN, 0.9, float(margin), True, 0.9, (), 1, model, CLOSE)
            passages.add(session, PassageRecord(f"p{number}", LIFT, 1, now, 0.0, 1.0, 2.0, judgement, ()))
            if number % (COUNT // REVIEWED) == 0:
                is_open = Verdict.OPEN if number < OPENED else Verdict.CLOSED
                passages.review(session, f"p{number}", Review(is_open, True, "x", now, ""))

    house.store.write(add).result()


@pytest.fixture
def known(house: House) -> House:
    planted(house)
    return house


def ask(house: House, call: str = "PUT", role: Role = Role.OPERATOR, **wish: float) -> Any:
    return house.call(call, AT if call == "PUT" else f"{AT}/preview", role, json=wish)


def verdict_of(house: House, length_px: int = 0, y_px: int = OPEN_Y) -> tuple[str, float]:
    """What the lift says of a bar; one of no length lies close to even, on the side of `y_px`."""
    files = [("image", ("picture", png(draw_picture(y_px, length_px=length_px))))]
    found = house.call("POST", f"/lifts/{LIFT}/classify", Role.VIEWER, files=files).json()
    return found["verdict"], found["margin"]


def test_verdicts_follow_a_budget_and_its_end(known: House) -> None:
    """A preview changes nothing; a budget decides from the call on; taken back, it judges as before."""
    preview = ask(known, "POST", false_alarms_per_day=20).json()
    assert (preview["version"], preview["active"], preview["in_force"]) == (0, False, False)
    assert (preview["false_alarms_per_day"], preview["misses_per_1000"]) == (20, None)
    assert (preview["passages"], preview["reviewed"]) == (COUNT, REVIEWED)
    assert preview["carriers_a_day"] == 8 * COUNT  # all came within one hour
    assert preview["opened"] == pytest.approx(OPENED, abs=3)
    # Twenty of 1,600 closed ones a day: 2.2 deviations below their centre.
    assert preview["threshold"] == pytest.approx(0.1 - 2.2 * 0.03, abs=0.015)
    cost, default = preview["cost"], preview["default"]
    assert cost["false_alarms_a_day"]["expected"] <= 20 <= cost["false_alarms_a_day"]["high"]
    # Without a budget all beyond -0.073 are missed: 0.9 deviations above the open ones' centre.
    assert default["misses_per_1000"]["low"] < 187 < default["misses_per_1000"]["high"]
    assert cost["misses_per_1000"]["expected"] < default["misses_per_1000"]["low"]
    assert not preview["misses_more"]
    none: dict[str, Any] = {"renewal": None, "budget": None, "history": [], "unreadable": 0}
    before = known.call("GET", AT)
    assert before.json() == none
    assert verdict_of(known)[0] == "unknown"

    found = ask(known, false_alarms_per_day=20).json()
    assert (found["version"], found["active"], found["in_force"]) == (1, True, True)
    assert found["cost"] == cost
    assert verdict_of(known)[0] == "open"
    for length_px, y_px in ((0, CLOSE_Y), (8, CLOSE_Y), (8, OPEN_Y)):
        verdict, margin = verdict_of(known, length_px, y_px)
        assert (verdict == "open") == (margin <= found["threshold"])
    assert known.call("GET", AT, Role.VIEWER).json()["budget"] == found

    judged = Judgement(Verdict.OPEN, 0.9, -0.1, True, 0.9, (), 1, "tiny-1", budget=1)
    record = PassageRecord("alarmed", LIFT, 1, datetime.now(UTC), 0.0, 1.0, 2.0, judged, ())
    known.store.write(lambda session: passages.add(session, record)).result()
    alarm = known.raise_alarm("alarmed")
    pack = zipfile.ZipFile(io.BytesIO(known.call("GET", f"/alarms/{alarm.id}/evidence").content))
    assert len(json.loads(pack.read("manifest.json"))["versions"]["budget_sha256"]) == 64
    assert known.call("GET", "/passages/alarmed").json()["budget"] == 1

    tag = known.call("GET", AT).headers["ETag"]
    stale = known.headers(Role.OPERATOR) | {"If-Match": before.headers["ETag"]}
    for refused in (
        known.client.put(AT, headers=stale, json={"false_alarms_per_day": 30}),
        known.client.delete(AT, headers=stale),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "changed_elsewhere")
    assert known.call("GET", AT).json()["budget"] == found
    unchanged = known.headers(Role.OPERATOR) | {"If-Match": tag}
    assert known.client.delete(AT, headers=unchanged).status_code == 204
    assert verdict_of(known)[0] == "unknown"
    shown = known.call("GET", AT).json()
    assert (shown["budget"], [one["active"] for one in shown["history"]]) == (None, [False])
    entries = known.call("GET", "/audit?action=budget.").json()["items"]
    assert [(one["action"], one["subject"]) for one in entries] == [
        ("budget.take_back", f"{LIFT}/1"),
        ("budget.set", f"{LIFT}/1"),
    ]
    assert entries[1]["details"]["misses_per_1000"] == cost["misses_per_1000"]["expected"]


def test_what_a_budget_must_not_do(known: House) -> None:
    """More misses take a proof of who one is; of other masks, or damaged, it decides nothing."""
    client, own = known.client, {"Origin": "http://testserver"}
    assert client.post("/session", json={"token": known.tokens[Role.OPERATOR]}).status_code == 200
    known.store.write(lambda session: session.execute(text("UPDATE sessions SET proven_at = NULL"))).result()
    assert client.put(AT, headers=own, json={"false_alarms_per_day": 20}).status_code == 200
    for answer in (
        client.put(AT, headers=own, json={"misses_per_1000": 150}),
        client.delete(AT, headers=own),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "proof_needed")
    client.cookies.clear()
    assert known.call("GET", AT).json()["budget"]["version"] == 1

    known.enrol(LIFT)
    shown = known.call("GET", AT).json()["budget"]
    assert (shown["active"], shown["in_force"]) == (True, False)
    assert verdict_of(known)[0] == "unknown"
    refused = ask(known, false_alarms_per_day=20)
    assert (refused.status_code, refused.json()["code"]) == (409, "budget_too_few_passages")
    known.call("POST", f"/lifts/{LIFT}/masks/1/activate")
    assert known.call("GET", AT).json()["budget"]["in_force"]
    assert verdict_of(known)[0] == "open"

    known.store.write(lambda session: session.execute(text("UPDATE budgets SET high = 7"))).result()
    known.runtime.pipeline.reload_masks(LIFT)
    assert verdict_of(known)[0] == "unknown"
    shown = known.call("GET", AT).json()
    assert (shown["budget"], shown["history"], shown["unreadable"]) == (None, [], 1)
    assert known.store.damaged.counts() == {"budgets": 1}


def test_too_little_is_said_with_numbers(house: House) -> None:
    """409 whose code and parameters the page has words for; without masks and without a lift as elsewhere."""
    assert ask(house, false_alarms_per_day=1).status_code == 404
    house.enrol(LIFT)
    refused = ask(house, false_alarms_per_day=1).json()
    assert (refused["code"], refused["parameters"]) == ("budget_too_few_passages", {"seen": 0, "needed": 200})
    assert "0 carriers" in refused["detail"]
    known = set(re.findall(r"^  (\w+):", WORDS.read_text(encoding="utf-8"), re.MULTILINE))
    assert {reason.value for reason in BudgetRefusal} <= known
    both = {"false_alarms_per_day": 1, "misses_per_1000": 1}
    for wish in ({}, both, {"false_alarms_per_day": 0}, {"misses_per_1000": 500}, {"misses_per_1000": "few"}):
        assert house.call("PUT", AT, json=wish).status_code == 422


def test_carriers_a_day() -> None:
    """The busiest of several days; of a first day that may not be over, eight of its hours."""
    day = datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert carriers_a_day([]) == 0
    assert carriers_a_day([day + timedelta(minutes=n) for n in range(90)]) == 8 * 45
    several = [day] * 5 + [day + timedelta(days=1, hours=n) for n in range(7)]
    assert carriers_a_day(several) == 7
