"""A client of the alarms that lives through the loss of services: it resumes at the next one, by `seq`."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

SILENT_S = 12.0
"""Heartbeats come every 5 s: a service that says nothing for so long is taken for lost."""


class ResumingFeed:
    """Follows the alarms at one of several services.

    Args:
        urls: of the services, `http://HOST:PORT`. headers: that sign in.
    """

    def __init__(self, urls: Sequence[str], headers: dict[str, str]) -> None:
        self._urls, self._headers = list(urls), headers
        self.received: Counter[int] = Counter()
        self.epochs: set[str] = set()
        self.at: int | None = None
        """Which service it follows now; None while it follows none."""
        self.connected = threading.Condition()
        self.disorder: list[tuple[int, int]] = []
        """Pairs of `seq`, of which the second came right after the first and should not have."""
        self._after: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="feed")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was received stays."""
        self._stopping.set()
        self._thread.join()

    def await_connection(self, not_at: int | None, timeout_s: float) -> float | None:
        """Wait until it follows a service but `not_at`; return when that was (monotonic), None: never."""
        with self.connected:
            there = self.connected.wait_for(lambda: self.at is not None and self.at != not_at, timeout_s)
            return time.monotonic() if there else None

    def newest(self) -> int:
        """Return the `seq` up to which it has received everything; waits for its first connection."""
        with self.connected:
            self.connected.wait_for(lambda: self._after is not None)
            assert self._after is not None
            return self._after

    def await_seq(self, seq: int, timeout_s: float) -> bool:
        """Wait until everything up to `seq` was received; say whether it was."""
        with self.connected:
            return self.connected.wait_for(lambda: (self._after or 0) >= seq, timeout_s)

    def _follow(self) -> None:
        tried = 0
        while not self._stopping.is_set():
            try:
                self._listen(tried % len(self._urls))
            except (OSError, TimeoutError, WebSocketException):
                self._stopping.wait(0.1)
            finally:
                with self.connected:
                    self.at = None
            tried += 1

    def _listen(self, number: int) -> None:
        after = "" if self._after is None else f"?after={self._after}"
        address = f"{self._urls[number].replace('http', 'ws', 1)}/alarms{after}"
        with connect(address, additional_headers=self._headers, open_timeout=3.0, close_timeout=1.0) as feed:
            hello = json.loads(feed.recv(SILENT_S))
            self.epochs.add(hello["epoch"])
            with self.connected:
                if self._after is None:
                    self._after = hello["seq"]
                self.at = number
                self.connected.notify_all()
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
                    self._note(message["seq"])

    def _note(self, seq: int) -> None:
        with self.connected:
            if self._after is not None and seq != self._after + 1:
                self.disorder.append((self._after, seq))
            self.received[seq] += 1
            self._after = seq
            self.connected.notify_all()
