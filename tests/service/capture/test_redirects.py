"""A camera's password goes to the camera's host alone, whatever that host answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from service.capture.source import StreamSource
from service.domain.camera import Credentials
from service.domain.errors import SourceError, SourceProblem
from service.station.probe import probe_here

CREDENTIALS = Credentials("viewer", "s3cret-word")


@dataclass
class RtspHost:
    """Something that speaks RTSP at a loopback address; answers: status and headers, by method."""

    address: str
    answers: dict[str, str]
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.socket = socket.create_server((self.address, 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"rtsp://{self.address}:{self.port}/live"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        data = b""
        while True:
            try:
                while b"\r\n\r\n" not in data:
                    if not (more := connection.recv(4096)):
                        return
                    data += more
                request, _, data = data.partition(b"\r\n\r\n")
                text = request.decode()
                self.requests.append(text)
                method = text.split()[0]
                number = next(line for line in text.split("\r\n") if line.startswith("CSeq"))
                answer = self.answers.get(method, '401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"')
                status, _, more_headers = answer.partition("\r\n")
                more_headers = f"{more_headers}\r\n" if more_headers else ""
                connection.sendall(f"RTSP/1.0 {status}\r\n{number}\r\n{more_headers}\r\n".encode())
            except OSError:
                return

    @property
    def was_told(self) -> bool:
        """Whether anybody gave it a password, or its user."""
        return any("Authorization" in one or "viewer" in one for one in self.requests)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(120)


@pytest.fixture
def host() -> Iterator[Callable[..., RtspHost]]:
    made: list[RtspHost] = []

    def make(address: str = "127.0.0.1", **answers: str) -> RtspHost:
        made.append(RtspHost(address, {"OPTIONS": "200 OK\r\nPublic: DESCRIBE", **answers}))
        return made[-1]

    yield make
    for each in made:
        each.close()


def problem_of(url: str) -> SourceProblem | None:
    with pytest.raises(SourceError) as refused:
        next(iter(StreamSource(url, credentials=CREDENTIALS)))
    assert "s3cret-word" not in str(refused.value)
    return refused.value.problem


@pytest.mark.fault(20)
@pytest.mark.fault(36)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "305 Use Proxy"])
@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE"])
def test_a_password_does_not_follow_a_redirect(
    host: Callable[..., RtspHost], status: str, method: str
) -> None:
    """The other host is not even dialled, and neither of them was told anything."""
    other = host("127.0.0.2")
    camera = host(**{method: f"{status}\r\nLocation: {other.url}"})
    assert problem_of(camera.url) is SourceProblem.REDIRECTED
    assert (other.requests, camera.was_told) == ([], False)
    found = probe_here(camera.url, credentials=CREDENTIALS)
    assert found.problem is SourceProblem.REDIRECTED


def test_a_redirect_within_the_host_is_followed(host: Callable[..., RtspHost]) -> None:
    """To another port or path of it, with the password, which is for that host."""
    other = host()
    camera = host(DESCRIBE=f"302 Found\r\nLocation: {other.url}")
    assert problem_of(camera.url) is SourceProblem.WRONG_PASSWORD
    assert other.was_told


@pytest.mark.parametrize("place", ["rtsp://127.0.0.1@127.0.0.2/", "rtsp:///x", "//127.0.0.2/", "no address"])
def test_a_redirect_that_can_be_read_in_two_ways_is_refused(
    host: Callable[..., RtspHost], place: str
) -> None:
    """What FFmpeg would make of it is not waited for."""
    camera = host(DESCRIBE=f"302 Found\r\nLocation: {place}")
    assert problem_of(camera.url) is SourceProblem.REDIRECTED
    assert not camera.was_told


def test_what_is_no_rtsp_is_left_for_the_decoder(host: Callable[..., RtspHost]) -> None:
    """An answer that makes no sense, or none, is no redirect; nor is a host that is not there."""
    for answers in ({"OPTIONS": "nonsense"}, {"OPTIONS": "302 Found"}, {"DESCRIBE": "404 Not Found"}):
        camera = host(**answers)
        assert problem_of(camera.url) is not SourceProblem.REDIRECTED
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert problem_of(f"rtsp://127.0.0.1:{port}/live") is SourceProblem.REFUSED
