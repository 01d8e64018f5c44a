"""Groups over HTTP: one line and one acknowledgement for the open bars of one lift and run."""

from service.domain.people import Role
from tests.service.api.conftest import House


def test_the_open_bars_of_a_run_are_one_group(house: House) -> None:
    """Listed with its numbers; its alarms by the filter; acknowledged up to what was seen."""
    raised = [house.raise_alarm(f"p-{n}") for n in range(3)]
    group = raised[0].group
    (listed,) = house.call("GET", "/alarms/groups", Role.VIEWER).json()["items"]
    assert (listed["id"], listed["alarms"], listed["unacknowledged"]) == (group, 3, 3)
    assert (listed["state"], listed["priority"], listed["severity"]) == ("active", 2, "critical")
    members = house.call("GET", f"/alarms?group={group}").json()["items"]
    assert [alarm["id"] for alarm in members] == [alarm.id for alarm in reversed(raised)]
    path = f"/alarms/groups/{group}/acknowledge"
    seen = house.call("POST", path, Role.OPERATOR, json={"seq": raised[1].seq, "note": "seen"}).json()
    assert (seen["acknowledged"], seen["unacknowledged"]) == (2, 1)
    assert house.call("POST", path, Role.OPERATOR).json()["acknowledged"] == 1
    assert house.call("GET", "/alarms/groups").json()["items"] == []
    events = house.call("GET", f"/alarms/{raised[0].id}").json()["events"]
    assert (events[-1]["action"], events[-1]["actor"], events[-1]["note"]) == (
        "acknowledge",
        "the operator",
        "seen",
    )


def test_a_group_that_is_none(house: House) -> None:
    """404 with a code, for reading and for acknowledging."""
    for method, path in (("GET", "/alarms/groups/x"), ("POST", "/alarms/groups/x/acknowledge")):
        answer = house.call(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_group")
