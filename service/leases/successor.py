"""Who begins to watch a camera while another owner still does, so that it is handed on without a gap."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from service.domain.camera import CameraEvent, CameraState, CameraStatus
from service.domain.passage import Passage
from service.station.cameras import Supervisor
from service.station.carried import Carried

NO_CARRIER_S = 45.0
"""A successor that has long been live takes over although no carrier has come: the line stands, perhaps."""


class Watcher(Supervisor, Protocol):
    """What one owner does with a camera: CameraSupervisor, or what stands for one on another machine."""

    @property
    def carried(self) -> Carried:
        """What goes to whoever watches next."""


class Successor:
    """Who begins to watch a camera while another one still does. Pure, but for its watcher.

    Args:
        owner: its name.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.watcher: Watcher
        self.turn: int | None = None
        """Its turn, once it has taken over."""
        self.reported: deque[Passage] = deque(maxlen=64)
        self.began_s = time.monotonic()
        self._live_s: float | None = None
        self._sees = False

    def take(self, event: CameraEvent) -> None:
        """Take what it reports before its turn."""
        if isinstance(event, Passage):
            self.reported.append(event)
            self._sees |= any(picture.problem is None for picture in event.pictures)
        elif isinstance(event, CameraStatus):
            live = event.state is CameraState.LIVE
            self._live_s = (self._live_s or time.monotonic()) if live else None

    def keep(self, is_new: Callable[[Passage], bool]) -> None:
        """Forget what the present owner has reported as well."""
        for _ in range(len(self.reported)):
            passage = self.reported.popleft()
            if is_new(passage):
                self.reported.append(passage)

    @property
    def ready(self) -> bool:
        """Whether it sees as well as the present owner: it has recognised a carrier, or none comes."""
        if self._live_s is None:
            return False
        return self._sees or time.monotonic() - self._live_s > NO_CARRIER_S
