"""Cameras whose lines never stop, over HTTP: carriers are open, occupied, and leave at known times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np

from tests.faults.cameras import Serve, mjpeg_server
from tests.faults.scenes import FPS, PERIOD_S, picture

TF_S = 0.25
"""When a carrier is at TF, in seconds of its camera's period; and how long before that it was at TD."""
TRACK_S = 3.25

TINT = np.array((-30, 0, 70), np.int16)
"""Less blue and more red: the tiny network sees somebody on every seat that is red."""

_PICTURES = 140  # the line's 20 pictures with 7 patterns of noise


class EndlessCamera:
    """One camera; its line goes on by the monotonic clock whether or not anybody looks.

    Args:
        number: from 0 on; each camera's carriers pass at other moments.
        origin_s: when all lines began, time.monotonic().
    """

    def __init__(self, number: int, origin_s: float) -> None:
        self.lift_id = f"soak-{number}"
        self._origin_s = origin_s + 0.61 * number
        self.closing = threading.Event()
        self.refusing = threading.Event()
        self.silent = threading.Event()

    def leaves_s(self, from_s: float, to_s: float) -> list[float]:
        """Return when carriers left between two times, time.monotonic()."""
        first = int((from_s - self._origin_s - TF_S) / PERIOD_S) + 1
        last = int((to_s - self._origin_s - TF_S) / PERIOD_S)
        return [self._origin_s + TF_S + number * PERIOD_S for number in range(first, last + 1)]

    def send(self, jpegs: list[bytes], write: Callable[[bytes], object]) -> None:
        """Send pictures until it is closed or cut; raises OSError when the client hangs up."""
        shown = -1
        while not self.closing.is_set() and not self.refusing.is_set():
            number = int((time.monotonic() - self._origin_s) * FPS)
            if self.silent.is_set() or number == shown:
                due_s = self._origin_s + (number + 1) / FPS - time.monotonic()
                self.closing.wait(max(due_s, 0.001))
                continue
            jpeg, shown = jpegs[number % len(jpegs)], number
            write(
                b"--p\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"
            )


def drawn() -> list[bytes]:
    """Return the line's pictures as JPEG."""
    images = (np.clip(picture(number) + TINT, 0, 255).astype(np.uint8) for number in range(_PICTURES))
    return [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes() for image in images]


@contextmanager
def plugged_in(cameras: list[EndlessCamera]) -> Iterator[str]:
    """Serve them all, each at /NUMBER; gives the address before the number."""
    jpegs = drawn()

    def admit(request: BaseHTTPRequestHandler) -> Serve | None:
        camera = cameras[int(request.path.strip("/"))]
        return None if camera.refusing.is_set() else partial(camera.send, jpegs)

    with mjpeg_server(admit) as port:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            for camera in cameras:
                camera.closing.set()
