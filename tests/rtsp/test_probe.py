"""A real RTSP camera is probed: what it shows, or what is wrong with its address."""

import base64
import json
import queue
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lifts.schema import Camera, Lift
from service.cli import app
from service.domain.camera import CameraStatus, WatchedLift
from service.domain.people import Role
from service.station.probe import probe_here
from service.station.supervisor import CameraSupervisor
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.api.conftest import House, _plain_logs, make_house
from tests.service.capture.videos import drawn, write_video
from tests.service.station.test_supervisor import TRACK, await_event, live

__all__ = ["_plain_logs", "make_house"]

PASSWORD = "Canary/#?@: %é"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a.mp4", list(range(0, 6000, 40)))


@pytest.mark.thorough
def test_a_camera_shows_its_picture_size_rate_codec_and_delay(
    recording: Path, rtsp: Serve, make_house: Any, tmp_path: Path
) -> None:
    """By the API, in a process of its own, and on the command line alike."""
    house: House = make_house()
    with rtsp({"cam": recording}) as addresses:
        answer = house.call("POST", "/cameras/probe", Role.ADMIN, json={"url": addresses["cam"]})
        assert answer.status_code == 200, answer.text
        line = ["probe", addresses["cam"], "--picture", str(tmp_path / "p.jpg"), "--json"]
        result = CliRunner().invoke(app, line, catch_exceptions=False)
        lost = house.call("POST", "/cameras/probe", json={"url": f"{addresses['cam']}2"}).json()
    found, printed = answer.json(), json.loads(result.stdout)
    assert result.exit_code == 0
    for seen in (found, printed):
        assert (seen["width"], seen["height"], seen["codec"]) == (320, 180, "h264")
        assert seen["fps"] == pytest.approx(25, abs=0.5)
        assert 0 < seen["delay_s"] < 15
        assert (seen["problem"], seen["reason"]) == (None, "")
    for data in (base64.b64decode(found["picture"]), (tmp_path / "p.jpg").read_bytes()):
        shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert shown is not None
        assert np.abs(shown.astype(int) - drawn(0)).mean() < 8
    assert (lost["problem"], lost["picture"]) == ("not_found", None)


def test_a_wrong_password_is_recognised(
    recording: Path, rtsp: Serve, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The right one may hold any character; no password, or another one, is `wrong_password`."""
    monkeypatch.setenv("RTSP_PASSWORD", PASSWORD)
    with rtsp({"cam": recording}) as addresses:
        url = addresses["cam"].replace("rtsp://", "rtsp://viewer:${QUAD_PASSWORD}@").replace("viewer", "${U}")
        monkeypatch.setenv("U", "viewer")
        monkeypatch.setenv("QUAD_PASSWORD", PASSWORD)
        right = probe_here(url)
        monkeypatch.setenv("QUAD_PASSWORD", "Canary2")
        wrong, none = probe_here(url), probe_here(addresses["cam"])
    assert (right.problem, right.width) == (None, 320)
    assert {wrong.problem, none.problem} == {"wrong_password"}
    assert "password" in wrong.reason
    out, err = capfd.readouterr()
    assert "Canary" not in out + err + wrong.reason


@pytest.mark.thorough
def test_a_stored_password_opens_its_camera(
    recording: Path, rtsp: Serve, make_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a probe and for the camera's own process, which asks when it dials; a wrong one is told."""
    monkeypatch.setenv("RTSP_PASSWORD", PASSWORD)
    house: House = make_house()
    secret = {"host": "127.0.0.1", "user": "viewer", "password": "Canary2"}
    heard: queue.Queue[Any] = queue.Queue()
    with rtsp({"cam": recording}) as addresses:
        url = addresses["cam"]

        def stored(password: str) -> Any:
            house.call("PUT", "/cameras/secrets/quad", Role.OPERATOR, json=secret | {"password": password})
            body = {"url": url, "credentials": "quad"}
            return house.call("POST", "/cameras/probe", Role.OPERATOR, json=body).json()

        assert stored("Canary2")["problem"] == "wrong_password"
        camera = Camera(url=url, width=320, height=180, credentials="quad")
        lift = Lift(id="my-lift", name="A", camera=camera, track=TRACK)
        supervisor = CameraSupervisor(
            WatchedLift(lift, None, {}), heard.put, find_credentials=house.runtime.vault.credentials
        )
        supervisor.start()
        try:
            told = await_event(
                heard, lambda event: isinstance(event, CameraStatus) and "cam" in event.message
            )
            assert "Canary" not in repr(told)
            assert stored(PASSWORD)["width"] == 320
            await_event(heard, live)
        finally:
            supervisor.stop()
