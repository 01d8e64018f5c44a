"""A client of the alarms that lives through the loss of services: it resumes at the next one, by `seq`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.tools.processes import SIGNED

SILENT_S = 12.0
"""Heartbeats come every 5 s: a service that says nothing for so long is taken for lost."""


class ResumingFeed:
    """Follows the alarms at one of several services.

    Args:
        feeds: the addresses of their WebSockets.
        after: the `seq` to begin after; None: the newest at the first connection.
    """

    def __init__(self, feeds: Sequence[str], after: int | None = None) -> None:
        self._feeds, self._first = list(feeds), after
        self.seen: list[int] = []
        """What it was sent, in order."""
        self.epochs: set[str] = set()
        self.tried = 0
        """How often it lost a service, or found none."""
        self.at: int | None = None
        """Which service it follows now; None while it follows none."""
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="feed")
        self._thread.start()

    def stop(self) -> None:
        """End; what was received stays."""
        self._stopping.set()
        self._thread.join()

    def await_connection(self, not_at: int, timeout_s: float) -> float | None:
        """Wait until it follows a service but `not_at`; return when that was (monotonic), None: never."""
        with self._changed:
            there = self._changed.wait_for(lambda: self.at not in {None, not_at}, timeout_s)
            return time.monotonic() if there else None

    def await_newest(self) -> int:
        """Return the `seq` up to which it has received everything; waits for its first connection."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None)
            assert self._newest is not None
            return self._newest

    def await_seq(self, seq: int, timeout_s: float) -> bool:
        """Wait until everything up to `seq` was received; say whether it was."""
        with self._changed:
            return self._changed.wait_for(lambda: (self._newest or 0) >= seq, timeout_s)

    @property
    def _newest(self) -> int | None:
        return self.seen[-1] if self.seen else self._first

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen(self.tried % len(self._feeds))
            except (OSError, TimeoutError, WebSocketException):
                self._stopping.wait(0.1)
            finally:
                with self._changed:
                    self.at = None
            self.tried += 1

    def _listen(self, number: int) -> None:
        after = "" if self._newest is None else f"?after={self._newest}"
        address = f"{self._feeds[number]}{after}"
        with connect(address, additional_headers=SIGNED, open_timeout=3.0, close_timeout=1.0) as feed:
            hello = json.loads(feed.recv(SILENT_S))
            with self._changed:
                self.epochs.add(hello["epoch"])
                if self._first is None:
                    self._first = hello["seq"]
                self.at = number
                self._changed.notify_all()
            heard_s = time.monotonic()
            while not self._stopping.is_set():
                try:
                    message = json.loads(feed.recv(0.5))
                except TimeoutError:
                    if time.monotonic() - heard_s > SILENT_S:
                        raise
                    continue
                heard_s = time.monotonic()
                if message["type"] == "alarm":
                    with self._changed:
                        self.seen.append(message["seq"])
                        self._changed.notify_all()
