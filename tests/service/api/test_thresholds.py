"""A lift's own threshold over HTTP: proposed from what was watched, activated, taken back."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import pytest

from service.store import passages
from service.types import Role, Verdict
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, draw_picture, png

LIFT = "demo-quad"


def classified(house: House) -> Any:
    files = [("image", ("picture", png(draw_picture(CLOSE_Y))))]
    return house.call("POST", f"/lifts/{LIFT}/classify", Role.VIEWER, files=files).json()


def watch(house: House, margins: list[float], **changes: Any) -> None:
    """Passages with these margins, as if the lift's camera had seen them."""
    model = house.engine.manifest.identity
    with house.store.reading() as session:
        start = len(passages.listing(session).items)
    for number, margin in enumerate(margins, start):
        record = house.add_passage(f"watched-template-{number}")
        judgement = dataclasses.replace(record.judgement, margin=margin, model=model, **changes)
        record = dataclasses.replace(record, id=f"watched-{number}", judgement=judgement)
        house.store.write(partial(passages.add, record=record)).result()


@pytest.fixture
def watched(house: House) -> House:
    """A lift whose closed bars lie where another's open ones do, by what its passages say."""
    house.enrol(LIFT)
    middle = classified(house)["margin"]
    spread = [0.02 * (n % 5 - 2) for n in range(15)]
    watch(house, [middle - 0.1 + s for s in spread] + [middle + 0.7 + s for s in spread])
    return house


def test_a_proposal_changes_nothing_until_somebody_goes_by_it(watched: House) -> None:
    """Found, looked at, activated, taken back: verdicts follow the activation alone."""
    before = classified(watched)
    assert before["verdict"] == "closed"
    answer = watched.call("POST", f"/lifts/{LIFT}/thresholds", Role.OPERATOR)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["version"], found["active"], found["go"], found["reviewed"]) == (1, False, True, 0)
    assert len(found["margins"]) == 30
    assert found["open_share"] == pytest.approx(0.5, abs=0.05)
    assert found["threshold"] == pytest.approx(before["margin"] + 0.3, abs=0.1)
    assert classified(watched)["verdict"] == "closed"
    active = watched.call("POST", f"/lifts/{LIFT}/thresholds/1/activate", Role.OPERATOR)
    assert active.json()["active"] is True
    after = classified(watched)
    assert (after["verdict"], after["margin"]) == ("open", before["margin"])
    listed = watched.call("GET", f"/lifts/{LIFT}/thresholds", Role.VIEWER).json()["items"]
    assert [(one["version"], one["active"]) for one in listed] == [(1, True)]
    assert watched.call("DELETE", f"/lifts/{LIFT}/thresholds/active", Role.OPERATOR).status_code == 204
    assert classified(watched) | {"elapsed_ms": 0} == before | {"elapsed_ms": 0}


def test_reviews_count(watched: House) -> None:
    """Somebody says that the lower heap's passages are closed ones: the threshold goes below them."""
    by_masks = watched.call("POST", f"/lifts/{LIFT}/thresholds", Role.OPERATOR).json()
    for number in range(15):
        body = {"verdict": "closed"}
        path = f"/passages/watched-{number}/review"
        assert watched.call("POST", path, Role.OPERATOR, json=body).is_success
    found = watched.call("POST", f"/lifts/{LIFT}/thresholds", Role.OPERATOR).json()
    assert (found["version"], found["reviewed"]) == (2, 15)
    assert found["threshold"] < by_masks["threshold"] - 0.2


def test_too_few_passages_are_said(house: House) -> None:
    """409 with how many there are; what could not be seen does not count."""
    house.enrol(LIFT)
    watch(house, [0.5] * 19)
    watch(house, [0.0] * 5, verdict=Verdict.UNKNOWN, reason="dark")
    answer = house.call("POST", f"/lifts/{LIFT}/thresholds", Role.OPERATOR)
    assert answer.status_code == 409
    assert "19 passages were seen well enough so far: 20 are needed" in answer.text
    watch(house, [0.0], verdict=Verdict.UNKNOWN, reason="too close to call")
    assert house.call("POST", f"/lifts/{LIFT}/thresholds", Role.OPERATOR).status_code == 201


def test_refusals(watched: House) -> None:
    """A viewer may look; unknown lifts, unknown versions and other masks' thresholds are said."""
    path = f"/lifts/{LIFT}/thresholds"
    assert watched.call("POST", path, Role.VIEWER).status_code == 403
    assert watched.call("POST", "/lifts/nowhere/thresholds", Role.OPERATOR).status_code == 404
    assert watched.call("POST", f"{path}/7/activate", Role.OPERATOR).status_code == 404
    assert watched.call("POST", path, Role.OPERATOR).status_code == 201
    watched.enrol(LIFT)
    answer = watched.call("POST", f"{path}/1/activate", Role.OPERATOR)
    assert answer.status_code == 409
    assert "masks 1" in answer.text
