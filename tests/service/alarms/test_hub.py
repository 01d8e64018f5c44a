"""The hub: every subscriber gets every alarm once, in order, and none waits for another."""

import asyncio
import random
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from service.alarms.hub import AlarmHub, SubscriberDroppedError
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.store import alarms
from service.store.database import Store


def _run(body: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await body

    asyncio.run(bounded())


class Box:
    """A store, its hub and a way to raise alarms."""

    def __init__(self, store: Store, queue_size: int = 256) -> None:
        self.store = store
        self.hub = AlarmHub(self._replay, queue_size)
        self.count = 0
        store.on_alarms(self.hub.publish)

    def _replay(self, after: int, limit: int) -> tuple[Alarm, ...]:
        with self.store.reading() as session:
            return alarms.replay(session, after, limit)

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
                alarm = await subscription.get()
                assert alarm is not None
                seqs.append(alarm.seq)
        return seqs


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

    _run(body())


def test_a_slow_subscriber_is_dropped_and_nobody_else_waits(store: Store) -> None:
    """One that never reads is dropped, counted and told; the others get everything; it resumes complete."""
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

    _run(body())


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

    _run(body())
    other.close()


def test_publishing_out_of_order_delivers_in_order(store: Store) -> None:
    """Threads may overtake each other between commit and publish; subscribers never see it."""
    told: list[tuple[Alarm, ...]] = []
    store.on_alarms(told.append)
    box = Box(store)
    silent = AlarmHub(box._replay)

    async def body() -> None:
        await silent.start(0)
        box.hub = silent
        waiting = asyncio.create_task(box.collect(0, 6))
        await asyncio.sleep(0)
        await asyncio.to_thread(box.raise_some, 6)
        for batch in (told[3], told[0], told[0], told[5], told[1], told[2], told[4]):
            silent.publish(batch)
        assert await waiting == [1, 2, 3, 4, 5, 6]

    _run(body())


def test_a_timeout_is_no_alarm_and_stop_ends_everybody(store: Store) -> None:
    """get gives None when nothing came; a seq of another database is taken for the newest; stop drops all."""
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

    _run(body())
    box.raise_some(1)  # after the loop is gone, publishing is no error
    with store.reading() as session:
        assert alarms.last_seq(session) == 5
