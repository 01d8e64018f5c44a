"""The hub: hands committed alarms to subscribers, each from the last seq it saw, without gap or duplicate.

    store.on_alarms(hub.publish)                 # any thread, after the commit
    async with hub.subscribe(after=41) as subscription:
        alarm = await subscription.get(timeout_s=5.0)       # None: nothing for 5 s, time for a heartbeat

A subscriber first reads the outbox page by page at its own pace; when it has caught up it is switched, in
one step of the event loop, to a bounded queue of live alarms. One that lets its queue fill up is dropped
(counted): it can come back with the last seq it saw. A runner asks the outbox for its newest seq every
`POLL_S` and fetches what nobody published. A damaged row is passed on as unreadable and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVarTuple

import structlog

from service.domain.alarm import Alarm, AlarmStatus
from service.domain.errors import BarwatchError, StoreError
from service.host.awaited import Watchers
from service.host.runner import Runner
from service.store.records import OutboxEntry

What = TypeVarTuple("What")
log = structlog.get_logger(__name__)

QUEUE_SIZE = 256
REPLAY_PAGE = 200
POLL_S = 2.0
"""The longest that an alarm which nobody published stays unsent, in seconds."""


class Outbox(Protocol):
    """Where committed alarms are kept (service.store.alarms.history.StoredOutbox); its methods may block."""

    def newest(self) -> int:
        """Return the newest seq, 0 if there is none. Raises StoreError."""

    def page(self, after: int, limit: int) -> tuple[OutboxEntry, ...]:
        """Return the entries above `after`, oldest first, at most `limit`. Raises StoreError."""


class SubscriberDroppedError(BarwatchError):
    """The subscriber was too slow, or the hub has stopped: subscribe again with the last seq seen."""


class AlarmHub:
    """One per process; `start` and all subscribers live on one event loop, `publish` may be called anywhere.

    Args:
        outbox: the committed alarms (read on threads of their own).
        queue_size: live alarms a subscriber may leave unread before it is dropped.
    """

    def __init__(self, outbox: Outbox, queue_size: int = QUEUE_SIZE) -> None:
        self._outbox = outbox
        self._queue_size = queue_size
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscriptions: set[Subscription] = set()
        self._behind = threading.Event()
        self.nudge = self._behind.set
        """Asks the outbox now: another process has written to it. From any thread."""
        self._known_seq = self._handed_seq = 0
        self._unreadable = set[int]()
        self.last_seq = 0
        """The newest seq that was handed to subscribers."""
        self._last_of: dict[str | None, int] = {}
        self.handed = Watchers()
        self.unstored: tuple[Alarm, ...] = ()
        self.status = AlarmStatus()
        """What the database refuses, and what is said beside alarms; subscribers compare what they saw."""
        self.dropped_subscribers = 0
        self.runner = Runner("alarm feed", self._catch_up, wake=self._behind.set)
        """Fetches what nobody published."""

    async def start(self, last_seq: int) -> None:
        """Start on the running loop; `last_seq` is the outbox's newest (alarms.last_seq)."""
        self._loop = asyncio.get_running_loop()
        self.last_seq = max(self.last_seq, last_seq)
        self.runner.start()

    async def stop(self) -> None:
        """Drop every subscriber."""
        self._loop = None
        self._drop_all("the service stops")
        await asyncio.to_thread(self.runner.stop)

    def let_go(self, reason: str) -> None:
        """Drop every subscriber. For any thread."""
        self._on_loop(self._drop_all, reason)

    def publish(self, alarms: tuple[Alarm, ...]) -> None:
        """Tell subscribers of committed alarms. Never blocks; for any thread, in any order."""
        self._on_loop(self._accept, alarms)

    def show_unstored(self, alarms: tuple[Alarm, ...]) -> None:
        """Show subscribers the alarms that are not stored yet. Never blocks; for any thread."""
        self.unstored = alarms
        self._on_loop(self._wake_all)

    def show_status(self, status: AlarmStatus) -> None:
        """Show subscribers what is so beside single alarms. Never blocks; for any thread."""
        self.status = status
        self._on_loop(self._wake_all)

    def subscribe(self, after: int | None = None) -> Subscription:
        """Return a subscription to everything after `after` (None: from now on).

        An `after` beyond the newest seq comes from another database and is treated as the newest.
        """
        start = self.last_seq if after is None else min(max(after, 0), self.last_seq)
        return Subscription(self, start, self._queue_size)

    @property
    def subscribers(self) -> int:
        """How many subscribers there are."""
        return len(self._subscriptions)

    @property
    def newest_seq(self) -> int:
        """The newest seq that is known to be committed; above `last_seq` while alarms are being fetched."""
        return max(self.last_seq, self._known_seq)

    def handed_to(self, sees: Callable[[str | None], bool]) -> int:
        """Return the newest seq handed since the start to who sees these lifts, or 0; for any thread."""
        return max((seq for lift_id, seq in self._last_of.copy().items() if sees(lift_id)), default=0)

    @property
    def unreadable(self) -> int:
        """How many damaged rows of the outbox were met."""
        return len(self._unreadable)

    def _on_loop(self, accept: Callable[[*What], None], *what: *What) -> None:
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(accept, *what)
        except RuntimeError:  # nobody is left to tell, and the outbox keeps the alarms
            log.info("alarms came after the event loop had closed")

    def _accept(self, alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            if alarm.seq == self.last_seq + 1:
                self._deliver(OutboxEntry(alarm.seq, alarm))
            elif alarm.seq > self.last_seq:
                # Another process wrote in between, or threads overtook each other: ask the outbox.
                self._known_seq = max(self._known_seq, alarm.seq)
                self._behind.set()

    def _drop_all(self, reason: str) -> None:
        for subscription in list(self._subscriptions):
            subscription.drop(reason)

    def _wake_all(self) -> None:
        for subscription in self._subscriptions:
            subscription.wake()

    def _accept_page(self, entries: Sequence[OutboxEntry]) -> None:
        for entry in entries:
            if entry.seq > self.last_seq:
                self._deliver(entry)

    def _catch_up(self) -> None:
        """Deliver what is newer in the outbox; the runner retries after a StoreError."""
        if self._known_seq <= max(self.last_seq, self._handed_seq):
            with self.runner.heartbeat.waiting():
                self._behind.wait(POLL_S)
        self._behind.clear()
        after, newest = max(self.last_seq, self._handed_seq), self._outbox.newest()
        self._known_seq = max(self._known_seq, newest)
        while after < newest and not self.runner.stopping.is_set():
            entries = self._read_page(after)
            if not entries:
                break
            after = entries[-1].seq
            self._on_loop(self._accept_page, entries)
            self._handed_seq = after
        # Never beyond what the database has: the rest cannot be sent.
        self._known_seq = newest

    def _read_page(self, after: int) -> tuple[OutboxEntry, ...]:
        entries = self._outbox.page(after, REPLAY_PAGE)
        for entry in entries:
            if entry.alarm is None and entry.seq not in self._unreadable:
                self._unreadable.add(entry.seq)
                log.error("an entry of the alarm history is damaged; it is skipped", seq=entry.seq)
        return entries

    def _deliver(self, entry: OutboxEntry) -> None:
        self.last_seq = entry.seq
        if entry.alarm is not None:
            self._last_of[entry.alarm.lift_id] = entry.seq
        for subscription in list(self._subscriptions):
            subscription.offer(entry)
        self.handed.tell()

    def join(self, subscription: Subscription) -> None:
        """For Subscription."""
        self._subscriptions.add(subscription)

    def leave(self, subscription: Subscription) -> None:
        """Used by Subscription."""
        self._subscriptions.discard(subscription)

    async def read(self, after: int) -> tuple[OutboxEntry, ...]:
        """Used by Subscription: one page of the outbox. Raises StoreError."""
        return await asyncio.to_thread(self._read_page, after)


class Subscription:
    """One subscriber's place in the sequence; use as an async context manager, from one task."""

    def __init__(self, hub: AlarmHub, after: int, queue_size: int) -> None:
        self._hub = hub
        self._pages: deque[OutboxEntry] = deque()
        self._live: deque[OutboxEntry] = deque()
        self._size = queue_size
        self._caught_up = False
        self._wake = asyncio.Event()
        self.dropped = asyncio.Event()
        self.seq = after
        self.unstored: tuple[Alarm, ...] = ()
        self.status = AlarmStatus()
        """What the subscriber has been shown of the hub's; it keeps both up to date."""
        self.reason = ""

    async def __aenter__(self) -> Subscription:
        self._hub.join(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hub.leave(self)

    async def get(self, timeout_s: float | None = None) -> OutboxEntry | None:
        """Return the next entry; None if there was none for `timeout_s`, or what the hub shows has changed.

        Raises:
            SubscriberDroppedError: dropped. `dropped` (an asyncio.Event) is set as well, for a caller that is
                stuck in sending.
        """
        if not self._caught_up and not self._pages:
            await self._replay()
        changed = self.unstored != self._hub.unstored or self.status != self._hub.status
        if not self._pages and not self._live and not changed and not self.dropped.is_set():
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._wake.wait()
        if self.dropped.is_set():
            raise SubscriberDroppedError(self.reason)
        if not self._pages and not self._live:
            return None
        entry = self._pages.popleft() if self._pages else self._live.popleft()
        self.seq = entry.seq
        return entry

    def offer(self, entry: OutboxEntry) -> None:
        """Used by the hub: queue a live entry, or drop the subscriber."""
        if not self._caught_up:
            return
        if len(self._live) >= self._size:
            self._hub.dropped_subscribers += 1
            self.drop("too slow: subscribe again with the last seq seen")
            return
        self._live.append(entry)
        self._wake.set()

    def wake(self) -> None:
        """Used by the hub: there is something to see."""
        self._wake.set()

    def drop(self, reason: str) -> None:
        """Used by the hub: end the subscription."""
        self.reason = reason
        self._live.clear()
        self._hub.leave(self)
        self.dropped.set()
        self._wake.set()

    async def _replay(self) -> None:
        while not self.dropped.is_set():
            if self.seq >= self._hub.last_seq:
                # No await between this test and the switch: the next alarm the hub delivers is seq + 1.
                self._caught_up = True
                return
            try:
                page = await self._hub.read(self.seq)
            except StoreError as error:
                self.drop(f"{error}: subscribe again with the last seq seen")
                return
            # What lies beyond the hub's own seq will come live.
            self._pages.extend(entry for entry in page if entry.seq <= self._hub.last_seq)
            if self._pages or not page:
                self._caught_up = not page
                return
