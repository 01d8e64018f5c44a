"""Self-tests over HTTP: one now, the signed records so far, and what is refused."""

from datetime import UTC, datetime, timedelta

from service.audit.signing import is_signed
from service.domain.people import Role
from service.selftest.whole import SelfTests
from tests.service.api.conftest import House


def test_a_test_now_and_the_records_so_far(house: House) -> None:
    """Nothing is recorded yet: incomplete, signed, listed newest first, page by page."""
    house.enrol()
    first = house.call("POST", "/lifts/demo-quad/self-test", Role.OPERATOR)
    assert first.status_code == 201, first.text
    found = first.json()
    assert (found["number"], found["result"], found["by"]) == (1, "incomplete", "the operator")
    assert {check["name"]: check["code"] for check in found["checks"]} == {
        "masks": "not_armed",
        "open": "no_open_passage",
        "closed": "no_closed_passage",
        "alarm": "no_occupied_passage",
        "commit": "nothing_sent",
        "feed": "no_occupied_passage",
        "view": "no_camera",
        "outputs": "no_output",
    }
    assert all(check["message"] for check in found["checks"])
    assert is_signed(found["record"].encode(), found["signature"], found["public_key"])
    assert house.call("POST", "/lifts/demo-quad/self-test", json={"accept_view": False}).json()["number"] == 2
    page = house.call("GET", "/lifts/demo-quad/self-tests?limit=1", Role.VIEWER).json()
    assert [one["number"] for one in page["items"]] == [2]
    assert (page["missed"], page["unreadable"]) == (False, 0)
    assert timedelta() < datetime.fromisoformat(page["due_at"]) - datetime.now(UTC) <= timedelta(days=1)
    rest = house.call("GET", f"/lifts/demo-quad/self-tests?cursor={page['next']}").json()
    assert (rest["items"], rest["next"]) == ([found], None)


def test_what_is_refused(house: House) -> None:
    """No such lift, a field that nobody knows, and a second test at once."""
    assert house.call("POST", "/lifts/none/self-test").status_code == 404
    assert house.call("GET", "/lifts/none/self-tests").status_code == 404
    house.enrol()
    assert house.call("POST", "/lifts/demo-quad/self-test", json={"accept": 1}).status_code == 422
    with house.runtime.parts.of(SelfTests).tester._alone("demo-quad"):
        refused = house.call("POST", "/lifts/demo-quad/self-test")
    assert (refused.status_code, refused.json()["code"]) == (409, "self_test_running")


def test_a_day_without_one_is_shown(house: House) -> None:
    """What the schedule says of a lift is in the answer."""
    house.enrol()
    schedule = house.runtime.parts.of(SelfTests).schedule
    schedule._missed.add("demo-quad")
    assert house.call("GET", "/lifts/demo-quad/self-tests").json()["missed"] is True
