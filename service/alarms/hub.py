"""The hub: hands committed alarms to subscribers, each from the last seq it saw, without gap or duplicate.

    store.on_alarms(hub.publish)                 # any thread, after the commit
    async with hub.subscribe(after=41) as subscription:
        while True:
            alarm = await subscription.get(timeout_s=5.0)   # None: nothing for 5 s, time for a heartbeat

A subscriber first reads the outbox page by page at its own pace; when it has caught up it is switched, in
one step of the event loop, to a bounded queue of live alarms. One that lets its queue fill up is dropped
(counted): it can come back with the last seq it saw, and nobody else has waited for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType

import structlog

from service.domain.alarm import Alarm
from service.domain.errors import BarwatchError, StoreError

log = structlog.get_logger(__name__)

QUEUE_SIZE = 256
REPLAY_PAGE = 200

Replay = Callable[[int, int], tuple[Alarm, ...]]
"""(after, limit) -> the outbox's alarms with seq above `after`, oldest first."""


class SubscriberDroppedError(BarwatchError):
    """The subscriber was too slow, or the hub has stopped: subscribe again with the last seq seen."""


class AlarmHub:
    """One per process; `start` and all subscribers live on one event loop, `publish` may be called anywhere.

    Args:
        replay: reads the outbox (blocking; called on a worker thread).
        queue_size: live alarms a subscriber may leave unread before it is dropped.
    """

    def __init__(self, replay: Replay, queue_size: int = QUEUE_SIZE) -> None:
        self._replay = replay
        self._queue_size = queue_size
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscriptions: set[Subscription] = set()
        self._heal: asyncio.Task[None] | None = None
        self._known_seq = 0
        self.last_seq = 0
        self.dropped_subscribers = 0

    async def start(self, last_seq: int) -> None:
        """Start on the running loop; `last_seq` is the outbox's newest (alarms.last_seq)."""
        self._loop = asyncio.get_running_loop()
        self.last_seq = max(self.last_seq, last_seq)

    async def stop(self) -> None:
        """Drop every subscriber."""
        self._loop = None
        if self._heal is not None:
            self._heal.cancel()
        for subscription in list(self._subscriptions):
            subscription.drop("the service stops")

    def publish(self, alarms: tuple[Alarm, ...]) -> None:
        """Tell subscribers of committed alarms. Never blocks; may be called from any thread, in any order."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._accept, alarms)
        except RuntimeError:
            # The loop has closed under us: nobody is left to tell, and the outbox keeps the alarms.
            log.info("alarms published after the event loop closed", count=len(alarms))

    def subscribe(self, after: int | None = None) -> Subscription:
        """Return a subscription to everything after `after` (None: from now on).

        An `after` beyond the newest seq comes from another database and is taken for the newest.
        """
        start = self.last_seq if after is None else min(max(after, 0), self.last_seq)
        return Subscription(self, start, self._queue_size)

    @property
    def subscribers(self) -> int:
        """How many subscribers there are."""
        return len(self._subscriptions)

    def _accept(self, alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            if alarm.seq == self.last_seq + 1:
                self._deliver(alarm)
            elif alarm.seq > self.last_seq:
                # Another process wrote in between, or threads overtook each other: ask the outbox.
                self._known_seq = max(self._known_seq, alarm.seq)
                if self._heal is None or self._heal.done():
                    self._heal = asyncio.ensure_future(self._catch_up())

    async def _catch_up(self) -> None:
        while self.last_seq < self._known_seq:
            try:
                alarms = await asyncio.to_thread(self._replay, self.last_seq, REPLAY_PAGE)
            except StoreError:
                log.exception("the outbox cannot be read; the next alarm tries again")
                return
            for alarm in alarms:
                if alarm.seq > self.last_seq:
                    self._deliver(alarm)
            if not alarms:
                return

    def _deliver(self, alarm: Alarm) -> None:
        self.last_seq = alarm.seq
        for subscription in list(self._subscriptions):
            subscription.offer(alarm)

    def join(self, subscription: Subscription) -> None:
        """Used by Subscription."""
        self._subscriptions.add(subscription)

    def leave(self, subscription: Subscription) -> None:
        """Used by Subscription."""
        self._subscriptions.discard(subscription)

    async def read(self, after: int) -> tuple[Alarm, ...]:
        """Used by Subscription: one page of the outbox."""
        return await asyncio.to_thread(self._replay, after, REPLAY_PAGE)


class Subscription:
    """One subscriber's place in the sequence; use as an async context manager, from one task."""

    def __init__(self, hub: AlarmHub, after: int, queue_size: int) -> None:
        self._hub = hub
        self._pages: deque[Alarm] = deque()
        self._live: deque[Alarm] = deque()
        self._size = queue_size
        self._caught_up = False
        self._wake = asyncio.Event()
        self.dropped = asyncio.Event()
        self.seq = after
        self.reason = ""

    async def __aenter__(self) -> Subscription:
        self._hub.join(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hub.leave(self)

    async def get(self, timeout_s: float | None = None) -> Alarm | None:
        """Return the next alarm; None if there was none for `timeout_s`.

        Raises:
            SubscriberDroppedError: dropped. `dropped` (an asyncio.Event) is set as well, for a caller that is
                stuck in sending.
        """
        if not self._caught_up and not self._pages:
            await self._replay()
        if not self._pages and not self._live and not self.dropped.is_set():
            self._wake.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._wake.wait()
            except TimeoutError:
                return None
        if self.dropped.is_set():
            raise SubscriberDroppedError(self.reason)
        alarm = self._pages.popleft() if self._pages else self._live.popleft()
        self.seq = alarm.seq
        return alarm

    def offer(self, alarm: Alarm) -> None:
        """Used by the hub: queue a live alarm, or drop the subscriber."""
        if not self._caught_up:
            return
        if len(self._live) >= self._size:
            self._hub.dropped_subscribers += 1
            self.drop("too slow: subscribe again with the last seq seen")
            return
        self._live.append(alarm)
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
            page = await self._hub.read(self.seq)
            # What lies beyond the hub's own seq will come live.
            self._pages.extend(alarm for alarm in page if alarm.seq <= self._hub.last_seq)
            if self._pages or not page:
                self._caught_up = not page
                return
