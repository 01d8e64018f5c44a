"""A line, who watches it, and a service whose camera is handed on: what is known is told by nobody else."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, cast

from sqlalchemy.orm import Session

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.errors import StoreError
from service.domain.passage import CarriersAccounted, Passage
from service.host.clocks.steady import steady_at
from service.leases.book import HandedOut, LeaseBook
from service.leases.camera import LeasedCamera
from service.passages.reporter import not_seen
from service.station.carried import Carried
from service.store.database import Store
from service.verdicts.recording import PassageDraft, draft_of, store_passage

EVERY_S = 6.0
"""Between carriers."""

VIEW_S = 0.5 * EVERY_S
"""How long a carrier is in view before it leaves; it is judged if all of it was seen."""

STANDS = 0.15
"""Of the nominal speed: a line that is slower is said to stand."""

BEFORE = -1
"""Stands for the carriers before a lease that came late (service.leases.gap)."""

OPEN = Judgement(Verdict.OPEN, 0.99, -0.5, True, 0.9, (), 1, "m")
NUMBERS = count()


@dataclass
class FakeLine:
    """A line whose carriers leave one after the other, as fast as it runs."""

    now_s: float
    left_s: list[float] = field(default_factory=list)
    gone: float = 0.0

    def run(self, seconds: float, speed: float = 1.0) -> list[int]:
        """Let time pass; return which carriers leave meanwhile."""
        first, gone = len(self.left_s), seconds * speed / EVERY_S
        self.left_s += [
            self.now_s + EVERY_S * (number - self.gone) / speed
            for number in range(int(self.gone) + 1, int(self.gone + gone) + 1)
        ]
        self.gone += gone
        self.now_s += seconds
        return list(range(first, len(self.left_s)))


def storing(draft: PassageDraft, *, last: bool = True) -> Callable[[Session], bool]:
    """Return the job that stores it; last: nothing that was reported before is under way."""
    complete = draft.complete and last
    return partial(store_passage, record=draft.record, sighting=draft.sighting, complete=complete)


def carrier_of(passage_id: str) -> int:
    """Return which carrier a passage is of."""
    words = passage_id.split("-")
    return BEFORE if "before" in words else int(words[-3])


class FakeOwner:
    """Stands for a camera's process somewhere: sees carriers, and keeps what it cannot report."""

    def __init__(
        self, line: FakeLine, lift_id: str, name: str, tell: Callable[[CameraEvent], None], carried: Carried
    ) -> None:
        self.line, self.lift_id, self.name, self._tell = line, lift_id, name, tell
        self.connected, self.stopped = True, False
        self.clock_s = 0.0
        self.from_s = line.now_s if carried.until_mono_s is None else carried.until_mono_s
        self.until_s = -math.inf
        """Who left before is accounted for: it cannot know that, where the line has stood since."""
        self.invented = 0
        """Carriers that it takes for unaccounted: the line stood, and nobody could know it."""
        self.began_s = self.moved_s = line.now_s
        self.carried = carried
        self.kept: list[Passage] = []
        self.located = False
        self.unsure, self.passed_over = False, list[int]()
        """Whether it is uncertain where the line is; carriers that it reports when that is certain again."""
        self.process = (None, 0)
        self.status = self.says(1.0)

    def start(self) -> None:
        self.send()

    def ask_to_stop(self) -> None: ...

    def stop(self) -> None:
        self.stopped = True

    def says(self, speed: float) -> CameraStatus:
        """Return what it says of a line that runs so fast."""
        stands = not self.located or speed < STANDS
        every_s = None if stands else EVERY_S / speed
        still_s = self.line.now_s - self.moved_s
        status = CameraStatus(
            "lift", CameraState.LIVE, "", 25.0, 0.0, 1, 0, 0, "stopped" if stands else "2 s"
        )
        accounted = self.located and not self.unsure
        return replace(status, carrier_every_s=every_s, accounted=accounted, still_s=still_s)

    def is_sure(self) -> None:
        """Know again where the line is: who passed over meanwhile is reported at last."""
        self.unsure = False
        while self.passed_over:
            self._report(self.passed_over.pop(0), unseen=True, complete=not self.passed_over)
        self.send()

    def see(self, carriers: list[int], speed: float) -> None:
        """Take in who left; the first time, also who left before and is not accounted for."""
        if speed:
            self.moved_s = self.line.now_s
        if speed and self.line.now_s >= self.began_s + VIEW_S:
            if not self.located:
                self.located, first = True, bisect_right(self.line.left_s, self.began_s) - self.unaccounted
                carriers = list(range(max(first, 0), len(self.line.left_s)))
            for number in carriers:
                self._saw(number)
        self.status = self.says(speed)
        self.send()

    @property
    def unaccounted(self) -> int:
        """How many carriers left before it began, for all it knows: the last ones, as if the line had run."""
        return max(0, math.floor((self.began_s - self.from_s) / EVERY_S + 0.5))

    def _saw(self, number: int) -> None:
        left_s = self.line.left_s[number] + self.clock_s
        if left_s <= self.until_s + 0.5 * EVERY_S:
            self.invented += 1
        elif self.unsure and not self.passed_over:
            self.passed_over.append(number)
        else:
            self._report(number, unseen=False, complete=not self.unsure)

    def _report(self, number: int, *, unseen: bool, complete: bool) -> None:
        left_s = self.line.left_s[number] + self.clock_s
        seen = self.line.left_s[number] >= self.began_s + VIEW_S and not unseen
        name = f"{self.lift_id}-{number}-{'seen' if seen else 'unseen'}-{next(NUMBERS)}"
        shown = not_seen(0.0) if not seen else replace(not_seen(0.0), problem=None)
        passage = Passage(name, self.lift_id, 1, 0.0, 1.0, 2.0, (shown,), left_s, left_s, interval_s=EVERY_S)
        self.kept.append(replace(passage, complete=complete))

    def send(self) -> None:
        """Report what is kept, and what it says now, if there is anybody to report to."""
        while self.connected and self.kept:
            self._tell(self.kept.pop(0))
        if self.connected:
            self._tell(self.status)


class FakeDatabase:
    """The store, as long as it is there, for the service that leads. It refuses every other write."""

    def __init__(self, store: Store) -> None:
        self.store, self.lost = store, False
        self.set_by = timedelta()
        """By how much the wall clock was set since the services' steady clocks began."""
        self.leader: object = None
        self.left_mono_s: dict[str, float] = {}
        """When carriers left, by their records' names: these say it by a clock that may be set."""

    def write(self, service: object, job: Callable[..., Any]) -> Future[Any]:
        """Write for a service that leads; no other one's claim stands."""
        if service is self.leader and not self.lost:
            return self.store.write(job)
        refused: Future[Any] = Future()
        refused.set_exception(StoreError("the database is lost" if self.lost else "superseded"))
        return refused


class OpenBook(LeaseBook):
    """Shows what it has handed out; its service leads from now on."""

    def __init__(self, database: FakeDatabase, line: FakeLine) -> None:
        now: Callable[[], datetime] = lambda: steady_at(line.now_s)  # noqa: E731
        super().__init__(cast(Store, self), "service", now, lambda: now() + database.set_by)
        self.database, self.handed = database, list[HandedOut]()
        database.leader = self

    def write(self, job: Callable[..., Any]) -> Future[Any]:
        """Write as this service."""
        return self.database.write(self, job)

    def hand_out(self, *given: Any) -> Future[HandedOut]:
        """Keep it as well."""
        future = super().hand_out(*given)
        future.add_done_callback(self._keep)
        return future

    def _keep(self, done: Future[HandedOut]) -> None:
        if done.exception() is None:
            self.handed.append(done.result())


class FakeService:
    """One that believes to be the leader: its camera, and what is on its way into the database.

    Args:
        database: where leases are. line: what is watched. watched: the lift. name: of the first owner.
        late: gets what owners report whose time is over. book: of the same service.
    """

    def __init__(
        self,
        database: FakeDatabase,
        line: FakeLine,
        watched: WatchedLift,
        name: str = "here",
        late: Callable[[CameraEvent], None] = lambda _: None,
        book: OpenBook | None = None,
    ) -> None:
        self.line, self.lift_id, self.database = line, watched.lift.id, database
        self.owners: list[FakeOwner] = []
        self.waiting: list[PassageDraft] = []
        self.book = book or OpenBook(database, line)
        self.camera = LeasedCamera(
            watched, self._take, self.book, self._make, late, name, clock=lambda: line.now_s
        )
        self.camera.start()

    def _make(
        self, name: str, _: WatchedLift, tell: Callable[[CameraEvent], None], carried: Carried
    ) -> FakeOwner:
        self.owners.append(FakeOwner(self.line, self.lift_id, name, tell, carried))
        camera = cast(LeasedCamera, cast(partial[None], tell).func.__self__)  # type: ignore[attr-defined]
        if carried.until_mono_s is not None:
            self.owners[-1].until_s = carried.until_mono_s - camera._accounted.stood_s
        return self.owners[-1]

    def _take(self, event: CameraEvent) -> None:
        if isinstance(event, Passage):
            draft = draft_of(event, OPEN if "-seen-" in event.id else unknown(Reason.NOT_SEEN))
            left_s = self.database.left_mono_s[event.id] = event.left_mono_s or 0.0
            left_at = steady_at(left_s) + self.database.set_by
            self.waiting.append(replace(draft, record=replace(draft.record, left_at=left_at)))

    @property
    def owner(self) -> FakeOwner:
        """Who has the camera."""
        found = self.camera.watcher
        assert isinstance(found, FakeOwner)
        return found

    @property
    def leased(self) -> bool:
        """Whether the database has given the lease that it asked for last."""
        return self.camera._handed is not None

    @property
    def accounts(self) -> dict[str, CarriersAccounted]:
        """As `service.composition.core` has them: nothing while a carrier is on its way."""
        said = self.book.accounts()
        return {} if self.waiting else said

    def dies(self) -> None:
        """Nothing more comes of it, nor of what is on its way."""
        self.waiting.clear()
        self.owners.clear()

    def see(self, carriers: list[int], speed: float) -> None:
        """Let every owner see who left, also those whose camera was handed on."""
        for owner in self.owners:
            owner.see(carriers, speed)
