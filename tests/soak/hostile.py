"""Clients that mean no good, each from another address than those who must be served."""

from __future__ import annotations

import base64
import contextlib
import os
import random
import socket
import struct
import zlib
from collections.abc import Callable

import httpx

from tests.soak.background import Background
from tests.soak.watchman import Watchman
from tests.tools.processes import SIGNED

THEM = "127.0.0.66"
"""Their address: limits are counted by it."""

PATIENCE_S = 5.0


def png_bomb(side: int = 30_000) -> bytes:
    """Return a PNG of 900 million black pixels in about a megabyte or less."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows, packer = bytes(1 + side // 8), zlib.compressobj(9)
    packed = b"".join(packer.compress(rows) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


class Hostiles(Background):
    """Does one bad thing after another, at random, until it is stopped.

    Args:
        watchman: whose service is attacked.
        chance: what decides.
    """

    patience_s = 60.0

    def __init__(self, watchman: Watchman, chance: random.Random) -> None:
        super().__init__()
        self._port, self._url, self._chance = watchman.port, watchman.url, chance
        self._bomb = png_bomb()
        self._held: list[socket.socket] = []
        self.done: dict[str, int] = {}
        self.server_errors: list[str] = []
        """What was answered with 5xx, but 503."""

    def stop(self) -> None:
        """End, and let go of every connection."""
        super().stop()
        self._let_go()

    def _work(self) -> None:
        deeds = (self.guess, self.bomb, self.half_open, self.read_nothing, self.babble, self.climb)
        deck = list[Callable[[], None]]()
        while not self._stopping.wait(self._chance.uniform(0.2, 2.0)):
            deck = deck or self._chance.sample(deeds, len(deeds))  # each comes as often as any other
            deed = deck.pop()
            with contextlib.suppress(OSError, httpx.TransportError):
                deed()
            self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1
            if len(self._held) > 150:
                self._let_go()

    def guess(self) -> None:
        """Try twenty wrong tokens."""
        for _ in range(20):
            self._call("GET", "/lifts", headers={"Authorization": f"Bearer {os.urandom(24).hex()}"})

    def bomb(self) -> None:
        """Hand in a picture of 900 million pixels, for a lift that is there or not."""
        lift = self._chance.choice(("soak-0", "nowhere"))
        files = {"image": ("bomb.png", self._bomb, "image/png")}
        self._call("POST", f"/lifts/{lift}/classify", headers=SIGNED, files=files)

    def half_open(self) -> None:
        """Open twenty connections, and end no header."""
        for _ in range(20):
            held = self._connect()
            self._held.append(held)
            held.sendall(b"GET /alarms HTTP/1.1\r\nHost: x\r\nX-Slow: ")

    def read_nothing(self) -> None:
        """Follow the alarms, and read none."""
        held = self._connect(receive=1024)
        self._held.append(held)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /alarms?after=0 HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Authorization: {SIGNED['Authorization']}", "", ""]
        held.sendall("\r\n".join(lines).encode())

    def babble(self) -> None:
        """Send random bytes."""
        with self._connect() as held:
            held.sendall(self._chance.randbytes(4096))
            held.recv(4096)

    def climb(self) -> None:
        """Ask for files elsewhere, and for dates at the calendar's ends."""
        for path in (
            "/passages/..%2f..%2fetc%2fpasswd/pictures/1.jpg",
            "/console/..%2f..%2f..%2fetc/passwd",
            "/alarms?from=0001-01-01T00:00%2B14:00",
            "/alarms?to=9999-12-31T23:59-14:00",
            "/passages?limit=-1",
        ):
            self._call("GET", path, headers=SIGNED)

    def _call(self, method: str, path: str, **content: object) -> None:
        transport = httpx.HTTPTransport(local_address=THEM)
        with httpx.Client(transport=transport, base_url=self._url, timeout=PATIENCE_S) as client:
            status = client.request(method, path, **content).status_code  # type: ignore[arg-type]
        if status >= 500 and status != 503:
            self.server_errors.append(f"{method} {path}: {status}")

    def _connect(self, receive: int | None = None) -> socket.socket:
        made = socket.socket()
        if receive is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        made.settimeout(PATIENCE_S)
        made.bind((THEM, 0))
        try:
            made.connect(("127.0.0.1", self._port))
        except OSError:
            made.close()
            raise
        return made

    def _let_go(self) -> None:
        for held in self._held:
            held.close()
        self._held.clear()
