"""The output towards a lift's control is armed in two steps, by administrators who prove who they are."""

from datetime import timedelta

import pytest

from service.domain.people import Role
from service.host.clocks.steady import steady_now
from service.industry.control.link import CoilLink
from service.industry.control.whole import CONFIRM_WITHIN, LiftControls
from tests.service.api.conftest import House

COIL = {"host": "10.0.0.5", "coil": 7, "counter": 9}
PATH = "/lifts/demo-quad/control"


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of the processes, of which none is started here."""
    done: list[str] = []
    monkeypatch.setattr(CoilLink, "start", lambda link: done.append("start"))
    monkeypatch.setattr(CoilLink, "stop", lambda link: done.append("stop"))
    return done


def test_nothing_is_written_before_somebody_confirms(house: House, lived: list[str]) -> None:
    """Off, proposed, armed, off: who did it stands there and in the audit."""
    house.enrol()
    assert house.call("GET", PATH, Role.VIEWER).json()["state"] == "off"
    proposed = house.call("PUT", PATH, json=COIL).json()
    assert (proposed["state"], proposed["proposed_by"], lived) == ("proposed", "the admin", [])
    assert (proposed["coil"], proposed["counter"], proposed["energised"]) == (7, 9, None)
    confirmed = house.call("POST", f"{PATH}/confirm", json={"proposal": proposed["proposal"]})
    assert confirmed.status_code == 200, confirmed.text
    armed = house.call("GET", PATH, Role.VIEWER).json()
    assert (armed["state"], armed["armed_by"], armed["energised"], lived) == (
        *("armed", "the admin"),
        *(False, ["start"]),
    )
    assert house.call("DELETE", PATH).status_code == 204
    assert house.call("GET", PATH, Role.VIEWER).json()["state"] == "off"
    assert lived == ["start", "stop"]
    noted = [each["action"] for each in house.call("GET", "/audit").json()["items"]]
    assert [each for each in noted if each.startswith("lift.control")] == [
        "lift.control_off",
        "lift.control_armed",
        "lift.control_proposed",
    ]


def test_only_what_was_looked_at_can_be_confirmed_and_not_for_long(
    house: House, lived: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another proposal, an armed one and an old one are refused with words; a new one disarms."""
    house.enrol()
    first = house.call("PUT", PATH, json=COIL).json()["proposal"]
    second = house.call("PUT", PATH, json={**COIL, "coil": 8}).json()["proposal"]
    for wrong in (first, "made-up"):
        refused = house.call("POST", f"{PATH}/confirm", json={"proposal": wrong})
        assert (refused.status_code, refused.json()["code"]) == (409, "no_proposal")
    assert house.call("POST", f"{PATH}/confirm", json={"proposal": second}).status_code == 200
    again = house.call("POST", f"{PATH}/confirm", json={"proposal": second})
    assert (again.status_code, again.json()["code"]) == (409, "no_proposal")
    third = house.call("PUT", PATH, json=COIL).json()
    assert (third["state"], lived) == ("proposed", ["start", "stop"])
    controls = house.runtime.parts.of(LiftControls)
    later = steady_now() + CONFIRM_WITHIN + timedelta(seconds=1)
    monkeypatch.setattr(controls, "_now", lambda: later)
    assert house.call("GET", PATH).json()["state"] == "off"
    refused = house.call("POST", f"{PATH}/confirm", json={"proposal": third["proposal"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "proposal_expired")
    assert lived == ["start", "stop"]


def test_it_is_refused_where_no_device_may_be_and_for_a_lift_that_is_not_there(
    house: House, lived: list[str]
) -> None:
    """422 and 404, with codes; a lift that is removed drops its coil."""
    assert house.call("PUT", PATH, json=COIL).status_code == 404
    house.enrol()
    refused = house.call("PUT", PATH, json={**COIL, "host": "169.254.169.254"})
    assert (refused.status_code, refused.json()["code"]) == (422, "output_forbidden_address")
    proposal = house.call("PUT", PATH, json=COIL).json()["proposal"]
    house.call("POST", f"{PATH}/confirm", json={"proposal": proposal})
    assert house.call("DELETE", "/lifts/demo-quad").status_code == 204
    assert lived == ["start", "stop"]


def test_an_armed_one_is_run_again_after_a_restart(house: House, lived: list[str]) -> None:
    """Armed stays armed; a proposal stays nothing."""
    house.enrol()
    proposal = house.call("PUT", PATH, json=COIL).json()["proposal"]
    for expected in ([], ["start", "start"]):
        restarted = LiftControls(house.store, lambda _: True, house.runtime.settings.networks_of_outputs())
        restarted.start()
        assert lived == expected
        if not expected:
            house.call("POST", f"{PATH}/confirm", json={"proposal": proposal})


def test_who_only_signed_in_long_ago_proves_who_they_are(house: House, lived: list[str]) -> None:
    """An operator cannot; nobody arms without proof (tests/service/api/test_access.py goes through all)."""
    house.enrol()
    assert house.call("PUT", PATH, Role.OPERATOR, json=COIL).status_code == 403
    assert house.call("POST", f"{PATH}/confirm", Role.OPERATOR, json={"proposal": "x"}).status_code == 403
    assert lived == []
