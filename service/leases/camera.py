"""A camera with a lease: one owner after the other watches it, and its reports are marked as its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from functools import partial

import structlog

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.errors import StoreError
from service.domain.health import Health
from service.domain.passage import CarriersAccounted, CarrierSighting, Passage
from service.host.clocks.steady import steady_at
from service.leases.book import HandedOut, LeaseBook
from service.leases.gap import passed_unseen
from service.leases.successor import Successor, Watcher
from service.station.carried import NOTHING_CARRIED, Accounted, Carried, Reported
from service.store.owners.leases import SAME

log = structlog.get_logger(__name__)

HERE = "here"
"""The owner that is this service's own machine."""

HAND_OUT_S = 2.0
"""How long a camera waits for its lease. Without one it is watched all the same: a carrier that is recorded
twice is better than one that nobody sees."""

AGAIN_S = 5.0
"""How often a lease is asked for again that the database did not give."""


MakeWatcher = Callable[[str, WatchedLift, Callable[[CameraEvent], None], Carried], Watcher]
"""Makes what watches at an owner: owner, lift, where reports go, and what goes with the camera."""


class LeasedCamera:
    """Watches one camera by whoever has its lease.

    After `move` nothing that the owner before reports is passed on; what it saw before is, and nothing twice.

    Args:
        watched: the lift.
        on_event: gets what the owner reports, marked with its lease; must not block.
        book: hands out leases.
        make: makes what watches.
        on_late: gets what an owner reports whose time is over; its carriers are the next one's to report.
        owner: the first.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        watched: WatchedLift,
        on_event: Callable[[CameraEvent], None],
        book: LeaseBook,
        make: MakeWatcher,
        on_late: Callable[[CameraEvent], object],
        owner: str = HERE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.watched, self._on_event, self._book, self._make = watched, on_event, book, make
        self._on_late, self._clock, self._began_s = on_late, clock, clock()
        self._lock = threading.RLock()
        self._turn = 0
        self._handed: HandedOut | None = None
        # What an owner before saw that is still on its way is stored as its own.
        self._fence, self._accounted = book.resume(watched.lift.id, clock())
        self._waiting: Future[HandedOut]
        self._asked_s = 0.0
        self._before = Reported(None, ())
        self._untold = False
        """Whether an owner began and could not be told since when it had to count."""
        self._first_s: float | None = None
        self._unlisted: HandedOut | None = None
        self._stopped = self._down = False
        self._successor: Successor | None = None
        self.owner = owner
        self._watcher = self._next(owner, NOTHING_CARRIED)
        book.follow(watched.lift.id, self.accounted)

    @property
    def status(self) -> CameraStatus:
        """Its newest report."""
        return self._watcher.status

    @property
    def process(self) -> tuple[int | None, int]:
        """Its process, if it runs on this machine, and how often it was started again."""
        return self._watcher.process

    @property
    def watcher(self) -> Watcher:
        """What watches now."""
        return self._watcher

    @property
    def stopped(self) -> bool:
        """Whether it was stopped, for good."""
        return self._stopped

    def accounted(self) -> CarriersAccounted | None:
        """Return until when all carriers are reported, where that is later than the last one left."""
        with self._lock:
            known, handed = self._accounted, self._handed
            until_s, left_s = known.until_mono_s, known.left_mono_s
            if self._stopped or handed is None or until_s is None or self._unlisted is not None:
                return None
            if left_s is not None and until_s <= left_s and not known.stood_s:
                return None
            return CarriersAccounted(handed.lease.fence, steady_at(until_s), known.stood_s)

    def start(self) -> None:
        """Start watching."""
        self._watcher.start()

    def ask_to_stop(self) -> None:
        """Begin to stop; returns at once."""
        self._watcher.ask_to_stop()

    def stop(self) -> None:
        """Stop; no event comes after this returns."""
        with self._lock:
            self._stopped = True
            self._turn += 1
            self._book.leave(self.watched.lift.id, self._fence, self._accounted)
        self.abandon()
        self._watcher.stop()

    def move(self, owner: str, lost: str = "") -> None:
        """Let another owner watch from now on; for one thread, which waits for the lease.

        lost: why the owner before cannot watch any more; empty if it could.
        """
        self.abandon()
        with self._lock:
            if self._stopped:
                return
            if lost:
                self._down = True
                message = f"{self.owner} is lost ({lost}): the camera is watched elsewhere"
                self._on_event(Health(AlarmKind.WORKER_DOWN, self.watched.lift.id, True, message))
            before, carried = self._watcher, self._watcher.carried
            before.ask_to_stop()
            self._watcher = self._next(owner, carried)
            self.owner = owner
        self._watcher.start()
        before.stop()
        log.warning("camera handed on", lift_id=self.watched.lift.id, owner=owner, lost=lost)

    def prepare(self, owner: str) -> None:
        """Let another owner begin beside the present one, so that no time is lost when it takes over."""
        with self._lock:
            if self._stopped or self._successor is not None:
                return
            successor = self._successor = Successor(owner)
            carried = replace(self._watcher.carried, until_mono_s=self._accounted.from_mono_s)
            successor.watcher = self._make(owner, self.watched, partial(self._take_of, successor), carried)
        successor.watcher.start()

    @property
    def successor(self) -> Successor | None:
        """Who is about to take over, if anybody is."""
        return self._successor

    def abandon(self) -> None:
        """Let the present owner go on without a successor."""
        with self._lock:
            successor, self._successor = self._successor, None
        if successor is not None:
            successor.watcher.stop()

    def succeed(self) -> None:
        """Hand the camera on to the successor; for one thread, which waits for the lease."""
        with self._lock:
            successor, self._successor = self._successor, None
            if self._stopped or successor is None:
                return
            before = self._watcher
            before.ask_to_stop()
            self._lease(successor.owner)
            self._watcher, self.owner, successor.turn = successor.watcher, successor.owner, self._turn
            known = self._accounted.reported  # as it is now: who passed unseen is reported after others
            for passage in successor.reported:
                # Of those that both saw, the one before has reported some, and some not yet.
                if _is_new(passage, known):
                    self._take(self._turn, passage)
        before.stop()
        log.info("camera handed on", lift_id=self.watched.lift.id, owner=successor.owner)

    def _take_of(self, successor: Successor, event: CameraEvent) -> None:
        with self._lock:
            if successor.turn is not None:
                self._take(successor.turn, event)
            elif successor is self._successor:
                successor.take(event)

    def _next(self, owner: str, carried: Carried) -> Watcher:
        self._lease(owner)
        carried = replace(carried, until_mono_s=self._accounted.from_mono_s)
        return self._make(owner, self.watched, partial(self._take, self._turn), carried)

    def _lease(self, owner: str) -> None:
        """Begin another owner's turn: nothing that the one before reports is passed on."""
        self._turn += 1
        self._handed, self._before = None, self._accounted.reported
        self._ask(owner)
        try:
            self._handed = self._waiting.result(HAND_OUT_S)
        except (StoreError, FutureTimeoutError, CancelledError) as error:
            log.error("a camera is watched without a lease", lift_id=self.watched.lift.id, reason=str(error))
            self._untold |= self._fence is None
        self._take_lease()

    def _take(self, turn: int, event: CameraEvent) -> None:
        """Pass on what the owner of a turn reports, if it is still its turn."""
        with self._lock:
            twice = self._handed is None and isinstance(event, Passage) and not _is_new(event, self._before)
            if (
                turn != self._turn or twice
            ):  # without a lease, nobody else refuses what an owner before reported
                self._on_late(event)
                return
            self._accounted.take(event, self._clock())
            if isinstance(event, Passage) and self._successor is not None:
                known = self._accounted.reported
                self._successor.keep(lambda passage: _is_new(passage, known))
            if self._first_s is None:
                self._first_s = self._accounted.until_mono_s
            self._ask_again()
            self._list_unseen()
            self._on_event(self._marked(event))
            if self._down and isinstance(event, CameraStatus) and event.state is CameraState.LIVE:
                self._down = False
                over = f"{self.owner} watches the camera"
                self._on_event(Health(AlarmKind.WORKER_DOWN, self.watched.lift.id, False, over))

    def _marked(self, event: CameraEvent) -> CameraEvent:
        fence = None if self._handed is None else self._handed.lease.fence
        if isinstance(event, Health):
            return replace(event, fence=fence)
        if not isinstance(event, Passage):
            return event
        left_s = event.decided_mono_s if event.left_mono_s is None else event.left_mono_s
        unseen = event.carriers == 1 and all(each.problem is Reason.NOT_SEEN for each in event.pictures)
        sighting = CarrierSighting(fence, steady_at(left_s), event.interval_s, not unseen)
        # Until its lease has come, nobody knows who passed before the first owner began.
        told = self._handed is not None or not self._untold
        return replace(event, sighting=sighting, complete=event.complete and told)

    def _ask_again(self) -> None:
        """Ask once more for a lease that the database did not give."""
        if self._handed is not None:
            return
        if self._waiting.done():
            if self._waiting.exception() is None:
                self._handed = self._waiting.result()
                self._take_lease()
            elif self._clock() - self._asked_s >= AGAIN_S:
                self._ask(self.owner)

    def _list_unseen(self) -> None:
        """Report who passed before the first owner began: nobody could tell it from when on to count."""
        if self._unlisted is None or self._first_s is None:
            return
        handed, self._unlisted = self._unlisted, None
        passage = passed_unseen(self.watched.lift.id, handed, self._first_s)
        if passage is not None:
            self._on_event(passage)

    def _take_lease(self) -> None:
        if self._handed is None:
            return
        self._fence = self._handed.lease.fence
        if self._untold:
            self._untold, self._unlisted = False, self._handed
        elif self._handed.foreign:
            self._accounted = Accounted(self._handed.until_mono_s, self._handed.stood_s)

    def _ask(self, owner: str) -> None:
        self._asked_s = self._clock()
        began_s = self._began_s if self._untold else None
        left_s = self._accounted.left_mono_s
        self._waiting = self._book.hand_out(self.watched.lift.id, owner, left_s, self._fence, began_s)


def _is_new(passage: Passage, known: Reported) -> bool:
    left_s = passage.left_mono_s
    return left_s is None or not known.has(left_s, SAME * passage.interval_s)
