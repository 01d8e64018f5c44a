"""A camera is dialled at the address that was checked, and nowhere else, whatever it answers."""

from __future__ import annotations

import ipaddress
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.capture.source import StreamSource
from service.domain.camera import CameraNetworks, Credentials
from service.domain.errors import ConfigurationError, SourceError, SourceProblem
from tests.service.capture.test_redirects import RtspHost, host
from tests.service.capture.videos import drawn
from tests.tools.http_server import Quiet, web_server

__all__ = ["host"]

ONLY_FIRST = CameraNetworks((ipaddress.ip_network("127.0.0.1/32"),))


class _Pictures(Quiet, BaseHTTPRequestHandler):
    """MJPEG; notes which host it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        import cv2  # noqa: PLC0415

        self.asked.append(self.headers["Host"])
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{self.connection.getsockname()[1]}/")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=p")
        self.end_headers()
        for number in range(6):
            jpeg = cv2.imencode(".jpg", drawn(number))[1].tobytes()
            self.wfile.write(b"--p\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg))
            self.wfile.write(jpeg + b"\r\n")


@pytest.fixture
def pictures() -> Iterator[tuple[int, list[str]]]:
    """A camera over HTTP at 127.0.0.1: its port, and the hosts that it was asked for."""
    handler = type("Handler", (_Pictures,), {"asked": []})
    with web_server(handler) as port:
        yield port, handler.asked  # type: ignore[attr-defined]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make a name lead to one address after the other; gives the list of what was looked up."""

    def lead(*addresses: str) -> list[str]:
        found, asked = iter(addresses), list[str]()

        def look_up(name: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(name)
            address = next(found) if name.endswith(".example") else name
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr("service.capture.hosts.socket.getaddrinfo", look_up)
        return asked

    return lead


@pytest.mark.fault(21)
@pytest.mark.fault(36)
def test_a_name_is_looked_up_once(pictures: tuple[int, list[str]], names: Callable[..., list[str]]) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) gets nobody there: it is asked once."""
    port, asked = pictures
    looked_up = names("127.0.0.1", "169.254.169.254")
    frames = list(itertools.islice(StreamSource(f"http://camera.example:{port}/"), 3))
    assert len(frames) == 3
    assert looked_up.count("camera.example") == 1
    assert asked == [f"camera.example:{port}"]


@pytest.mark.fault(36)
def test_an_http_redirect_is_not_followed(pictures: tuple[int, list[str]]) -> None:
    """Neither to another host nor to the camera's own: what it sends is no stream."""
    port, asked = pictures
    with pytest.raises(SourceError):
        next(iter(StreamSource(f"http://127.0.0.1:{port}/moved")))
    assert asked == [f"127.0.0.1:{port}"]


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.2:{port}/a.ts\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile http://127.0.0.2:{port}/a.ts\n",
    "sdp": "v=0\nm=video {port} RTP/AVP 96\nc=IN IP4 127.0.0.2\na=rtpmap:96 H264/90000\n",
    "smil": '<smil><body><video src="http://127.0.0.2:{port}/"/></body></smil>',
    "dash": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<BaseURL>http://127.0.0.2:{port}/</BaseURL><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"/></AdaptationSet></Period></MPD>',
}


@pytest.mark.fault(21)
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_list_of_other_addresses_is_no_camera(kind: str) -> None:
    """What a camera sends may not send FFmpeg on: play lists and descriptions are not read."""
    with socket.create_server(("127.0.0.2", 0)) as other:
        other.settimeout(0.2)
        text = PLAYLISTS[kind].format(port=other.getsockname()[1]).encode()

        class Sends(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text)

        with web_server(Sends) as port, pytest.raises(SourceError):
            next(iter(StreamSource(f"http://127.0.0.1:{port}/list.{kind}")))
        with pytest.raises(TimeoutError):
            other.accept()


@pytest.mark.fault(36)
@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE"])
def test_where_a_redirect_leads_is_looked_at_again(host: Callable[..., RtspHost], method: str) -> None:
    """No camera's address, or outside the networks: not dialled. An allowed one is, without a password."""
    other = host("127.0.0.2")
    camera = host(**{method: f"302 Found\r\nLocation: {other.url}"})
    with pytest.raises(ConfigurationError) as refused:
        next(iter(StreamSource(camera.url, networks=ONLY_FIRST)))
    assert refused.value.code == "outside_camera_networks"
    assert other.requests == []
    with pytest.raises(SourceError) as unknown:
        next(iter(StreamSource(camera.url)))
    assert unknown.value.problem is SourceProblem.WRONG_PASSWORD
    assert other.requests
    for place in ("rtsp://169.254.169.254/", "rtsp://2852039166/", "rtsp://[::ffff:a9fe:a9fe]/"):
        metadata = host(**{method: f"302 Found\r\nLocation: {place}"})
        with pytest.raises(ConfigurationError, match="no camera's address"):
            next(iter(StreamSource(metadata.url)))


@pytest.mark.fault(36)
def test_a_redirect_that_comes_with_the_password_is_not_followed(host: Callable[..., RtspHost]) -> None:
    """Only once it knows who asks, the camera sends FFmpeg elsewhere: that host is not dialled."""
    other = host("127.0.0.2")
    camera = host()
    challenge = '401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"'
    answers = iter([challenge, f"302 Found\r\nLocation: {other.url}"])
    camera.answers = _Turns(camera.answers, answers)
    with pytest.raises(SourceError) as refused:
        next(iter(StreamSource(camera.url, credentials=Credentials("viewer", "s3cret-word"))))
    assert refused.value.problem is SourceProblem.REDIRECTED
    assert camera.was_told
    assert other.requests == []


class _Turns(dict[str, str]):
    """Answers to DESCRIBE that come in turn."""

    def __init__(self, usual: dict[str, str], turns: Iterator[str]) -> None:
        super().__init__(usual)
        self._turns = turns

    def get(self, method: str, default: str) -> str:  # type: ignore[override]
        return next(self._turns, default) if method == "DESCRIBE" else super().get(method, default)


@pytest.mark.fault(36)
def test_one_that_redirects_for_ever_is_given_up(host: Callable[..., RtspHost]) -> None:
    """To itself, within its own host."""
    camera = host()
    camera.answers["OPTIONS"] = f"302 Found\r\nLocation: {camera.url}"
    with pytest.raises(SourceError) as refused:
        next(iter(StreamSource(camera.url)))
    assert refused.value.problem is SourceProblem.REDIRECTED
    assert len(camera.requests) == 3


def test_an_encrypted_camera_is_reached(certificate: ssl.SSLContext) -> None:
    """https, with a certificate of its own making; the same pictures."""
    handler = type("Handler", (_Pictures,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = certificate.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        frames = list(itertools.islice(StreamSource(f"https://127.0.0.1:{port}/"), 3))
        assert [frame.width for frame in frames] == [320] * 3
        with pytest.raises(SourceError) as plain:
            next(iter(StreamSource(f"rtsps://127.0.0.1:{port}/")))
        assert plain.value.problem is SourceProblem.NOT_A_CAMERA
    finally:
        server.shutdown()
        server.server_close()
        thread.join(120)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a camera that signs its own certificate speaks TLS with."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    path = tmp_path_factory.mktemp("tls") / "camera.pem"
    path.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
