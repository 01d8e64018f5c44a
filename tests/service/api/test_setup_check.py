"""Does it see? Go, wait or no go, with the reason as a code and what to do."""

from typing import Any

import pytest

from lifts.decision.arming import Arming, ArmingReason
from service.domain.people import Role
from service.usecases.setup.checking import ADVICE
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png


def check(house: House) -> dict[str, Any]:
    answer = house.call("GET", "/lifts/demo-quad/setup/check", Role.VIEWER)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_reason_has_a_decision_and_an_advice() -> None:
    """A reason that comes later cannot be forgotten."""
    assert set(ADVICE) == set(ArmingReason)


def test_an_empty_choice_is_no_go(house: House) -> None:
    """Without masks there is nothing to see by."""
    house.call("PUT", "/lifts/demo-quad", json={"name": "A"})
    found = check(house)
    assert (found["decision"], found["armed"], found["since"]) == ("no_go", False, None)
    assert [(one["code"], one["advice"]) for one in found["reasons"]] == [("no_masks", "draw_masks")]
    assert house.call("GET", "/lifts/nobody/setup/check").status_code == 404


def test_a_swapped_choice_is_no_go(house: House) -> None:
    """Masks and pictures swapped alike: what was picked as open hangs below."""
    files = {
        "open": ("o.png", png(draw_mask(CLOSE_Y))),
        "close": ("c.png", png(draw_mask(OPEN_Y))),
        "reference_open": ("ro.png", png(draw_picture(CLOSE_Y))),
        "reference_close": ("rc.png", png(draw_picture(OPEN_Y))),
    }
    assert house.call("POST", "/lifts/demo-quad/masks", Role.OPERATOR, files=files).status_code == 201
    found = check(house)
    assert found["decision"] == "no_go"
    assert [(one["code"], one["advice"]) for one in found["reasons"]] == [
        ("open_bar_below", "swap_or_correct")
    ]


@pytest.mark.parametrize(
    ("reason", "decision", "advice"),
    [
        (ArmingReason.MASKS_OF_ANOTHER_LIFT, "no_go", "redraw"),
        (ArmingReason.CLOSED_BAR_HIDDEN, "no_go", "move_camera"),
        (ArmingReason.TOO_FEW_PASSAGES, "wait", "wait"),
        (ArmingReason.NOT_CONFIRMED, "wait", "review_more"),
    ],
)
def test_what_arming_found_is_said_with_what_to_do(
    house: House, reason: ArmingReason, decision: str, advice: str
) -> None:
    """The numbers behind it come along."""
    house.enrol()
    house.arm(state=Arming(reason, {"seen": 3.0}))
    found = check(house)
    assert (found["decision"], found["armed"]) == (decision, False)
    assert found["reasons"] == [{"code": reason.value, "parameters": {"seen": 3.0}, "advice": advice}]


def test_carriers_and_clusters_are_those_of_these_masks(house: House) -> None:
    """With verdicts, reviews and pictures; none that other masks judged."""
    house.enrol()
    house.add_passage()
    house.arm()
    found = check(house)
    assert (found["decision"], found["armed"], found["reasons"]) == ("go", True, [])
    assert [one["id"] for one in found["passages"]] == ["p-1"]
    assert found["clusters"] == {"open": [-0.8], "closed": [], "threshold": 0.0}
    house.call("POST", "/passages/p-1/review", Role.OPERATOR, json={"verdict": "open"})
    assert check(house)["passages"][0]["review"]["verdict"] == "open"
    house.enrol()
    assert check(house)["passages"] == []


def test_a_wrong_tap_stays_in_sight_until_it_is_taken_back(house: House) -> None:
    """One review against the verdict can disarm a lift: its carrier is shown, however many came since."""
    house.enrol()
    for number in range(3):
        house.add_passage(f"early-{number}")
    for number, said in ((0, "closed"), (1, "open")):
        path = f"/passages/early-{number}/review"
        assert house.call("POST", path, Role.OPERATOR, json={"verdict": said}).status_code == 200
    for number in range(10):
        house.add_passage(f"late-{number}")
    shown = [one["id"] for one in check(house)["passages"]]
    assert (len(shown), shown[-1]) == (11, "early-0")
    house.call("POST", "/passages/early-0/review", Role.OPERATOR, json={"verdict": "open"})
    assert len(check(house)["passages"]) == 10
