"""Cameras over HTTP whose pace is set while they run, and ears for what supervisors report."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np

from lifts.schema import Camera, Lift, Pose, Track
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from tests.tools.http_server import Quiet, web_server

Serve = Callable[[Callable[[bytes], object]], None]
"""Sends a camera's pictures by what it is given, until the client hangs up: OSError."""

TRACK = Track(
    begin=Pose(x=80, y=90, scale=2.0), middle=Pose(x=160, y=90, scale=2.0), end=Pose(x=240, y=90, scale=2.0)
)


def lift_at(url: str, lift_id: str = "test") -> WatchedLift:
    """A lift that is watched at this address, without carriers."""
    camera = Camera(url=url, width=320, height=180)
    return WatchedLift(Lift(id=lift_id, name=lift_id, camera=camera, track=TRACK), None, {}, loop_file=True)


class MjpegCamera:
    """Pictures over HTTP, so many a second; None: as fast as they are taken. Set `stalled`, and none come."""

    def __init__(self, fps: float | None) -> None:
        self.fps = fps
        self.stalled = threading.Event()
        self.closing = threading.Event()
        rng = np.random.default_rng(1)
        pictures = rng.integers(0, 255, (10, 18, 32, 3), np.uint8)
        big = (cv2.resize(small, (320, 180), interpolation=cv2.INTER_NEAREST) for small in pictures)
        self._jpegs = [cv2.imencode(".jpg", image)[1].tobytes() for image in big]

    def serve(self, send: Callable[[bytes], object]) -> None:
        """Send pictures until the client hangs up."""
        chance = np.random.default_rng(2)  # no order that could be taken for carriers
        while not self.closing.is_set():
            if self.stalled.is_set():
                self.closing.wait(0.05)
                continue
            jpeg = self._jpegs[int(chance.integers(len(self._jpegs)))]
            send(
                b"--p\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"
            )
            if self.fps is not None:
                self.closing.wait(1.0 / self.fps)

    @contextmanager
    def plugged_in(self) -> Iterator[str]:
        """Serve; gives the address."""
        with mjpeg_server(lambda _: self.serve) as port:
            try:
                yield f"http://127.0.0.1:{port}/"
            finally:
                self.closing.set()


@contextmanager
def mjpeg_server(admit: Callable[[BaseHTTPRequestHandler], Serve | None]) -> Iterator[int]:
    """Answer each request with the pictures of what `admit` returns, with nothing more if None; the port."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            serve = admit(self)
            if serve is None:
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=p")
            self.end_headers()
            try:
                serve(self.wfile.write)
            except OSError:
                return

    with web_server(Handler) as port:
        yield port


class SilentServer:
    """Accepts every connection, says `greeting`, then nothing; held_s: how long each client bore it."""

    def __init__(self, greeting: bytes = b"") -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._greeting = greeting
        self.port = self._server.getsockname()[1]
        self.held_s: list[float] = []
        self.given_up = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._hold, args=(connection,), daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        began_s = time.monotonic()
        with connection:
            try:
                connection.sendall(self._greeting)
                while connection.recv(4096):
                    pass
            except OSError:
                pass
        self.held_s.append(time.monotonic() - began_s)
        self.given_up.set()

    def close(self) -> None:
        """Accept no more."""
        self._server.close()


class Heard:
    """What a supervisor reports, with its times; `until` waits for a report."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[tuple[float, CameraEvent]] = []

    def __call__(self, event: CameraEvent) -> None:
        """Take a report, from any thread."""
        with self._changed:
            self.events.append((time.monotonic(), event))
            self._changed.notify_all()

    def until(
        self, wanted: Callable[[CameraEvent], bool], after_s: float = 0.0, timeout_s: float = 40.0
    ) -> tuple[float, CameraEvent]:
        """Return the first such report after a time (time.monotonic()), and when it came."""
        found: list[tuple[float, CameraEvent]] = []

        def there() -> bool:
            found[:] = [(t_s, event) for t_s, event in self.events if t_s > after_s and wanted(event)][:1]
            return bool(found)

        with self._changed:
            assert self._changed.wait_for(there, timeout_s), [event for _, event in self.events][-5:]
        return found[0]

    def statuses(self, after_s: float = 0.0) -> list[tuple[float, CameraStatus]]:
        """Every status report after a time."""
        with self._changed:
            return [(t, e) for t, e in self.events if t > after_s and isinstance(e, CameraStatus)]


def live(event: CameraEvent) -> bool:
    """Whether a report says that frames come."""
    return isinstance(event, CameraStatus) and event.state is CameraState.LIVE
