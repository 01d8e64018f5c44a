"""Lifts over HTTP: enrolment, configuration, classification."""

import base64
from typing import Any

import cv2
import numpy as np
import pytest

from lifts.geometry import pose_at
from lifts.schema import Track
from service.domain.camera import CameraState
from service.domain.people import Role
from service.store import masks
from service.store.audit import entries
from tests.service.api.conftest import House, status_of
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, jpeg, png

TRACK = {
    "begin": {"x": 200.0, "y": 200.0, "scale": 0.5},
    "middle": {"x": 320.0, "y": 240.0, "scale": 0.5},
    "end": {"x": 440.0, "y": 280.0, "scale": 0.5},
}
LIFT: dict[str, Any] = {
    "name": "Demo quad",
    "seats": 4,
    "camera": {"url": "rtsp://camera.example/stream", "width": 640, "height": 480},
    "track": TRACK,
}


def classify(house: House, *images: bytes, registered: str = "true", lift_id: str = "demo-quad") -> Any:
    files = [("image", ("picture", image)) for image in images]
    path = f"/lifts/{lift_id}/classify?registered={registered}"
    return house.call("POST", path, Role.VIEWER, files=files)


def test_two_masks_register_a_new_lift(house: House) -> None:
    """POST masks on an unknown lift answers 201 with version 1 and registers it under the given name."""
    answer = house.enrol("new-lift", data={"name": "New lift"})
    assert answer.status_code == 201
    body = answer.json()
    assert body["lift_id"] == "new-lift"
    assert body["version"] == 1
    assert (body["quality"], body["armed"]) == ("not_measured", False)
    assert body["warnings"] == []
    assert body["separation"] > 0.5
    assert body["model"].startswith("tiny-1")
    lift = house.call("GET", "/lifts/new-lift", Role.VIEWER).json()
    assert (lift["name"], lift["mask_version"]) == ("New lift", 1)


def test_a_track_that_is_hard_to_follow_is_warned_of(house: House) -> None:
    """Begin, middle and end nearly at one place: enrolled, with a warning that passages will not be found."""
    same = dict.fromkeys(("begin", "middle"), TRACK["middle"])
    track = {**same, "end": {**TRACK["middle"], "x": TRACK["middle"]["x"] + 20}}
    assert house.call("PUT", "/lifts/demo-quad", Role.ADMIN, json={**LIFT, "track": track}).is_success
    assert "a carrier moves by only" in house.enrol("demo-quad").json()["warnings"][0]


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("open", b"plain text", "not an image"),
        ("open", png(np.zeros((200, 200), np.uint8)), "empty"),
        ("close", png(np.full((200, 200), 255, np.uint8)), "nearly full"),
        ("close", png(draw_mask(OPEN_Y)), "nearly alike"),
        ("open", png(np.zeros((480, 640), np.uint8)), "no track"),
        ("open", b"", "empty"),
    ],
)
def test_bad_masks_are_refused_with_a_reason(
    shared_house: House, part: str, content: bytes, said: str
) -> None:
    """422 says why, and nothing is stored."""
    answer = shared_house.enrol("bad-lift", files={part: ("x.png", content)})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert shared_house.call("GET", "/lifts/bad-lift").status_code == 404


def test_swapped_masks_are_noticed_by_a_reference(house: House) -> None:
    """A reference picture that looks like the other mask is refused as swapped."""
    references = {"reference_open": ("r.jpg", jpeg(draw_picture(CLOSE_Y)))}
    answer = house.enrol(files=references)
    assert answer.status_code == 422
    assert "swapped" in answer.json()["detail"]


def test_history_and_roll_back(house: House) -> None:
    """Each enrolment is a version; an earlier one can be activated again, and judges again."""
    assert house.enrol().json()["version"] == 1
    other = {"close": ("c.png", png(draw_mask(90)))}
    assert house.enrol(files=other).json()["version"] == 2
    assert classify(house, png(draw_picture(90))).json()["verdict"] == "closed"
    answer = house.call("POST", "/lifts/demo-quad/masks/1/activate")
    assert answer.status_code == 200
    items = house.call("GET", "/lifts/demo-quad/masks", Role.VIEWER).json()["items"]
    assert [(item["version"], item["active"]) for item in items] == [(2, False), (1, True)]
    judged = classify(house, png(draw_picture(CLOSE_Y))).json()
    assert (judged["verdict"], judged["mask_version"]) == ("closed", 1)
    assert house.call("POST", "/lifts/demo-quad/masks/9/activate").status_code == 404


@pytest.mark.parametrize(("y", "verdict"), [(OPEN_Y, "open"), (CLOSE_Y, "closed")])
@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_pictures_are_judged_by_the_nearer_mask(house: House, y: int, verdict: str, count: int) -> None:
    """One to twelve registered pictures give one verdict with a distance pair for each."""
    house.enrol()
    answer = classify(house, *[png(draw_picture(y, seed=n)) for n in range(count)])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["verdict"] == verdict
    assert (body["margin"] < 0) is (verdict == "open")
    assert body["confidence"] > 0.99
    assert body["occupied"] is True
    assert body["mask_version"] == 1
    assert body["elapsed_ms"] > 0
    assert len(body["images"]) == count
    assert set(body["images"][0]) == {"distance_open", "distance_closed", "verdict"}


def frame(y: int, *moments: str) -> bytes:
    """Return a camera frame with the carrier at these poses of the track."""
    camera = np.full((480, 640, 3), 90, np.uint8)
    picture = draw_picture(y)
    for moment in moments:
        track = Track.model_validate(TRACK)
        pose = TRACK[moment] if moment in TRACK else pose_at(track, float(moment)).model_dump()
        big = cv2.resize(picture, None, fx=1 / pose["scale"], fy=1 / pose["scale"])
        x, y0 = int(pose["x"] - 200), int(pose["y"] - 200)
        top, left = max(y0, 0), max(x, 0)
        bottom, right = min(y0 + 400, 480), min(x + 400, 640)
        camera[top:bottom, left:right] = big[top - y0 : bottom - y0, left - x : right - x]
    return png(camera)


@pytest.mark.parametrize(("y", "verdict"), [(OPEN_Y, "open"), (CLOSE_Y, "closed")])
@pytest.mark.parametrize(
    "moments",
    [
        ("middle",),
        ("begin", "end"),
        ("begin", "middle", "end"),
        ("0", "0.25", "0.5", "0.75", "1"),
    ],
)
def test_camera_frames_are_registered_first(
    house: House, y: int, verdict: str, moments: tuple[str, ...]
) -> None:
    """?registered=false: one frame is the middle, two begin and end, more are spread evenly."""
    house.call("PUT", "/lifts/demo-quad", json=LIFT)
    house.enrol()
    answer = classify(house, *[frame(y, moment) for moment in moments], registered="false")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["verdict"], len(body["images"])) == (verdict, len(moments))
    assert {image["verdict"] for image in body["images"]} == {verdict}
    small = png(np.zeros((240, 320, 3), np.uint8))
    assert classify(house, small, registered="false").status_code == 422


def test_a_dark_picture_is_unknown(house: House) -> None:
    """What shows nothing is never called closed: unknown, with the reason."""
    house.enrol()
    body = classify(house, png(np.zeros((200, 200, 3), np.uint8))).json()
    assert body["verdict"] == "unknown"
    assert "dark" in body["reason"]


def test_classify_shows_where_the_bar_was_seen(house: House) -> None:
    """Only where it is asked for: one PNG a picture, lit on the open bar."""
    house.enrol()
    assert classify(house, png(draw_picture(OPEN_Y))).json()["why"] is None
    files = [
        ("image", ("x.png", png(draw_picture(OPEN_Y)))),
        ("image", ("y.png", png(draw_picture(CLOSE_Y)))),
    ]
    shown = house.call("POST", "/lifts/demo-quad/classify?why=true", files=files).json()["why"]
    drawn = [
        cv2.imdecode(np.frombuffer(base64.b64decode(one), np.uint8), cv2.IMREAD_UNCHANGED) for one in shown
    ]
    lit = [[bool(one[y, 100, 3] > 100) for y in (OPEN_Y, CLOSE_Y)] for one in drawn if one is not None]
    assert lit == [[True, False], [False, True]]


def test_classify_says_what_is_missing(house: House) -> None:
    """404 without the lift, 409 without masks or track, 422 for wrong sizes and counts, 415 for no form."""
    picture = png(draw_picture(OPEN_Y))
    assert classify(house, picture).status_code == 404
    house.call("PUT", "/lifts/demo-quad", json={"name": "x"})
    assert classify(house, picture).status_code == 409
    house.enrol()
    assert classify(house, picture, registered="false").status_code == 409
    assert classify(house, *[picture] * 13).status_code == 422
    assert classify(house, png(np.zeros((100, 100, 3), np.uint8))).status_code == 422
    path = "/lifts/demo-quad/classify"
    assert house.call("POST", path, json={"image": "x"}).status_code == 415
    assert house.call("POST", path, files={"other": ("x", picture)}).status_code == 422


def test_a_lost_worker_is_503(house: House) -> None:
    """An engine that is down gives 503 with Retry-After, not a verdict."""
    house.enrol()
    house.engine.down = True
    answer = classify(house, png(draw_picture(OPEN_Y)))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_configuration_is_that_of_lift_toml(house: House) -> None:
    """PUT takes lift.toml's shape, GET gives it back, PUT takes what GET gave; cameras follow each time."""
    assert house.call("PUT", "/lifts/demo-quad", json=LIFT).status_code == 201
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad", CameraState.DEGRADED)
    found = house.call("GET", "/lifts/demo-quad", Role.VIEWER).json()
    defaults: dict[str, Any] = {"transport": "tcp", "credentials": None, "substream": None, "stream": "main"}
    assert found["camera"] == defaults | LIFT["camera"]
    assert found["track"]["middle"] == {"x": 320.0, "y": 240.0, "scale": 0.5, "angle": 0.0}
    assert found["camera_status"]["state"] == "degraded"
    assert found["mask_version"] is None
    found["name"] = "Renamed"
    again = house.call("PUT", "/lifts/demo-quad", json=found)
    assert (again.status_code, again.json()["name"]) == (200, "Renamed")
    assert house.cameras.refreshed == 2
    listed = house.call("GET", "/lifts", Role.VIEWER).json()["items"]
    assert [lift["id"] for lift in listed] == ["demo-quad"]
    assert house.call("DELETE", "/lifts/demo-quad").status_code == 204
    assert house.call("GET", "/lifts/demo-quad").status_code == 404
    assert house.call("DELETE", "/lifts/demo-quad").status_code == 404
    assert house.cameras.refreshed == 3


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "/dev/video0",
        "concat:a|b",
        "exec:reboot",
        "gopher://camera/x",
        "rtsp://",
        "http://169.254.169.254/latest/meta-data",
        "rtsp://admin:canary@camera/stream",
        "http://camera/video?password=canary",
        "rtsp://camera/\nx",
        " ",
    ],
)
def test_camera_urls_that_are_no_cameras_are_refused(shared_house: House, url: str) -> None:
    """422 with a reason, for either stream, and no secret comes back in it."""
    for streams in ({"url": url}, {"url": "rtsp://camera/main", "substream": url}):
        camera = {**streams, "width": 640, "height": 480}
        answer = shared_house.call("PUT", "/lifts/demo-quad", json={**LIFT, "camera": camera})
        assert answer.status_code == 422, answer.text
        assert "canary" not in answer.text


def test_file_cameras_where_allowed(make_house: Any) -> None:
    """A file of the server is a camera only where the setting says so."""
    house = make_house(allow_file_cameras=True)
    camera = {"url": "/videos/demo.mp4", "width": 640, "height": 480}
    assert house.call("PUT", "/lifts/demo-quad", json={**LIFT, "camera": camera}).status_code == 201


@pytest.mark.parametrize(
    "change", [{"id": "other"}, {"unknown": 1}, {"seats": 0}, {"name": ""}, {"track": {"begin": {}}}]
)
def test_wrong_configuration_is_refused(shared_house: House, change: dict[str, Any]) -> None:
    """422 names where the mistake is."""
    answer = shared_house.call("PUT", "/lifts/demo-quad", json={**LIFT, **change})
    assert answer.status_code == 422
    assert next(iter(change)) in answer.json()["detail"]


def test_a_drawing_that_hardly_shows_the_bar_is_told_at_enrolment(house: House) -> None:
    """Of the closed bar a stub is drawn: stored, watched, not armed, with what to do; nothing is refused."""
    stub = draw_mask(CLOSE_Y)
    stub[:, 62:] = 0
    answer = house.enrol(files={"close": ("close.png", png(stub))})
    assert answer.status_code == 201
    found = answer.json()["not_armed"]
    assert (found["reason"], answer.json()["quality"]) == ("closed_bar_short", "weak")
    assert found["message"].startswith(
        "not armed: NO-GO: in the drawings, what tells the closed bar from the open"
    )
    assert "move the camera" in found["message"]


def test_a_lift_says_whether_it_is_armed_and_what_is_missing(house: House) -> None:
    """At enrolment, in the list, after a review: a code, its numbers, a sentence; PUT takes GET's answer."""
    answer = house.enrol(files={"reference_open": ("r.png", png(draw_picture(OPEN_Y)))}).json()
    assert (answer["armed"], answer["quality"]) == (False, "not_measured")
    assert answer["not_armed"]["reason"] == "not_confirmed"
    assert (answer["not_armed"]["parameters"]["open"], answer["not_armed"]["parameters"]["closed"]) == (1, 0)
    assert answer["not_armed"]["message"].startswith("not armed: confirmed so far: 1 open, 0 closed;")
    [listed] = house.call("GET", "/lifts", Role.VIEWER).json()["items"]
    assert {key: listed[key] for key in ("armed", "quality", "not_armed")} == {
        key: answer[key] for key in ("armed", "quality", "not_armed")
    }
    house.add_passage("p-1")  # shows an open bar
    house.call("POST", "/passages/p-1/review", Role.OPERATOR, json={"verdict": "closed"})
    assert house.runtime.arming_now("demo-quad").reason == "confirmed_misjudged"
    assert house.call("GET", "/lifts/demo-quad").json()["quality"] == "weak"
    house.arm()
    shown = house.call("GET", "/lifts/demo-quad").json()
    assert (shown["armed"], shown["not_armed"], shown["quality"]) == (True, None, "good")
    assert house.call("PUT", "/lifts/demo-quad", json=shown).status_code == 200
    history = house.call("GET", "/lifts/demo-quad/masks").json()["items"]
    assert [version["quality"] for version in history] == ["good"]


def test_reference_pictures_can_be_deleted(house: House) -> None:
    """They show somebody, perhaps: of every version, the masks stay, and who did it is in the audit."""
    for _ in range(2):
        assert house.enrol(files={"reference_open": ("r.png", png(draw_picture(OPEN_Y)))}).status_code == 201
    assert house.call("DELETE", "/lifts/demo-quad/masks/references", Role.OPERATOR).status_code == 403
    assert house.call("DELETE", "/lifts/demo-quad/masks/references").status_code == 204
    with house.store.reading() as session:
        assert [version.references for version in masks.history(session, "demo-quad").items] == [{}, {}]
        assert entries.listing(session, action="masks.forget_references")[0].subject == "demo-quad"
    active = house.runtime.pipeline.active_masks("demo-quad")
    assert active is not None
    assert active.references == {}
    assert house.call("DELETE", "/lifts/nowhere/masks/references").status_code == 404
