"""Candidates and replays over HTTP: proposed, listed, compared, promoted with proof, rolled back, dropped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lifts.decision.verdict import Verdict
from service.domain.people import Role
from service.trials.whole import Trials
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, png

ALL = "/lifts/demo-quad/candidates"


@pytest.fixture
def two(house: House) -> House:
    """A lift with two pairs of masks, judged by the second."""
    house.enrol()
    house.enrol()
    return house


def propose(house: House, **body: Any) -> Any:
    given = {"kind": "masks", "version": 1, "shadow": False, **body}
    return house.call("POST", ALL, Role.OPERATOR, json=given)


def test_from_a_proposal_to_a_decision_and_back(two: House) -> None:
    """Each step answers with the candidate as it is then."""
    made = propose(two)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["number"], found["kind"], found["version"], found["state"]) == (1, "masks", 1, "proposed")
    assert found["all"]["message"] == "nothing was compared yet"
    assert two.call("POST", f"{ALL}/1/shadow", Role.OPERATOR).json()["shadow"] is True
    assert two.call("DELETE", f"{ALL}/1/shadow", Role.OPERATOR).json()["shadow"] is False
    refused = two.call("POST", f"{ALL}/1/promote")
    assert (refused.status_code, refused.json()["code"]) == (409, "candidate_untested")
    answer = two.call("POST", f"{ALL}/1/promote", json={"override": True})
    assert answer.status_code == 422, "an override says why"
    forced = {"override": True, "reason": "these were right all along"}
    assert two.call("POST", f"{ALL}/1/promote", json=forced).json()["state"] == "promoted"
    assert two.call("GET", "/lifts/demo-quad").json()["mask_version"] == 1
    assert two.call("POST", f"{ALL}/1/drop").json()["code"] == "candidate_judges"
    assert two.call("POST", f"{ALL}/1/roll-back").json()["state"] == "rolled_back"
    assert two.call("GET", "/lifts/demo-quad").json()["mask_version"] == 2
    assert two.call("POST", f"{ALL}/1/drop").json()["state"] == "dropped"
    assert [one["state"] for one in two.call("GET", ALL, Role.VIEWER).json()["items"]] == ["dropped"]


def test_a_replay_over_stored_passages(house: House) -> None:
    """With progress, what its pictures were, and each difference with pictures and label."""
    drawn = {"open": ("o.png", png(draw_mask(CLOSE_Y))), "close": ("c.png", png(draw_mask(OPEN_Y)))}
    house.enrol(files=drawn)
    house.enrol()
    two = house
    for number in range(3):
        two.add_passage(f"p-{number}", Verdict.OPEN)
    two.call("POST", "/passages/p-0/review", Role.OPERATOR, json={"verdict": "closed", "occupied": True})
    propose(two)
    body = {"candidate": 1, "from": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    started = two.call("POST", "/lifts/demo-quad/replays", Role.OPERATOR, json=body)
    assert started.status_code == 201, started.text
    assert (started.json()["state"], started.json()["total"], started.json()["progress"]) == ("running", 3, 0)
    replaying = two.runtime.parts.of(Trials).replaying
    while replaying.step():
        pass
    done = two.call("GET", "/lifts/demo-quad/replays/1", Role.VIEWER).json()
    assert (done["state"], done["done"], done["progress"], done["reason"]) == ("done", 3, 1.0, "")
    assert done["summary"]["compared"] == done["summary"]["disagreed"] == 3
    assert done["summary"]["disagreement"]["low"] > 0.4
    assert (done["summary"]["inverted"], done["summary"]["looks_swapped"]) == (3, False), "too few to tell"
    assert done["as_seen"] + done["blurred"] in range(4)
    page = two.call("GET", f"{ALL}/1/differences?replay=1&limit=2", Role.VIEWER).json()
    assert len(page["items"]) == 2
    rest = two.call("GET", f"{ALL}/1/differences?replay=1&cursor={page['next']}").json()
    (last,) = rest["items"]
    assert (last["passage_id"], last["stored"], last["review"]) == ("p-0", "open", "closed")
    assert last["pictures"] == [f"/passages/p-0/pictures/{n}.jpg" for n in (1, 2, 3)]
    assert two.call("GET", last["pictures"][0], Role.VIEWER).status_code == 200
    assert two.call("POST", "/lifts/demo-quad/replays/1/cancel", Role.OPERATOR).json()["state"] == "done"
    assert [one["number"] for one in two.call("GET", "/lifts/demo-quad/replays").json()["items"]] == [1]


def test_a_body_that_says_no_candidate_is_refused(two: House) -> None:
    """What a kind needs, and nothing else."""
    bodies: list[dict[str, Any]] = [
        {"version": None},
        {"model": "x"},
        {"kind": "model", "version": None, "model": "../x"},
        {"kind": "threshold", "version": None, "open_from": 0.5},
        {"kind": "threshold", "version": None, "open_from": 0.2, "closed_to": 0.5},
        {"kind": "threshold", "version": None, "open_from": 1.0, "closed_to": 0.5},
        {"kind": "threshold", "version": None, "budget": {}},
        {"kind": "colour"},
        {"nothing": 1},
    ]
    for body in bodies:
        assert propose(two, **body).status_code == 422, body


def test_what_there_is_not(two: House) -> None:
    """404 and 409 with their codes."""
    assert propose(two, version=2).json()["code"] == "candidate_judges"
    assert propose(two, version=7).json()["code"] == "no_mask_version"
    assert propose(two, kind="model", version=None, model="none").json()["code"] == "no_model"
    for method, path in (("POST", f"{ALL}/9/promote"), ("GET", f"{ALL}/9/differences")):
        assert two.call(method, path).json()["code"] == "no_candidate"
    assert (
        two.call("POST", "/lifts/demo-quad/replays", json={"candidate": 9}).json()["code"] == "no_candidate"
    )
    assert two.call("GET", "/lifts/demo-quad/replays/9").json()["code"] == "no_replay"
    models = two.call("GET", "/models", Role.VIEWER).json()
    assert (models["items"], models["promoted"]) == ([], "")
    assert models["judging"] == two.runtime.engine.manifest.identity
