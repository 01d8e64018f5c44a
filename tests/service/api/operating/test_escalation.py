"""The rules of escalation over HTTP, and an alarm that says how far it came."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.domain.people import Role
from service.store.alarms.escalating import escalate
from tests.service.api.conftest import House

STEP = {"after_s": 30.0, "outputs": [], "person": "Anna"}
DEFAULT = {"after_s": 60.0, "outputs": [], "person": ""}


def put(house: House, *rules: dict[str, Any]) -> Any:
    return house.call("PUT", "/escalation", json={"rules": list(rules)})


def test_rules_are_set_together(house: House) -> None:
    """Without any the page becomes louder after a minute; what is set holds, is audited and taken back."""
    assert house.call("GET", "/escalation", Role.VIEWER).json() == {
        "rules": [],
        "default": [DEFAULT],
        "missing_outputs": [],
    }
    house.enrol("demo-quad")
    rules: list[dict[str, Any]] = [
        {"lift_id": "demo-quad", "priority": 2, "steps": [STEP]},
        {"lift_id": None, "priority": None, "steps": []},
    ]
    assert put(house, *rules).json()["rules"] == rules
    assert house.call("GET", "/escalation").json()["rules"] == rules
    assert put(house).json()["rules"] == []
    entries = house.call("GET", "/audit?action=escalation.").json()["items"]
    assert [len(entry["details"]["rules"]) for entry in entries] == [0, 2]


@pytest.mark.parametrize(
    ("rules", "where", "code", "parameters"),
    [
        ([{"steps": [STEP, STEP]}], "rules.0", "steps_out_of_order", {}),
        ([{"steps": [{"after_s": 0}]}], "rules.0.steps.0.after_s", "greater_than_equal", {"ge": 5.0}),
        ([{"steps": [{"after_s": "soon"}]}], "rules.0.steps.0.after_s", "float_parsing", {}),
        ([{"steps": []}, {"steps": []}], "", "rule_twice", {}),
        ([{"steps": [], "priority": 5}], "rules.0.priority", "less_than_equal", {"le": 4}),
        ([{"steps": [], "unknown": 1}], "rules.0.unknown", "extra_forbidden", {}),
    ],
)
def test_rules_without_sense_are_refused(
    house: House, rules: list[dict[str, Any]], where: str, code: str, parameters: dict[str, Any]
) -> None:
    """422 with the place, a code and its numbers: out of order, no time, the same twice, no such priority."""
    answer = put(house, *rules)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["where"] == ".".join(("body", where)).rstrip(".")
    assert (error["code"], error["parameters"]) == (code, parameters)


def test_rules_for_what_is_not_there(house: House) -> None:
    """409 with a code: nobody would notice that a step calls nobody."""
    for rule, code in (
        ({"lift_id": "nowhere", "steps": []}, "no_lift"),
        ({"steps": [{**STEP, "outputs": ["pager"]}]}, "no_such_output"),
    ):
        refused = put(house, rule)
        assert (refused.status_code, refused.json()["code"]) == (409, code)


def test_an_escalated_alarm_says_so(house: House) -> None:
    """In its JSON, in the feed under the next seq, and in its life."""
    alarm = house.raise_alarm()
    call = EscalationCall(alarm.id, 1, (EscalationStep(30, ("pager",), "Anna"),))
    headers = house.headers(Role.VIEWER)
    with house.client.websocket_connect("/alarms", headers=headers) as feed:
        assert feed.receive_json()["type"] == "hello"
        assert house.store.write(partial(escalate, calls=[call])).result() == 1
        while (message := feed.receive_json())["type"] != "alarm":
            pass
    sent = message["alarm"]
    assert (message["seq"], sent["seq"]) == (alarm.seq + 1, alarm.seq + 1)
    assert (sent["escalation"], sent["escalated_to"], sent["escalated_person"]) == (1, ["pager"], "Anna")
    shown = house.call("GET", f"/alarms/{alarm.id}").json()
    assert shown["escalation"] == 1
    assert [event["action"] for event in shown["events"]] == ["raise", "escalate"]
    assert house.store.write(partial(escalate, calls=[call])).result() == 0  # once
