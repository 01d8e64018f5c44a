"""Setting up a lift by the API, as the page and a script do: a sample's recording as its camera."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from service.domain.camera import WatchedLift
from service.domain.people import Role
from service.passages.learnt import load, load_from_setup
from service.station.supervisor import CameraSupervisor
from service.store import lifts, masks
from service.usecases.samples import sample_folder, video_of
from tests.service.api.conftest import House

SECONDS = 18


@pytest.fixture(scope="module")
def camera() -> str:
    folder = sample_folder("demo-double")
    assert folder is not None
    return str(video_of(folder))


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house(allow_file_cameras=True)


def ask(house: House, method: str, path: str, role: Role = Role.OPERATOR, **content: Any) -> Any:
    return house.call(method, f"/lifts/my-lift/setup{path}", role, **content)


def await_end(house: House) -> dict[str, Any]:
    end_s = time.monotonic() + 300.0
    while time.monotonic() < end_s:
        job: dict[str, Any] = ask(house, "GET", "", Role.VIEWER).json()
        if job["state"] != "running":
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def picture(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.thorough
def test_a_lift_is_set_up_from_its_address_to_a_learnt_line(house: House, camera: str) -> None:
    """Address, job, track, carriers, picks, correction, watching: the camera begins with what was learnt."""
    assert ask(house, "GET", "").json()["code"] == "no_setup"
    assert ask(house, "POST", "", json={}).json()["code"] == "no_camera"
    started = ask(house, "POST", "", json={"url": camera, "name": "My lift", "seconds": SECONDS})
    assert started.status_code == 202, started.text
    assert ask(house, "POST", "", json={"url": camera}).json()["code"] == "setup_running"
    (listed,) = house.call("GET", "/setups", Role.VIEWER).json()["items"]
    assert (listed["lift_id"], listed["name"], listed["watched"]) == ("my-lift", "My lift", False)
    assert ask(house, "POST", "/watch").json()["code"] == "setup_not_ready"
    job = await_end(house)
    assert (job["state"], job["problem"]) == ("ready", None), job
    assert (job["width"], job["height"], job["name"], job["watched"]) == (1280, 720, "My lift", False)
    assert job["proposal"]["interval_s"] == pytest.approx(5.2, rel=0.02)
    assert job["proposal"]["warnings"] == []
    assert picture(ask(house, "GET", "/picture.jpg?track=true")).shape == (720, 1280, 3)

    seen = ask(house, "GET", "/carriers", Role.VIEWER).json()
    assert len(seen["items"]) == job["carriers"] >= 3
    for path in seen["items"][0]["pictures"].values():
        assert picture(house.call("GET", path, Role.VIEWER)).shape == (200, 200, 3)
    picked = ask(house, "PUT", "/carriers/1/pick", json={"state": "open", "occupied": True}).json()
    assert (picked["items"][0]["pick"]["state"], picked["items"][0]["pick"]["by"]) == ("open", "the operator")
    assert ask(house, "DELETE", "/carriers/1/pick").json()["items"][0]["pick"] is None
    assert ask(house, "PUT", "/carriers/99/pick", json={"state": "open"}).status_code == 404

    watched = ask(house, "POST", "/watch")
    assert watched.json()["watched"] is True
    assert house.cameras.refreshed == 1
    with house.store.reading() as session:
        lift = lifts.get(session, "my-lift")
    assert lift.track is not None
    assert lift.track.model_dump() == job["proposal"]["track"]
    assert house.enrol("my-lift").status_code == 201
    with house.store.reading() as session:
        version = masks.active(session, "my-lift")
    assert version is not None
    memory = house.runtime.settings.data / "learnt" / "my-lift.npz"
    learnt = load_from_setup(memory, WatchedLift(lift, version.masks, version.references))
    assert learnt is not None
    assert learnt.line.interval_s == pytest.approx(5.2, rel=0.02)
    assert learnt.line.place_certain
    watching = CameraSupervisor(WatchedLift(lift, version.masks, {}), lambda _: None, memory=memory)
    assert watching._learnt is not None
    assert load(memory, WatchedLift(lift, version.masks, {})) is None
    other = lift.model_copy(update={"track": None})
    assert load_from_setup(memory, WatchedLift(other, version.masks, {})) is None

    assert house.call("DELETE", "/lifts/my-lift").status_code == 204
    assert ask(house, "GET", "").status_code == 404
    assert not list((house.runtime.settings.data / "setup").iterdir())


def test_begin_and_end_follow_the_path_when_they_are_moved(
    house: House, camera: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scale comes from the path; what lies off it, or the wrong way round, is refused with a code."""
    from tests.service.usecases.setup import processes  # noqa: PLC0415

    monkeypatch.setattr(house.runtime.setup.board, "_main", processes.finding)
    ask(house, "POST", "", json={"url": camera, "seconds": SECONDS})
    found = await_end(house)
    assert found["proposal"]["track"]["begin"]["x"] == 100
    seen = ask(house, "GET", "/carriers").json()["items"][0]["pictures"]["middle"]
    assert house.call("GET", seen).status_code == 200
    moved = ask(house, "PUT", "/track", json={"begin": {"x": 140, "y": 92}})
    assert moved.status_code == 202, moved.text
    job = await_end(house)
    begin, middle, end = (job["proposal"]["track"][name] for name in ("begin", "middle", "end"))
    assert (begin["x"], begin["y"], begin["scale"]) == (140, 92, pytest.approx(0.5))
    assert middle["x"] == pytest.approx(220, abs=1)
    assert (end["x"], job["revision"]) == (300, found["revision"] + 1)
    assert house.call("GET", seen).status_code == 404
    stale = f"/carriers/1/pick?revision={found['revision']}"
    assert ask(house, "PUT", stale, json={"state": "open"}).json()["code"] == "other_carriers"
    assert ask(house, "DELETE", stale).json()["code"] == "other_carriers"
    assert job["proposal"]["passage_s"] == pytest.approx(2.4, abs=0.02)
    for body, code in (
        ({"begin": {"x": 300, "y": 90}, "end": {"x": 100, "y": 90}}, "too_short_a_way"),
        ({"end": {"x": 145, "y": 90}}, "too_short_a_way"),
        ({"begin": {"x": -2000, "y": 90}}, "off_the_path"),
        ({"begin": {"x": 140, "y": 400}}, "off_the_path"),
        ({"end": {"x": 1e308, "y": -1e308}}, "off_the_path"),
    ):
        refused = ask(house, "PUT", "/track", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert ask(house, "PUT", "/track", json={"begin": {"x": "nan", "y": 1}}).status_code == 422


def test_what_may_not_be_dialled_is_refused_before_anything_starts(make_house: Any, tmp_path: Path) -> None:
    """A file, a password in clear, another host's password; variables of the environment but for an admin."""
    house: House = make_house()
    secret = {"host": "camera.example", "user": "a", "password": "Canary"}
    house.call("PUT", "/cameras/secrets/quad", json=secret)
    for body in (
        {"url": str(tmp_path / "a.mp4")},
        {"url": "rtsp://a:Canary@127.0.0.1/"},
        {"url": "rtsp://127.0.0.1/", "credentials": "quad"},
        {"url": "rtsp://@camera.example/", "credentials": "quad"},
        {"url": "rtsp://:@CAMERA.example/", "credentials": "quad"},
    ):
        answer = ask(house, "POST", "", json=body)
        assert answer.status_code == 422, answer.text
        assert "Canary" not in answer.text
    assert ask(house, "POST", "", json={"url": "rtsp://${A}@127.0.0.1/"}).status_code == 403
    assert ask(house, "GET", "").status_code == 404


def test_a_lift_is_not_watched_with_a_password_that_is_gone(
    make_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was deleted since the job began, when no lift had it: said before the lift is stored."""
    from tests.service.usecases.setup import processes  # noqa: PLC0415

    house: House = make_house()
    monkeypatch.setattr(house.runtime.setup.board, "_main", processes.finding)
    secret = {"host": "camera.example", "user": "a", "password": "Canary"}
    house.call("PUT", "/cameras/secrets/quad", json=secret)
    body = {"url": "rtsp://camera.example/", "credentials": "quad"}
    assert ask(house, "POST", "", json=body).status_code == 202
    assert await_end(house)["state"] == "ready"
    assert house.call("DELETE", "/cameras/secrets/quad").status_code == 204
    refused = ask(house, "POST", "/watch")
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_secret")
    assert house.call("GET", "/lifts/my-lift").status_code == 404
    house.call("PUT", "/cameras/secrets/quad", json=secret)
    assert ask(house, "POST", "/watch").status_code == 200
