"""Passages over HTTP: evidence and reviews."""

import cv2
import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from service.api.uploads import decode_upload
from service.domain.people import Role
from service.inference.why import OPEN_RGB
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y


def test_a_passage_shows_what_was_said_and_seen(house: House) -> None:
    """The record, its three pictures as JPEG, and nothing beyond them."""
    record = house.add_passage()
    found = house.call("GET", f"/passages/{record.id}", Role.VIEWER).json()
    assert (found["verdict"], found["confidence"], found["occupied"]) == ("open", 0.99, True)
    assert found["seat"] == "occupied"
    assert len(found["images"]) == 3
    for image in found["images"]:
        picture = house.call("GET", image["picture"], Role.VIEWER)
        assert picture.headers["content-type"] == "image/jpeg"
        assert decode_upload(picture.content, "picture").shape == (200, 200, 3)
    assert house.call("GET", f"/passages/{record.id}/pictures/4.jpg").status_code == 422
    assert house.call("GET", "/passages/nobody/pictures/1.jpg").status_code == 404


def test_a_passage_shows_where_the_bar_was_seen(house: House) -> None:
    """Laid over the picture, the lit blocks lie on the open mask: amber, and nothing where nothing is lit."""
    house.enrol()
    record = house.add_passage()
    shown = house.call("GET", f"/passages/{record.id}", Role.VIEWER).json()["images"][0]
    answer = house.call("GET", shown["why"], Role.VIEWER)
    assert answer.headers["content-type"] == "image/png"
    drawn = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert drawn is not None
    assert tuple(drawn[OPEN_Y, 100][:3].tolist()) == OPEN_RGB[::-1]
    assert drawn[OPEN_Y, 100, 3] > 100
    assert drawn[CLOSE_Y, 100, 3] == 0
    assert house.call("GET", "/passages/nobody/pictures/1/why.png").status_code == 404
    house.runtime.pictures.remove([record.pictures[0].why or ""])
    assert house.call("GET", shown["why"]).status_code == 404


def test_passages_are_listed_and_filtered(house: House) -> None:
    """Newest first, by lift, verdict, occupancy and review; pages as with alarms."""
    house.add_passage("p-1", Verdict.OPEN)
    house.add_passage("p-2", Verdict.CLOSED)
    house.call("POST", "/passages/p-1/review", Role.OPERATOR, json={"verdict": "closed"})

    def ids(query: str) -> list[str]:
        return [item["id"] for item in house.call("GET", f"/passages?{query}").json()["items"]]

    assert ids("") == ["p-2", "p-1"]
    assert ids("verdict=open") == ["p-1"]
    assert ids("reviewed=false") == ["p-2"]
    assert ids("lift_id=other") == []
    assert ids("occupied=false") == []
    first = house.call("GET", "/passages?limit=1").json()
    assert ids(f"limit=1&cursor={first['next']}") == ["p-1"]


def test_an_operator_labels_a_passage(house: House) -> None:
    """The review is stored with who gave it; the verdict itself stays."""
    house.add_passage()
    body = {"verdict": "closed", "occupied": True, "comment": "bar was down"}
    answer = house.call("POST", "/passages/p-1/review", Role.OPERATOR, json=body)
    assert answer.status_code == 200
    found = house.call("GET", "/passages/p-1").json()
    assert found["verdict"] == "open"
    assert {key: found["review"][key] for key in ("verdict", "by", "comment")} == {
        "verdict": "closed",
        "by": "the operator",
        "comment": "bar was down",
    }
    assert house.call("POST", "/passages/p-1/review", json={"verdict": "maybe"}).status_code == 422
    assert house.call("POST", "/passages/nobody/review", json=body).status_code == 404


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b", "a b"])
def test_ids_lead_nowhere_else(house: House, name: str) -> None:
    """Ids that are paths are refused before anything is looked up."""
    for path in (f"/passages/{name}", f"/passages/{name}/pictures/1.jpg", f"/lifts/{name}"):
        assert house.call("GET", path).status_code in {404, 422}
