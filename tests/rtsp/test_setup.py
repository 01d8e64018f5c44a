"""A lift is set up from a real RTSP camera with a password that the service has stored."""

from pathlib import Path
from typing import Any

import pytest

from service.domain.people import Role
from service.usecases.samples import sample_folder, video_of
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.api.conftest import House, _plain_logs, make_house
from tests.service.api.test_setup import ask, await_end, picture

__all__ = ["_plain_logs", "make_house"]

PASSWORD = "Canary/#?@: %é"


def begin(house: House, url: str, password: str, seconds: float) -> dict[str, Any]:
    secret = {"host": "127.0.0.1", "user": "viewer", "password": password}
    house.call("PUT", "/cameras/secrets/quad", Role.OPERATOR, json=secret)
    body = {"url": url, "credentials": "quad", "seconds": seconds}
    started = ask(house, "POST", "", json=body)
    assert started.status_code == 202, started.text
    job = await_end(house)
    assert "Canary" not in str(job)
    return job


@pytest.fixture
def video() -> Path:
    folder = sample_folder("demo-double")
    assert folder is not None
    return video_of(folder)


def test_a_wrong_password_fails_with_its_code(
    video: Path, rtsp: Serve, make_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job says so, and can be started again."""
    monkeypatch.setenv("RTSP_PASSWORD", PASSWORD)
    with rtsp({"cam": video}) as addresses:
        job = begin(make_house(), addresses["cam"], "Canary2", 15)
    assert (job["state"], job["problem"]["code"]) == ("failed", "wrong_password")


@pytest.mark.slow
def test_a_live_camera_is_recorded_followed_and_learnt(
    video: Path, rtsp: Serve, make_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a file; its picture is shown meanwhile, and the carriers can be cut out again afterwards."""
    monkeypatch.setenv("RTSP_PASSWORD", PASSWORD)
    house: House = make_house()
    with rtsp({"cam": video}) as addresses:
        job = begin(house, addresses["cam"], PASSWORD, 22)
        assert (job["state"], job["problem"]) == ("ready", None)
        assert job["proposal"]["interval_s"] == pytest.approx(5.2, rel=0.02)
        assert picture(ask(house, "GET", "/picture.jpg")).shape == (720, 1280, 3)
        moved = job["proposal"]["track"]["begin"] | {"scale": None, "angle": None}
        assert ask(house, "PUT", "/track", json={"begin": moved}).status_code == 202
        again = await_end(house)
    assert (again["state"], again["carriers"]) == ("ready", job["carriers"])
