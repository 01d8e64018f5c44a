"""A lift's input is set, shown and taken away by an admin; what is wrong with it is said with codes."""

import pytest

from service.domain.people import Role
from service.industry.inputs.follower import InputFollower
from service.store.delivery import plant
from tests.service.api.conftest import House

PATH = "/lifts/demo-quad/input"
GIVEN = {"kind": "mqtt", "host": "10.0.0.7", "line_running": {"topic": "lift/running"}}


@pytest.fixture(autouse=True)
def _unfollowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is dialled here."""
    monkeypatch.setattr(InputFollower, "_turn", lambda follower: follower.runner.stopping.wait(60))


def test_an_input_is_set_shown_and_taken_away(house: House) -> None:
    """Nothing was heard of it yet; the audit has both changes."""
    house.enrol()
    assert house.call("GET", PATH, Role.VIEWER).json()["input"] is None
    assert house.call("PUT", PATH, Role.OPERATOR, json=GIVEN).status_code == 403
    answer = house.call("PUT", PATH, json=GIVEN)
    assert answer.status_code == 200, answer.text
    shown = house.call("GET", PATH, Role.VIEWER).json()
    assert (shown["input"]["host"], shown["input"]["port"], shown["runs"]) == ("10.0.0.7", 1883, None)
    assert (shown["doubts"], shown["signals"], shown["unseen"]) == ([], {}, 0)
    assert (shown["problem"], shown["problem_code"]) == ("nothing was heard yet", "nothing_heard")
    assert house.call("DELETE", PATH).status_code == 204
    assert house.call("GET", PATH, Role.VIEWER).json()["input"] is None
    noted = [each["action"] for each in house.call("GET", "/audit").json()["items"]]
    assert noted.count("lift.inputs") == 2


def test_what_is_wrong_with_an_input_is_said(house: House) -> None:
    """No such lift, no signal, a forbidden address, a password that is not stored or is another host's."""
    assert house.call("PUT", PATH, json=GIVEN).status_code == 404
    house.enrol()
    assert house.call("PUT", PATH, json={"kind": "mqtt", "host": "10.0.0.7"}).status_code == 422
    secret = {"host": "10.0.0.8", "user": "a", "password": "b"}
    assert house.call("PUT", "/cameras/secrets/plc", json=secret).status_code == 201
    for change, code in (
        ({"host": "169.254.169.254"}, "output_forbidden_address"),
        ({"credentials": "nothing"}, "no_such_secret"),
        ({"credentials": "plc"}, "secret_of_another_host"),
    ):
        refused = house.call("PUT", PATH, json={**GIVEN, **change})
        assert (refused.status_code, refused.json()["code"]) == (422, code), change
    allowed = house.call("PUT", PATH, json={**GIVEN, "host": "10.0.0.8", "credentials": "plc"})
    assert allowed.status_code == 200


def test_a_lift_that_is_removed_is_listened_to_no_more(house: House) -> None:
    """One of the same id begins without an input, after a restart as well."""
    house.enrol()
    house.call("PUT", PATH, json=GIVEN)
    assert house.call("DELETE", "/lifts/demo-quad").status_code == 204
    house.enrol()
    assert house.call("GET", PATH).json()["input"] is None
    with house.store.reading() as session:
        assert plant.inputs(session) == {}
