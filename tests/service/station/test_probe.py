"""An address that is not a camera's is answered with the reason, soon; a forbidden one is never dialled."""

import itertools
import json
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from multiprocessing.connection import Connection
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from service.cli import app
from service.domain.camera import DialTerms, ProbeResult
from service.domain.errors import BarwatchError, ConfigurationError, ConflictError, SourceProblem
from service.domain.people import Role
from service.station import probe
from service.station.probe import compared, probe_apart, probe_here
from tests.service.api.conftest import House, _plain_logs, make_house
from tests.service.passages.scripted import Image, Scene, frames
from tests.service.station.test_live import http_camera, silent
from tests.tools.http_server import Quiet, web_server

__all__ = ["_plain_logs", "http_camera", "make_house", "silent"]


class _Pages(Quiet, BaseHTTPRequestHandler):
    """A web server that is not a camera: a page, a redirect, a refusal, a missing page."""

    def do_GET(self) -> None:
        self.send_response({"/": 200, "/moved": 302, "/closed": 403}.get(self.path, 404))
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Router</title>" + b"<p>Welcome</p>" * 50)

    def do_OPTIONS(self) -> None:
        self.do_GET()


@pytest.fixture
def web() -> Iterator[str]:
    with web_server(_Pages) as port:
        yield f"127.0.0.1:{port}"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_each_trouble_has_its_reason(web: str, silent: int) -> None:
    """Name, port, silence, another kind of server, a missing path, a wrong password."""
    wanted: dict[str, SourceProblem] = {
        "rtsp://no-such-camera.invalid/live": SourceProblem.NO_SUCH_HOST,
        f"rtsp://127.0.0.1:{closed_port()}/live": SourceProblem.REFUSED,
        f"http://127.0.0.1:{closed_port()}/live": SourceProblem.REFUSED,
        f"rtsp://127.0.0.1:{silent}/live": SourceProblem.TIMED_OUT,
        f"http://{web}/": SourceProblem.NOT_A_CAMERA,
        f"http://{web}/moved": SourceProblem.NOT_A_CAMERA,
        f"rtsp://{web}/": SourceProblem.NOT_A_CAMERA,
        f"http://{web}/nothing": SourceProblem.NOT_FOUND,
        f"http://{web}/closed": SourceProblem.WRONG_PASSWORD,
    }
    found = {url: probe_here(url) for url in wanted}
    assert {url: result.problem for url, result in found.items()} == wanted
    for result in found.values():
        assert len(result.reason) > 20
        assert (result.jpeg, result.width, result.fps) == (b"", 0, None)


def test_a_camera_over_http_is_seen(http_camera: str) -> None:
    """MJPEG: its rate is that of its arrival."""
    found = probe_here(f"{http_camera.replace('user:canary@', '')}/stream")
    assert (found.problem, found.width, found.height, found.codec) == (None, 320, 180, "mjpeg")
    assert found.fps is not None
    assert 5 < found.fps < 17
    assert found.jpeg.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "/etc/passwd", "/dev/video0", "http://169.254.169.254/", "rtsp://a:Canary/1@cam/"],
)
def test_an_address_that_cannot_be_stored_is_not_opened(url: str, make_house: Callable[..., House]) -> None:
    """422 with the same reasons as for a lift's camera; nothing of a password comes back."""
    answer = make_house().call("POST", "/cameras/probe", json={"url": url})
    assert answer.status_code == 422
    assert "Canary" not in answer.text


@pytest.mark.fault(21)
@pytest.mark.fault(36)
def test_the_resolved_address_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host's name may stand for an address that no camera has: it is not dialled."""
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))],
    )
    with pytest.raises(ConfigurationError, match="no camera's address"):
        probe_here("http://metadata.example/")


def test_only_an_administrator_sends_the_services_variables_to_a_host(
    make_house: Callable[..., House],
) -> None:
    """An operator probes addresses without any: ${NAME} would go to whatever host the address names."""
    address = {"url": f"rtsp://${{NOT_SET_1}}@127.0.0.1:{closed_port()}/"}
    house = make_house()
    assert house.call("POST", "/cameras/probe", Role.OPERATOR, json=address).status_code == 403
    plain = {"url": address["url"].replace("${NOT_SET_1}@", "")}
    assert house.call("POST", "/cameras/probe", Role.OPERATOR, json=plain).json()["problem"] == "refused"


def test_a_variable_that_is_not_set_is_reported(make_house: Callable[..., House]) -> None:
    """By the probe's process, as 422."""
    answer = make_house().call("POST", "/cameras/probe", json={"url": "rtsp://${NOT_SET_1}@127.0.0.1/"})
    assert answer.status_code == 422
    assert "NOT_SET_1" in answer.json()["detail"]


def hang(connection: Connection, url: str, transport: str, terms: DialTerms) -> None:
    """A camera that holds the process for ever."""
    connection.poll(None)


@pytest.mark.thorough
def test_one_at_a_time_and_a_hanging_one_is_ended() -> None:
    """A second caller is told to wait; a process that does not answer in time is ended."""
    found = probe_apart("rtsp://127.0.0.1:1/", timeout_s=0.01, main=hang)
    assert found.problem is SourceProblem.TIMED_OUT
    with probe._one, pytest.raises(ConflictError, match="try again"):
        probe_apart("rtsp://127.0.0.1/")


def load(connection: Connection, url: str, transport: str, terms: DialTerms) -> None:
    """A process that a slow machine takes three seconds to load."""
    while time.process_time() < 3.0:
        pass
    connection.send(ProbeResult(width=1))


@pytest.mark.slow
def test_a_process_that_is_still_loading_is_no_silent_camera() -> None:
    """What counts is for how long it makes no use of the processor."""
    assert probe_apart("rtsp://127.0.0.1:1/", timeout_s=2.0, main=load).width == 1


def test_a_second_stream_has_to_show_the_same_view_in_the_same_shape() -> None:
    """By a picture of each: smaller is well, another view or another shape is a problem with a reason."""
    shown = next(itertools.islice(frames(Scene(seconds=1.0)), 5, None)).image

    def seen(picture: Image) -> ProbeResult:
        jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
        return ProbeResult(jpeg=jpeg, width=picture.shape[1], height=picture.shape[0])

    def smaller(picture: Image, size: tuple[int, int]) -> Image:
        return np.asarray(cv2.resize(picture, size), np.uint8)

    first = seen(shown)
    assert compared(first, seen(smaller(shown, (320, 180)))) is None
    mirrored = compared(first, seen(smaller(shown[:, ::-1], (320, 180))))
    squeezed = compared(first, seen(smaller(shown, (352, 288))))
    assert mirrored is not None
    assert mirrored.problem is SourceProblem.ANOTHER_SCENE
    assert mirrored.reason
    assert squeezed is not None
    assert squeezed.problem is SourceProblem.ANOTHER_SHAPE
    dark = seen(np.zeros_like(shown))
    assert compared(dark, seen(np.zeros((180, 320, 3), np.uint8))) is None


def test_whose_problem_it_is_stands_beside_it(make_house: Callable[..., House]) -> None:
    """A second stream is dialled by the same rules, and only once the first was seen."""
    house = make_house()
    body = {"url": "rtsp://127.0.0.1:1/live", "substream": "rtsp://127.0.0.1:1/small"}
    answer = house.call("POST", "/cameras/probe", Role.OPERATOR, json=body)
    assert (answer.json()["problem"], answer.json()["stream"]) == ("refused", "main")
    body["substream"] = "rtsp://169.254.169.254/"
    assert house.call("POST", "/cameras/probe", Role.OPERATOR, json=body).status_code == 422
    body["substream"] = "rtsp://${CAMERA_USER}@127.0.0.1/"
    assert house.call("POST", "/cameras/probe", Role.OPERATOR, json=body).status_code == 403


def test_the_command_line_says_it_in_one_line_with_status_1(web: str) -> None:
    """In words, or as JSON; a password in clear is refused before anything is dialled."""
    run: Callable[..., Any] = CliRunner().invoke
    failed = run(app, ["probe", f"http://{web}/"])
    assert isinstance(failed.exception, BarwatchError)
    assert "not a camera" in str(failed.exception)
    as_json = run(app, ["probe", f"http://{web}/", "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["problem"] == "not_a_camera"
    clear = run(app, ["probe", f"http://a:Canary#1@{web}/"])
    assert isinstance(clear.exception, ConfigurationError)
    assert "Canary" not in str(clear.exception) + clear.output
