"""The hub: every subscriber gets every alarm once, in order, and none waits for another."""

import asyncio
import random
import threading
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import text

from service.alarms.hub import AlarmHub, SubscriberDroppedError
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.errors import StoreError
from service.store import alarms
from service.store.alarms.history import StoredOutbox
from service.store.database import Store
from service.store.records import OutboxEntry


def _run(body: Coroutine[Any, Any, None], *hubs: AlarmHub) -> None:
    async def bounded() -> None:
        try:
            async with asyncio.timeout(120):
                await body
        finally:
            for hub in hubs:
                await hub.stop()

    asyncio.run(bounded())


class Box:
    """A store, its hub and a way to raise alarms."""

    def __init__(self, store: Store, queue_size: int = 256) -> None:
        self.store = store
        self.hub = AlarmHub(StoredOutbox(store), queue_size)
        self.count = 0
        store.on_alarms(self.hub.publish)

    def raise_some(self, count: int) -> None:
        for _ in range(count):
            self.count += 1
            draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", f"p{self.count}")
            self.store.write(lambda s, draft=draft: alarms.raise_alarm(s, draft)).result()  # type: ignore[misc]

    async def start(self) -> None:
        with self.store.reading() as session:
            await self.hub.start(alarms.last_seq(session))

    async def collect(self, after: int | None, until: int) -> list[int]:
        seqs = []
        async with self.hub.subscribe(after) as subscription:
            while subscription.seq < until:
                entry = await subscription.get()
                assert entry is not None
                assert entry.alarm is not None
                assert entry.alarm.seq == entry.seq
                seqs.append(entry.seq)
        return seqs


@pytest.mark.thorough
def test_resuming_while_alarms_arrive_has_no_gap_and_no_double(store: Store) -> None:
    """Subscribers that join, leave and resume at random moments of a flood see each seq exactly once."""
    box = Box(store)
    total = 450

    async def follower(seed: int) -> list[int]:
        rng = random.Random(seed)
        seen: list[int] = []
        while len(seen) < total:
            async with box.hub.subscribe(after=seen[-1] if seen else 0) as subscription:
                for _ in range(rng.randint(1, 60)):
                    alarm = await subscription.get(timeout_s=0.5)
                    if alarm is None or len(seen) == total:
                        break
                    seen.append(alarm.seq)
        return seen

    async def body() -> None:
        box.raise_some(250)  # more than one page of the outbox
        await box.start()
        flood = threading.Thread(target=box.raise_some, args=(total - 250,))
        flood.start()
        for seen in await asyncio.gather(*(follower(seed) for seed in range(4))):
            assert seen == list(range(1, total + 1))
        flood.join()

    _run(body(), box.hub)


def test_a_slow_subscriber_is_dropped_and_nobody_else_waits(store: Store) -> None:
    """One that never reads is dropped, counted and notified; the others get everything; it can resume."""
    box = Box(store, queue_size=16)

    async def body() -> None:
        await box.start()
        others = [asyncio.create_task(box.collect(None, 60)) for _ in range(3)]
        async with box.hub.subscribe() as slow:
            assert await slow.get(timeout_s=0.01) is None
            await asyncio.sleep(0)
            await asyncio.to_thread(box.raise_some, 60)
            assert await asyncio.gather(*others) == [list(range(1, 61))] * 3
            assert slow.dropped.is_set()
            with pytest.raises(SubscriberDroppedError, match="too slow"):
                await slow.get()
        assert (box.hub.dropped_subscribers, box.hub.subscribers) == (1, 0)
        assert await box.collect(slow.seq, 60) == list(range(1, 61))

    _run(body(), box.hub)


def test_alarms_of_another_process_are_found(tmp_path: Any, store: Store) -> None:
    """A seq beyond the next one means that somebody else wrote: the hub fetches what lies between."""
    box = Box(store)
    other = Store.open(tmp_path / "data")

    async def body() -> None:
        await box.start()
        waiting = asyncio.create_task(box.collect(None, 7))
        await asyncio.sleep(0)
        elsewhere = Box(other)
        elsewhere.count = 100
        await asyncio.to_thread(elsewhere.raise_some, 5)
        await asyncio.to_thread(box.raise_some, 2)
        assert await waiting == [1, 2, 3, 4, 5, 6, 7]

    _run(body(), box.hub)
    other.close()


def test_publishing_out_of_order_delivers_in_order(store: Store) -> None:
    """Threads may overtake each other between commit and publish; subscribers never see it."""
    batches: list[tuple[Alarm, ...]] = []
    store.on_alarms(batches.append)
    box = Box(store)
    silent = AlarmHub(StoredOutbox(store))

    async def body() -> None:
        await silent.start(0)
        box.hub = silent
        waiting = asyncio.create_task(box.collect(0, 6))
        await asyncio.sleep(0)
        await asyncio.to_thread(box.raise_some, 6)
        for batch in (batches[3], batches[0], batches[0], batches[5], batches[1], batches[2], batches[4]):
            silent.publish(batch)
        assert await waiting == [1, 2, 3, 4, 5, 6]

    _run(body(), box.hub)


def test_a_timeout_is_no_alarm_and_stop_ends_everybody(store: Store) -> None:
    """get gives None when nothing came; a seq of another database counts as the newest; stop drops all."""
    box = Box(store)

    async def body() -> None:
        box.raise_some(3)
        await box.start()
        async with box.hub.subscribe(after=999) as subscription:
            assert await subscription.get(timeout_s=0.01) is None
            await asyncio.to_thread(box.raise_some, 1)
            alarm = await subscription.get()
            assert alarm is not None
            assert alarm.seq == 4
            ending = asyncio.create_task(subscription.get())
            await asyncio.sleep(0)
            await box.hub.stop()
            with pytest.raises(SubscriberDroppedError, match="stops"):
                await ending
        assert box.hub.dropped_subscribers == 0

    _run(body(), box.hub)
    box.raise_some(1)  # after the loop is gone, publishing is no error
    with store.reading() as session:
        assert alarms.last_seq(session) == 5


class FaultyOutbox(StoredOutbox):
    """An outbox that refuses as often as it is told to."""

    refusals = 0

    def newest(self) -> int:
        if self.refusals > 0:
            self.refusals -= 1
            raise StoreError("the database cannot answer")
        return super().newest()


def test_an_alarm_that_nobody_published_is_sent_all_the_same(store: Store) -> None:
    """Committed by another process and not followed by another alarm: it does not wait for one."""
    box = Box(store)
    store._listeners.clear()

    async def body() -> None:
        await box.start()
        waiting = asyncio.create_task(box.collect(None, 1))
        await asyncio.sleep(0)
        await asyncio.to_thread(box.raise_some, 1)
        assert await waiting == [1]

    _run(body(), box.hub)


def test_an_outbox_that_cannot_be_read_is_read_again(store: Store) -> None:
    """It fails three times when an alarm is to be fetched: the hub tries again without another alarm."""
    outbox = FaultyOutbox(store)
    box = Box(store)
    box.hub = AlarmHub(outbox)
    store._listeners.clear()

    async def body() -> None:
        await box.start()
        waiting = asyncio.create_task(box.collect(None, 2))
        await asyncio.sleep(0)
        await asyncio.to_thread(box.raise_some, 2)
        outbox.refusals = 3
        (second,) = outbox.page(1, 1)
        assert second.alarm is not None
        box.hub.publish((second.alarm,))
        await asyncio.sleep(0)
        assert (box.hub.last_seq, box.hub.newest_seq) == (0, 2), "known, not sent yet: heartbeats say so"
        assert await waiting == [1, 2]
        assert outbox.refusals == 0
        assert box.hub.newest_seq == 2

    _run(body(), box.hub)


@pytest.mark.parametrize("damage", ["'not JSON'", "X'FF00'", "'{\"id\": 1}'", "''"])
def test_a_damaged_entry_keeps_back_no_other(store: Store, damage: str) -> None:
    """Row 5 of 6 is broken: a client that resumes gets all others and a notice of it; it counts once."""
    box = Box(store)

    async def resumed(after: int) -> list[OutboxEntry]:
        entries: list[OutboxEntry] = []
        async with box.hub.subscribe(after) as subscription:
            while subscription.seq < 6:
                entry = await subscription.get()
                assert entry is not None
                entries.append(entry)
        return entries

    async def body() -> None:
        box.raise_some(6)
        sql = text(f"UPDATE alarm_events SET alarm = {damage} WHERE seq = 5")
        store.write(lambda session: session.execute(sql)).result()
        await box.start()
        for after in (0, 4, 5):
            entries = await resumed(after)
            assert [entry.seq for entry in entries] == list(range(after + 1, 7))
            assert [entry.seq for entry in entries if entry.alarm is None] == ([5] if after < 5 else [])
        assert box.hub.unreadable == 1

    _run(body(), box.hub)


def test_a_subscriber_whose_history_cannot_be_read_may_come_back(store: Store) -> None:
    """It is dropped with the reason, not cut off by an error of ours, and complete when it comes again."""
    box = Box(store)
    outbox = StoredOutbox(store)
    box.hub = AlarmHub(outbox)
    page = outbox.page

    def refused(after: int, limit: int) -> tuple[OutboxEntry, ...]:
        raise StoreError("the database cannot answer")

    async def body() -> None:
        box.raise_some(2)
        await box.start()
        outbox.page = refused  # type: ignore[method-assign]
        async with box.hub.subscribe(0) as subscription:
            with pytest.raises(SubscriberDroppedError, match="subscribe again"):
                await subscription.get()
        outbox.page = page  # type: ignore[method-assign]
        assert await box.collect(0, 2) == [1, 2]

    _run(body(), box.hub)
