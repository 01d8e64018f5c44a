"""What is silent, over HTTP: who, why, until when; shown with the lift, its alarms, the list and the feed."""

from datetime import UTC, datetime, timedelta

from service.domain.alarm import AlarmFlood, AlarmKind, AlarmStatus, OutOfService, ServiceScope
from service.domain.people import Role
from tests.service.api.conftest import House

PATH = "/lifts/demo-quad/out-of-service"


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_a_lift_out_of_service_is_said_everywhere_and_comes_back(house: House) -> None:
    """With the lift, in the list of lifts, of what is silent, and on its alarms; until somebody ends it."""
    assert house.enrol().status_code == 201
    alarm = house.raise_alarm()
    assert house.call("GET", PATH).status_code == 404
    answer = house.call("POST", PATH, Role.OPERATOR, json={"expiry": _in(2), "reason": "rope"})
    assert answer.status_code == 200
    entry = answer.json()
    assert (entry["by"], entry["reason"], entry["scope"]) == ("the operator", "rope", "lift")
    assert house.call("GET", PATH, Role.VIEWER).json() == entry
    assert house.call("GET", "/lifts/demo-quad").json()["out_of_service"] == entry
    assert house.call("GET", "/lifts").json()["items"][0]["out_of_service"] == entry
    assert house.call("GET", "/alarms/status").json()["out_of_service"] == [entry]
    (marked,) = house.call("GET", "/alarms?state=out_of_service&standing=true").json()["items"]
    assert marked["id"] == alarm.id
    lift = house.call("GET", "/lifts/demo-quad").json()
    assert house.call("PUT", "/lifts/demo-quad", json=lift).status_code == 200
    assert house.call("DELETE", PATH, Role.OPERATOR).status_code == 204
    assert house.call("GET", f"/alarms/{alarm.id}").json()["state"] == "active"
    assert house.call("GET", "/lifts/demo-quad").json()["out_of_service"] is None
    assert house.call("DELETE", PATH, Role.OPERATOR).json()["code"] == "in_service"


def test_what_is_refused(house: House) -> None:
    """404 for a lift that is none; 422 without end, reason or known scope; 409 for a bad end."""
    body = {"expiry": _in(1), "reason": "x"}
    assert house.call("POST", PATH, json=body).status_code == 404
    house.enrol()
    for wrong in ({}, {"expiry": _in(1)}, {**body, "scope": "rope"}, {**body, "reason": " "}):
        assert house.call("POST", PATH, json=wrong).status_code == 422
    for hours in (-1, 24 * 40):
        answer = house.call("POST", PATH, json={**body, "expiry": _in(hours)})
        assert (answer.status_code, answer.json()["code"]) == (409, "expiry_invalid")


def test_a_removed_lift_is_no_longer_out_of_service(house: House) -> None:
    """One that is registered anew under its name begins in service."""
    house.enrol()
    house.call("POST", PATH, json={"expiry": _in(1), "reason": "x", "scope": "camera"})
    assert house.call("DELETE", "/lifts/demo-quad").status_code == 204
    assert house.call("GET", "/alarms/status").json()["out_of_service"] == []


def test_shelved_and_suppressed_alarms_are_listed_with_their_reasons(house: House) -> None:
    """By whom, until when and why; and a person can take it back."""
    lost = house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    rate = house.raise_alarm(None, AlarmKind.LIFT_UNKNOWN_RATE)
    shelve = {"expiry": _in(1), "reason": "ice"}
    refused = house.call("POST", f"/alarms/{lost.id}/shelve", Role.OPERATOR, json=shelve)
    assert (refused.status_code, refused.json()["code"]) == (409, "acknowledge_first")
    house.call("POST", f"/alarms/{lost.id}/acknowledge", Role.OPERATOR)
    house.call("POST", f"/alarms/{lost.id}/shelve", Role.OPERATOR, json=shelve)
    status = house.call("GET", "/alarms/status", Role.VIEWER).json()
    (shelved,), (suppressed,) = status["shelved"], status["suppressed"]
    assert (shelved["id"], shelved["shelved_by"], shelved["shelved_reason"]) == (
        lost.id,
        "the operator",
        "ice",
    )
    assert (suppressed["id"], suppressed["suppressed_by"]) == (rate.id, "camera_lost")
    back = house.call("POST", f"/alarms/{lost.id}/unshelve", Role.OPERATOR)
    assert (back.json()["state"], back.json()["shelved_until"]) == ("acknowledged", None)
    again = house.call("POST", f"/alarms/{lost.id}/unshelve", Role.OPERATOR)
    assert (again.status_code, again.json()["code"]) == (409, "not_in_this_state")


def test_the_feed_and_the_list_say_a_flood_and_what_is_out_of_service(house: House) -> None:
    """As it changes and to those who come later, each lift to those who may see it."""
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    out = OutOfService("demo-quad", ServiceScope.LIFT, "Jo", "rope", now, now + timedelta(hours=1))
    with house.client.websocket_connect("/alarms", headers=house.headers(Role.VIEWER)) as feed:
        feed.receive_json()
        assert house.call("GET", "/alarms").json()["flood"] is False
        house.runtime.hub.show_status(AlarmStatus(AlarmFlood(now, 12), (out,)))
        said = feed.receive_json()
        assert said["type"] == "status"
        assert said["flood"] == {"since": "2026-01-31T12:00:00Z", "alarms": 12}
        assert [each["lift_id"] for each in said["out_of_service"]] == ["demo-quad"]
        assert house.call("GET", "/alarms").json()["flood"] is True
        with house.client.websocket_connect("/alarms", headers=house.headers(Role.VIEWER)) as late:
            assert [late.receive_json()["type"] for _ in range(2)] == ["hello", "status"]
        house.runtime.hub.show_status(AlarmStatus())
        assert feed.receive_json() == {"type": "status", "flood": None, "out_of_service": []}
