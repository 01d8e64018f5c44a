"""Those who must be served whatever happens: one that follows the alarms, one that acknowledges them."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import Any, NamedTuple

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.soak.background import Background
from tests.soak.watchman import Watchman
from tests.tools.processes import SIGNED


class SeenAlarm(NamedTuple):
    """An alarm as the follower got it, and when, time.monotonic()."""

    seq: int
    at_s: float
    alarm: dict[str, Any]


class Follower(Background):
    """Follows the alarms from the first on; cut off, it comes back with the last seq that it saw."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url.replace("http", "ws", 1) + "/alarms?after="
        self.seen: list[SeenAlarm] = []
        self.epochs: set[str] = set()
        self.unreadable = 0
        self.unstored = 0
        self.connections = 0
        self._last = 0
        self._socket: socket.socket | None = None

    @property
    def last(self) -> int:
        """The newest seq that it has seen."""
        return self._last

    def cut(self) -> None:
        """Break its connection without a word."""
        found = self._socket
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def until(self, seq: int, timeout_s: float) -> bool:
        """Wait until it has seen this seq; say whether it has."""
        limit_s = time.monotonic() + timeout_s
        while self._last < seq and time.monotonic() < limit_s:
            self._stopping.wait(0.1)
        return self._last >= seq

    def stop(self) -> None:
        """Leave."""
        self._stopping.set()
        self.cut()
        super().stop()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                with connect(f"{self._url}{self._last}", additional_headers=SIGNED, open_timeout=5) as feed:
                    self.connections += 1
                    self._socket = feed.socket
                    for message in feed:
                        self._take(json.loads(message))
            except (OSError, TimeoutError, WebSocketException):
                pass
            self._socket = None
            self._stopping.wait(0.2)

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "hello":
            self.epochs.add(message["epoch"])
        elif kind == "alarm":
            self._last = message["seq"]
            self.seen.append(SeenAlarm(message["seq"], time.monotonic(), message["alarm"]))
        elif kind == "unreadable":
            self._last = message["seq"]
            self.unreadable += 1
        elif kind == "unstored":
            self.unstored = max(self.unstored, len(message["alarms"]))


class Acknowledger(Background):
    """Acknowledges alarms of the bar, about as fast as they come, and takes the time of each answer."""

    def __init__(self, watchman: Watchman, follower: Follower) -> None:
        super().__init__()
        self._watchman, self._follower = watchman, follower
        self.took_ms: list[float] = []
        self.others: dict[str, int] = {}
        """How often what else was answered, or nothing."""

    def _work(self) -> None:
        done = 0
        with httpx.Client(base_url=self._watchman.url, headers=SIGNED, timeout=10.0) as client:
            while not self._stopping.wait(0.1):
                waiting = self._follower.seen[done:]
                done += len(waiting)
                for _, _, alarm in waiting:
                    if alarm["state"] == "active" and alarm["kind"] == "bar_open":
                        self._acknowledge(client, alarm["id"])

    def _acknowledge(self, client: httpx.Client, alarm_id: str) -> None:
        begun_s = time.monotonic()
        try:
            status = client.post(f"/alarms/{alarm_id}/acknowledge").status_code
        except httpx.TransportError as error:
            self._note(type(error).__name__)
            return
        if status == 200:
            self.took_ms.append(1000.0 * (time.monotonic() - begun_s))
        else:
            self._note(str(status))

    def _note(self, what: str) -> None:
        self.others[what] = self.others.get(what, 0) + 1
