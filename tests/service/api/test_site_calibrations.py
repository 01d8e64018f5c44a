"""A lift's own threshold over HTTP: proposed from what was watched, activated, taken back."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import pytest

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.clusters import BimodalFit
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Verdict
from service.api.schemas.site_calibrations import SeatsOut
from service.domain.people import Role
from service.store import passages
from tests.service.api.conftest import House
from tests.service.kept_pictures import keep
from tests.tools.tiny_model import CLOSE_Y, draw_picture, png

LIFT = "demo-quad"


HALF_PX, WHOLE_PX = 50, 100
"""Lengths of bars that lie where the close mask has its own: both are closed by the masks alone."""


def classified(house: House, length_px: int = HALF_PX) -> Any:
    files = [("image", ("picture", png(draw_picture(CLOSE_Y, length_px=length_px))))]
    return house.call("POST", f"/lifts/{LIFT}/classify", Role.VIEWER, files=files).json()


def watch(house: House, count: int, length_px: int = WHOLE_PX, **changes: Any) -> None:
    """Passages that show such a bar, as if the lift's camera had seen them."""
    model = house.engine.manifest.identity
    with house.store.reading() as session:
        start = len(passages.listing(session).items)
    template = house.add_passage(f"template-{start}")
    pictures = [draw_picture(CLOSE_Y, length_px=length_px)] * 3
    files = keep(house.runtime.pictures, template.seen_at, pictures, f"template-{start}-{length_px}")
    shown = tuple(
        dataclasses.replace(picture, file=file)
        for picture, file in zip(template.pictures, files, strict=True)
    )
    judgement = dataclasses.replace(template.judgement, model=model, **changes)
    for number in range(start, start + count):
        record = dataclasses.replace(
            template, id=f"watched-{number}", judgement=judgement, pictures=shown, review=None
        )
        house.store.write(partial(passages.add, record=record)).result()


@pytest.fixture
def watched(house: House) -> House:
    """A lift whose open bars lie where its close mask is, only half as long: its masks call all closed."""
    house.enrol(LIFT)
    watch(house, 15, HALF_PX)
    watch(house, 15)
    house.arm(LIFT)
    return house


def test_there_is_no_go_before_the_masks_are_confirmed(watched: House) -> None:
    """Wrong masks may separate the clusters too: no GO before the masks are confirmed and measured."""
    watched.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR)
    for reason, go in [
        (ArmingReason.NOT_CONFIRMED, False),
        (ArmingReason.MASKS_SWAPPED, False),
        (ArmingReason.MASKS_OF_ANOTHER_LIFT, False),
        (ArmingReason.PASSAGES_DO_NOT_PART, True),  # a better threshold is what may part them
        (None, True),
    ]:
        watched.arm(LIFT, Arming(reason, {}))
        found = watched.call("GET", f"/lifts/{LIFT}/site-calibrations").json()["items"]
        assert [one["go"] for one in found] == [go], reason


def test_the_clusters_of_the_seat_are_named_as_what_they_are() -> None:
    """Empty seats take the place of open bars in the clusters; a margin is ten log odds."""
    found = SeatsOut.of(BimodalFit(open_mean=-0.3, closed_mean=0.5, spread=0.1, open_share=0.75, trust=0.5))
    assert found.empty_mean == pytest.approx(-3.0)
    assert [found.occupied_mean, found.occupied_share] == pytest.approx([5.0, 0.25])
    assert [found.threshold, found.spread] == pytest.approx([0.5, 1.0])
    assert 0 < found.overlap < 0.001


def test_a_proposal_changes_nothing_until_somebody_goes_by_it(watched: House) -> None:
    """Proposed, shown, activated, deactivated: verdicts follow the activation alone."""
    before = classified(watched)
    assert before["verdict"] == "closed"
    answer = watched.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["version"], found["active"], found["go"], found["reviewed"]) == (1, False, True, 0)
    assert len(found["margins"]) == 30
    assert found["open_share"] == pytest.approx(0.5, abs=0.05)
    assert found["prototypes"] is True
    assert found["seats"] is None  # this network has no rider maps
    assert (found["open_mean"] < found["threshold"] < found["closed_mean"]) is True
    assert abs(found["threshold"]) < abs(
        found["midpoint"]
    )  # 15 passages of a state move it less than half-way
    assert classified(watched)["verdict"] == "closed"
    active = watched.call("POST", f"/lifts/{LIFT}/site-calibrations/1/activate", Role.OPERATOR)
    assert active.json()["active"] is True
    after = classified(watched)
    assert after["verdict"] == "open"
    assert after["margin"] < 0 < before["margin"]
    assert classified(watched, WHOLE_PX)["verdict"] == "closed"
    listed = watched.call("GET", f"/lifts/{LIFT}/site-calibrations", Role.VIEWER).json()["items"]
    assert [(one["version"], one["active"]) for one in listed] == [(1, True)]
    assert watched.call("DELETE", f"/lifts/{LIFT}/site-calibrations/active", Role.OPERATOR).status_code == 204
    assert classified(watched) | {"elapsed_ms": 0} == before | {"elapsed_ms": 0}


@pytest.mark.thorough
def test_one_is_compared_as_a_candidate(watched: House) -> None:
    """It changes no verdict; one that judges already, that there is none of, or of other masks is refused."""
    path, tried = f"/lifts/{LIFT}/site-calibrations", f"/lifts/{LIFT}/candidates"
    for _ in range(2):
        watched.call("POST", path, Role.OPERATOR)
    body = {"kind": "calibration", "version": 1}
    assert watched.call("POST", tried, Role.VIEWER, json=body).status_code == 403
    made = watched.call("POST", tried, Role.OPERATOR, json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["shadow"], made.json()["live"]["compared"]) == (True, 0)
    assert [one["active"] for one in watched.call("GET", path).json()["items"]] == [False, False]
    assert classified(watched)["verdict"] == "closed"
    watched.call("POST", f"{path}/1/activate", Role.OPERATOR)
    for version, status, code in ((1, 409, "candidate_judges"), (7, 404, "no_calibration")):
        refused = watched.call("POST", tried, Role.OPERATOR, json={**body, "version": version})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    watched.enrol(LIFT)
    refused = watched.call("POST", tried, Role.OPERATOR, json={**body, "version": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "calibration_of_other_masks")


@pytest.mark.thorough
def test_reviews_count(watched: House) -> None:
    """Somebody says that the lower cluster's passages are closed ones: then no open one was ever seen."""
    by_masks = watched.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR).json()
    assert by_masks["open_share"] == pytest.approx(0.5, abs=0.05)
    for number in range(15):
        body = {"verdict": "closed"}
        path = f"/passages/watched-{number}/review"
        assert watched.call("POST", path, Role.OPERATOR, json=body).is_success
    found = watched.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR).json()
    assert (found["version"], found["reviewed"]) == (2, 15)
    assert found["prototypes"] is False
    assert found["open_share"] < 0.1


def test_too_few_passages_are_said(house: House) -> None:
    """409 with how many there are; what could not be seen does not count."""
    house.enrol(LIFT)
    watch(house, 19)
    watch(house, 5, verdict=Verdict.UNKNOWN, reasons=(Reason.DARK,))
    answer = house.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR)
    assert answer.status_code == 409
    assert "19 passages were seen well enough so far: 20 are needed" in answer.text
    assert answer.json()["parameters"] == {"seen": 19, "needed": 20}
    watch(house, 1, verdict=Verdict.UNKNOWN, reasons=(Reason.TOO_CLOSE,))
    assert house.call("POST", f"/lifts/{LIFT}/site-calibrations", Role.OPERATOR).status_code == 201


def test_refusals(watched: House) -> None:
    """A viewer may look; unknown lifts and versions and other masks' calibrations are refused."""
    path = f"/lifts/{LIFT}/site-calibrations"
    assert watched.call("POST", path, Role.VIEWER).status_code == 403
    assert watched.call("POST", "/lifts/nowhere/site-calibrations", Role.OPERATOR).status_code == 404
    assert watched.call("POST", f"{path}/7/activate", Role.OPERATOR).status_code == 404
    assert watched.call("POST", path, Role.OPERATOR).status_code == 201
    watched.enrol(LIFT)
    answer = watched.call("POST", f"{path}/1/activate", Role.OPERATOR)
    assert answer.status_code == 409
    assert "masks 1" in answer.text
