"""Versions of tracks and masks by the API: shown with their pictures, compared, gone back to in one call."""

from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.domain.people import Role
from service.store import tracks
from service.store.tables import TrackVersionRow
from tests.service.api.conftest import House
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, png


def configure(house: House, x: float) -> None:
    pose = {"x": x, "y": 90, "scale": 0.5}
    track = {"begin": pose, "middle": pose | {"x": x + 100}, "end": pose | {"x": x + 200}}
    camera = {"url": "rtsp://camera.example/", "width": 640, "height": 360}
    body = {"name": "Quad", "camera": camera, "track": track}
    assert house.call("PUT", "/lifts/demo-quad", json=body).status_code in {200, 201}


def history(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.call("GET", "/lifts/demo-quad/tracks", Role.VIEWER).json()["items"]
    return found


def active_masks(house: House) -> int:
    items = house.call("GET", "/lifts/demo-quad/masks").json()["items"]
    return int(next(item["version"] for item in items if item["active"]))


@pytest.fixture
def moved(house: House) -> House:
    """A lift whose camera was moved: another track, and new masks for it."""
    configure(house, 100)
    assert house.enrol().status_code == 201
    configure(house, 300)
    assert house.enrol(files={"open": ("o.png", png(draw_mask(OPEN_Y + 10)))}).status_code == 201
    return house


def test_going_back_takes_track_and_masks_in_one_call(moved: House) -> None:
    """And forward again likewise; each version says which masks were used on it."""
    assert [(one["version"], one["mask_version"], one["active"]) for one in history(moved)] == [
        (2, 2, True),
        (1, 1, False),
    ]
    for version, x in ((1, 100), (2, 300), (2, 300)):
        refreshed = moved.cameras.refreshed
        answer = moved.call("POST", f"/lifts/demo-quad/tracks/{version}/activate", Role.OPERATOR)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["active"], answer.json()["mask_version"]) == (True, version)
        assert moved.call("GET", "/lifts/demo-quad").json()["track"]["begin"]["x"] == x
        assert active_masks(moved) == version
        assert moved.cameras.refreshed > refreshed
    assert len(history(moved)) == 2
    assert moved.call("POST", "/lifts/demo-quad/tracks/9/activate").status_code == 404
    assert active_masks(moved) == 2


def test_a_track_of_pictures_of_another_size_is_not_gone_back_to(moved: House) -> None:
    """Its poses would be somewhere else in those of now: refused with a code, and nothing is changed."""
    for size, status in (((180, 320), 409), ((360, 640), 200)):
        moved.call("POST", "/lifts/demo-quad/tracks/1/activate")
        view = cv2.imencode(".jpg", np.full((*size, 3), 90, np.uint8))[1].tobytes()
        changed = update(TrackVersionRow).where(TrackVersionRow.version == 2).values(picture=view)
        moved.store.write(partial(Session.execute, statement=changed)).result()
        answer = moved.call("POST", "/lifts/demo-quad/tracks/2/activate", Role.OPERATOR)
        assert answer.status_code == status, answer.text
        assert active_masks(moved) == (1 if status == 409 else 2)
        assert history(moved)[0]["active"] is (status == 200)
        assert status == 200 or answer.json()["code"] == "other_size"


def test_a_track_is_shown_in_the_view_that_it_was_made_for(moved: House) -> None:
    """Drawn into the picture; without one there is none."""
    view = cv2.imencode(".jpg", np.full((360, 640, 3), 90, np.uint8))[1].tobytes()
    moved.store.write(lambda session: tracks.keep_picture(session, "demo-quad", view)).result()
    newest, first = history(moved)
    assert first["picture"] is None
    assert moved.call("GET", "/lifts/demo-quad/tracks/1/picture.jpg").status_code == 404
    answer = moved.call("GET", newest["picture"], Role.VIEWER)
    shown = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (360, 640, 3)
    assert shown.std() > 5


def test_each_version_of_the_masks_can_be_seen(moved: House) -> None:
    """As it was drawn."""
    for path, y_px in (("1/open", OPEN_Y), ("2/open", OPEN_Y + 10), ("2/close", CLOSE_Y)):
        answer = moved.call("GET", f"/lifts/demo-quad/masks/{path}.png", Role.VIEWER)
        shown = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert shown is not None
        assert (shown == draw_mask(y_px)).all()
    assert moved.call("GET", "/lifts/demo-quad/masks/2/other.png").status_code == 422
    assert moved.call("GET", "/lifts/demo-quad/masks/7/open.png").status_code == 404
