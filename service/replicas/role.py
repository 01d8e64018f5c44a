"""What this service is among those of one database: the leader, or a replica of it.

A replica answers what the database alone can answer, and the alarms' feed; for everything else it asks the
leader. While no leader answers it is blind, and says nothing that sounds as if somebody watched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from service.domain.errors import BarwatchError
from service.domain.leading.leader import Leader

PATIENCE_S = 5.0
"""For how long a leader may answer nothing before clients are told that nobody is known to watch: as long as
the feed's heartbeat."""


class ServiceRole:
    """Safe from any thread.

    Args:
        mine: the claim, of a service that leads from the start.
        clock: time.monotonic, or a test's own.
    """

    def __init__(self, mine: Leader | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.mine = mine
        """This service's claim, once it leads; it never ends by itself."""
        self.leader: Leader | None = mine
        """Who claimed last, as far as is known."""
        self.superseded = ""
        """Why this service, which led, must not any more: it ends, to be restarted as a replica."""
        self._clock = clock
        self._answered_s = float("-inf")
        self._decided = threading.Event()
        self._ends = False
        if mine is not None:
            self._decided.set()

    @property
    def name(self) -> Literal["leader", "replica"]:
        """What it is, for people and programs."""
        return "replica" if self.mine is None else "leader"

    @property
    def watched(self) -> bool:
        """Whether somebody is known to lead: this service, or one that has answered lately."""
        return self.mine is not None or self._clock() - self._answered_s < PATIENCE_S

    def lead(self, mine: Leader) -> None:
        """Be the leader from now on."""
        self.mine = self.leader = mine
        self._decided.set()

    def answered(self, leader: Leader) -> None:
        """Note that the leader has just answered."""
        self.leader, self._answered_s = leader, self._clock()

    def wait(self) -> None:
        """Wait until this service leads. Raises BarwatchError: it ends before."""
        self._decided.wait()
        if self._ends:
            raise BarwatchError("the service ends")

    def stop(self) -> None:
        """End a `wait`."""
        self._ends = self.mine is None
        self._decided.set()
