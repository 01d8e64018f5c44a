"""Live cameras without a real one: HTTP from a real server, silence, refusals, devices that are not there."""

import itertools
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np
import pytest

from service.capture.files import FileSource
from service.capture.source import StreamSource, open_source
from service.domain.errors import SourceError
from service.domain.frame import Frame
from tests.service.capture.videos import drawn
from tests.tools.http_server import Quiet, web_server

PERIOD_S = 0.06
PICTURES = 12
CUT = 7
"""Which picture of the server's lacks its second half."""


class _Camera(Quiet, BaseHTTPRequestHandler):
    """MJPEG as cameras serve it: 16 pictures a second, whatever FFmpeg takes their rate for."""

    def do_GET(self) -> None:
        if self.path == "/secret":
            self.send_error(401)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for index in range(PICTURES):
            jpeg = cv2.imencode(".jpg", drawn(index))[1].tobytes()
            if index == CUT:
                jpeg = jpeg[: len(jpeg) // 2]
            head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            self.wfile.write(head.encode() + jpeg + b"\r\n")
            if self.path == "/stream":
                time.sleep(PERIOD_S)  # the camera's own pace


@pytest.fixture
def http_camera() -> Iterator[str]:
    """The address of a camera that serves some pictures and hangs up."""
    with web_server(_Camera) as port:
        yield f"http://user:canary@127.0.0.1:{port}"


def accepting(answer: bytes) -> Callable[[socket.socket], None]:
    def run(server: socket.socket) -> None:
        with closing(server):
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with closing(connection):
                connection.sendall(answer)
                while connection.recv(4096):  # until the client gives up
                    pass

    return run


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts, and then says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accepting(b""), args=(server,), daemon=True)
    thread.start()
    yield server.getsockname()[1]
    thread.join(5)


def failure(source: FileSource | StreamSource) -> str:
    with pytest.raises(SourceError) as caught:
        for _ in source:
            pass
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_mjpeg_comes_at_the_pace_of_its_arrival(http_camera: str) -> None:
    """Every picture with its colours, 60 ms apart as sent, not 40 as FFmpeg guesses; then the stream ends."""
    frames: list[Frame] = []
    source = StreamSource(f"{http_camera}/stream")
    with pytest.raises(SourceError, match=f"after {PICTURES} frames"):
        frames.extend(source)
    assert len(frames) == PICTURES
    assert source.decoder == "mjpeg"
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(frames)]
    assert min(steps) > 0
    assert np.mean(steps) >= 0.9 * PERIOD_S
    assert all(np.abs(f.bgr().astype(int) - drawn(f.index)).mean() < 4 for f in frames if f.index != CUT)
    assert [frame.index for frame in frames if frame.damaged] == [CUT]


def test_a_camera_that_says_nothing_is_given_up(silent: int) -> None:
    """A server that accepts and is silent is not waited for longer than the time-out; no password leaks."""
    message = failure(StreamSource(f"rtsp://user:canary@127.0.0.1:{silent}/live", open_timeout_s=0.5))
    assert "no answer within 0.5 s" in message
    assert "canary" not in message


def test_the_default_time_out_is_under_three_seconds() -> None:
    """The service's defaults."""
    assert StreamSource("rtsp://camera/live")._timeouts[0] < 3.0


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://user:canary@127.0.0.1:1/live",
        "http://user:canary@127.0.0.1:1/live?token=canary",
        "{http}/secret?password=canary",
        "{http}/nothing/canary-free?key=canary",
    ],
)
def test_no_message_and_no_log_line_has_the_password(
    url: str, http_camera: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Refused, unauthorised or ended: neither the error nor anything that FFmpeg writes has the secret."""
    with caplog.at_level(logging.DEBUG):
        message = failure(open_source(url.format(http=http_camera)))
    assert "127.0.0.1" in message
    out, err = capfd.readouterr()
    assert "canary" not in (message.replace("canary-free", "") + caplog.text + out + err)


def test_what_is_no_camera_is_refused_by_name() -> None:
    """A server of something else is a SourceError."""
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accepting(b"220 mail ready\r\n"), args=(server,), daemon=True)
    thread.start()
    assert "127.0.0.1" in failure(
        StreamSource(f"rtsp://127.0.0.1:{server.getsockname()[1]}/", open_timeout_s=0.5)
    )
    thread.join(5)


@pytest.mark.parametrize("url", ["/dev/video97", "v4l2:/dev/video97"])
def test_a_local_camera_that_is_not_there_is_a_source_error(url: str) -> None:
    """Both ways to write it, and both say which one."""
    source = open_source(url, size=(1280, 720))
    assert isinstance(source, StreamSource)
    assert "/dev/video97" in failure(source)
