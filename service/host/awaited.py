"""What one thread waits for and others make true, or the end of the service: nobody looks again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Awaited:
    """Wakes whoever waits: after each change, and for good when the service ends. Safe from any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._changes = 0
        self._ends = threading.Event()
        self._calls: set[Callable[[], object]] = set()

    def changed(self, *_: object) -> None:
        """Say that what somebody waits for may be so now; takes no time."""
        with self._condition:
            self._changes += 1
            self._condition.notify_all()

    def end(self) -> None:
        """Wake everybody, now and from now on."""
        with self._condition:
            self._ends.set()
            calls = list(self._calls)
        for call in calls:
            call()
        self.changed()

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Call something when the end comes, or now if it has, while the block lasts; it must not wait."""
        with self._condition:
            self._calls.add(call)
            ended = self.ended
        if ended:
            call()
        try:
            yield
        finally:
            with self._condition:
                self._calls.discard(call)

    @property
    def ended(self) -> bool:
        """Whether nothing is awaited any more."""
        return self._ends.is_set()

    def wait_for(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something is so; return whether it is. It is asked after each change, without a lock."""
        until_mono_s = time.monotonic() + timeout_s
        while True:
            seen = self._changes  # before it is asked: a change meanwhile is not missed
            if is_so():
                return True
            if self.ended:
                return False
            with self._condition:
                self._condition.wait_for(lambda: self._changes != seen, until_mono_s - time.monotonic())  # noqa: B023 - awaited at once
            if time.monotonic() >= until_mono_s:
                return is_so()


class Watchers:
    """Those who wait for one thing's changes. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: frozenset[Awaited] = frozenset()

    @contextmanager
    def telling(self, waits: Awaited) -> Iterator[None]:
        """Tell somebody of each change while the block lasts."""
        with self._lock:
            self._waiting |= {waits}
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= {waits}

    def tell(self) -> None:
        """Say that it may have changed; takes no time."""
        for waits in self._waiting:
            waits.changed()
