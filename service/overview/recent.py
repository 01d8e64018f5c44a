"""The newest carriers of each lift, kept in memory for everybody who looks: only new rows are read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.store.overview import recent
from service.store.overview.recent import CarrierMark

KEPT = 24
"""Carriers of each lift."""

MOST_NEW = 2000
"""Where more have come since somebody last looked, each lift's newest are read instead."""


class RecentMarks:
    """Follows the committed passages. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_lift: dict[str, deque[CarrierMark]] = {}
        self._row = 0

    def look(self, session: Session, lift_ids: Iterable[str]) -> dict[str, tuple[CarrierMark, ...]]:
        """Return the carriers of these lifts, newest first, at most KEPT of each. Raises StoreError."""
        with self._lock:
            newest = recent.newest_row(session)
            if newest < self._row or newest - self._row > MOST_NEW:
                self._by_lift.clear()
            elif newest > self._row:
                for lift_id, mark in recent.between(session, self._row, newest):
                    if lift_id in self._by_lift:
                        self._by_lift[lift_id].appendleft(mark)
            self._row = newest
            return {lift_id: tuple(self._of(session, lift_id)) for lift_id in lift_ids}

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""
        with self._lock:
            self._by_lift.pop(lift_id, None)

    def _of(self, session: Session, lift_id: str) -> deque[CarrierMark]:
        found = self._by_lift.get(lift_id)
        if found is None:
            found = deque(recent.of_lift(session, lift_id, KEPT), KEPT)
            self._by_lift[lift_id] = found
        return found
