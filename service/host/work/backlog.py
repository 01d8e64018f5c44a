"""Work that may wait: a bounded queue, done one after another on a thread of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from service.host.runner import Runner

T = TypeVar("T")


class Backlog(Generic[T]):
    """Does what is added, in order; what a failure was about is not tried again. `add` from any thread.

    Args:
        name: of the thread. work: does one item. most: items that may wait.
    """

    def __init__(self, name: str, work: Callable[[T], None], most: int) -> None:
        self._work, self._most = work, most
        self._waiting: deque[T] = deque()
        self._arrived = threading.Event()
        self.runner = Runner(name, self._turn, wake=self._arrived.set)

    def __len__(self) -> int:
        """How many items wait."""
        return len(self._waiting)

    def add(self, item: T) -> bool:
        """Take an item, unless too many wait; never blocks."""
        if len(self._waiting) >= self._most:
            return False
        self._waiting.append(item)
        self._arrived.set()
        return True

    def _turn(self) -> None:
        if not self._waiting:
            with self.runner.heartbeat.waiting():
                self._arrived.wait()
        self._arrived.clear()
        while self._waiting and not self.runner.stopping.is_set():
            self.runner.heartbeat.begin()
            self._work(self._waiting.popleft())
