"""What is noted for the audit in summary: refused requests, which must not flood it, and looks at evidence.

Noting takes no time and asks no database; `flush` writes what has gathered.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from service.domain.errors import StoreError
from service.domain.people import ORIGIN, SYSTEM, Origin
from service.host.limits.newest import keep_newest
from service.host.runner import Runner
from service.store.audit.entries import record
from service.store.database import Store

FLUSH_EVERY_S = 5.0

BURST, REFILL_S = 20, 30.0
"""So many entries of refusals are written at once, then one in REFILL_S seconds; the rest is counted."""

REST_EVERY_S = 600.0
MOST_KEYS = 512
MOST_LOOKS = 20_000
MOST_NAMED = 200
"""Passages or alarms that one entry names at most."""

LOOKS = {"evidence.view": "passages", "clip.view": "alarms"}
"""Looks at what, by the action that they are noted as."""


@dataclass(slots=True)
class _Refusals:
    origin: Origin
    status: int
    call: str
    count: int = 0


class AuditNotes:
    """Gathers what is noted, from any thread.

    Args:
        clock: time.monotonic, or a test's own.
        now: the wall clock.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock, self._now = clock, now
        self._lock = threading.Lock()
        self._refused: OrderedDict[tuple[str, str, int], _Refusals] = OrderedDict()
        self._rest = 0
        self._left, self._then, self._next_rest_s = float(BURST), clock(), clock()
        self._seen: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._looks: dict[tuple[str, str, str], tuple[Origin, list[str]]] = {}

    def refused(self, origin: Origin, status: int, call: str) -> None:
        """Note that a request was refused: 401, 403 or 429; `call`: its method and path."""
        key = (origin.address, origin.name, status)
        with self._lock:
            if key not in self._refused and len(self._refused) >= MOST_KEYS:
                self._rest += 1
                return
            noted = self._refused.setdefault(key, _Refusals(replace(origin), status, call[:200]))
            noted.count += 1

    def looked(self, seen: str, action: str = "evidence.view") -> None:
        """Note that whoever sent the present request sees pictures; once per person, thing and hour.

        seen: the passage, or with another action of LOOKS what that says.
        """
        origin = ORIGIN.get()
        if origin is None:
            return
        who = (origin.name, origin.identity, action)
        key = (f"{self._now():%Y-%m-%dT%H}", *who, seen)
        with self._lock:
            if key in self._seen:
                return
            self._seen[key] = None
            keep_newest(self._seen, MOST_LOOKS)
            self._looks.setdefault(who, (replace(origin), []))[1].append(seen)

    def flush(self, store: Store) -> None:
        """Write what has gathered; raises StoreError, and what could not be written is written next time."""
        refused, rest = self._due()
        with self._lock:
            looks, self._looks = self._looks, {}
        if not refused and not rest and not looks:
            return
        try:
            store.write(partial(_write, refused=refused, rest=rest, looks=looks)).result()
        except StoreError:
            with self._lock:
                for who, (origin, seen) in looks.items():
                    self._looks.setdefault(who, (origin, []))[1][:0] = seen
                self._rest += rest + sum(one.count for one in refused)
            raise

    def runner(self, store: Store) -> Runner:
        """Return what writes the notes into a database every few seconds."""
        return Runner("audit notes", partial(self.flush, store), every_s=FLUSH_EVERY_S)

    def end(self, runner: Runner, store: Store) -> None:
        """Stop that, and write what is left; what the database refuses now is lost."""
        runner.stop()
        with contextlib.suppress(StoreError):
            self.flush(store)

    def _due(self) -> tuple[list[_Refusals], int]:
        """Take out the refusals that may be written one by one now, and the number of the others if due."""
        now_s = self._clock()
        with self._lock:
            self._left = min(float(BURST), self._left + (now_s - self._then) / REFILL_S)
            self._then = now_s
            due: list[_Refusals] = []
            while self._refused and self._left >= 1:
                due.append(self._refused.popitem(last=False)[1])
                self._left -= 1
            rest = 0
            if now_s >= self._next_rest_s:
                rest = self._rest + sum(one.count for one in self._refused.values())
                self._rest = 0
                self._refused.clear()
                if rest:
                    self._next_rest_s = now_s + REST_EVERY_S
            return due, rest


def _write(
    session: Session,
    refused: list[_Refusals],
    rest: int,
    looks: dict[tuple[str, str, str], tuple[Origin, list[str]]],
) -> None:
    for one in refused:
        record(session, "access.refused", one.call, by=one.origin, status=one.status, count=one.count)
    if rest:
        record(session, "access.refused", "others", by=SYSTEM, count=rest)
    for (_, _, action), (origin, seen) in looks.items():
        for first in range(0, len(seen), MOST_NAMED):
            named = seen[first : first + MOST_NAMED]
            subject = named[0] if len(named) == 1 else ""
            record(session, action, subject, by=origin, **{LOOKS[action]: named})
