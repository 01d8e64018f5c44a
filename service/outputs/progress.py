"""How far an output has come in the outbox: what it delivers next, and what its receiver will never take.

The cursor is stored after every delivery while there is time for that, else a few times a second: only a
process that is killed in between delivers twice, under the same epoch and seq.

A message that its receiver refuses for good (RefusedForGoodError) is tried TRIES times. Then its alarm is set
aside, in one transaction with the cursor, and the next ones go on: nothing is passed over that the database
does not have on the list. Where a message carries several alarms, smaller ones find the one that is refused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from service.domain.alarm import Alarm
from service.domain.errors import StoreError
from service.outputs.base.loops import within
from service.outputs.base.output import Delivery, Output
from service.outputs.base.problems import OutputError, RefusedForGoodError
from service.store.alarms.history import StoredOutbox
from service.store.database import Store
from service.store.delivery import outputs, set_aside
from service.store.delivery.set_aside import SetAside

log = structlog.get_logger(__name__)

PAGE = 200
DELIVER_S = 60.0
"""How long an output may take for one call."""

SAVE_S = 0.2
"""How often the cursor is stored while there is more to deliver, in seconds."""

TRIES = 6
"""How often an alarm is refused before it is set aside: with the follower's pauses, a quarter of a minute."""

Between = Callable[[float], Awaitable[None]]
"""Called after each delivery or refusal that is dealt with, with how long to wait before the next."""


class OutputProgress:
    """The way of one output through the outbox. For the output's own event loop; attributes for anybody.

    Args:
        output_id: whose.
        wants: says whether the output is to get an alarm.
        store: holds outbox, cursor and what was set aside.
        epoch: of the outbox.
    """

    def __init__(self, output_id: str, wants: Callable[[Alarm], bool], store: Store, epoch: str) -> None:
        self.id, self.wants = output_id, wants
        self._store, self._epoch = store, epoch
        self.outbox = StoredOutbox(store)
        self.seq: int | None = None
        """The last seq that is dealt with; None before the first look at the database."""
        self.delivered_at: datetime | None = None
        self.partly: OutputError | None = None
        """Why some of those behind the receiver did not get the last delivery."""
        self.is_whole: bool | None = None
        """Whether all of them got it; None: nothing was delivered yet."""
        self.refused = 0
        """How often the receiver refused a message for good."""
        self._tried = (0, 0)  # a seq, and how often it was refused
        self._stored = (-1, 0.0)

    def look(self) -> None:
        """Look up where it begins, once. Raises StoreError."""
        if self.seq is None:
            with self._store.reading() as session:
                kept = outputs.cursor(session, self.id)
            self.seq, self.delivered_at = kept.seq, kept.delivered_at

    def wanted_after(self, seq: int) -> list[Alarm]:
        """Return what is wanted of the next page of the outbox. Raises StoreError."""
        page = self.outbox.page(seq, PAGE)
        return [each.alarm for each in page if each.alarm is not None and self.wants(each.alarm)]

    async def deliver_page(self, output: Output, between: Between) -> bool:
        """Deliver the next page of the outbox; return whether there was one."""
        assert self.seq is not None  # noqa: S101 - looked up before
        entries = self.outbox.page(self.seq, PAGE)
        for damaged in (entry for entry in entries if entry.alarm is None):
            log.error("a damaged entry of the outbox is not delivered", output=self.id, seq=damaged.seq)
        wanted = [
            Delivery(self._epoch, entry.seq, entry.alarm)
            for entry in entries
            if entry.alarm is not None and self.wants(entry.alarm)
        ]
        await self._hand_over(output, wanted, between, self._taken, self._refused)
        if entries and entries[-1].seq > self.seq:
            self.seq = entries[-1].seq
            await self.save(last=False)
        return bool(entries)

    async def send_again(self, output: Output, between: Between) -> None:
        """Deliver what was set aside and is to be sent again: one try each."""
        while due := self._due():
            found = {each.seq: each for each in due}
            wanted = [each for each in map(self._again, due) if each is not None]
            for seq in found.keys() - {each.seq for each in wanted}:
                log.error("an entry that was set aside is damaged", output=self.id, seq=seq)
                await self._write(partial(set_aside.refused_again, refused=found[seq]))

            await self._hand_over(output, wanted, between, self._sent, partial(self._refused_again, found))

    async def save(self, *, last: bool) -> None:
        """Store the cursor, if there is time for it. A database that refuses holds up no delivery."""
        seq, at_s = self._stored
        if self.seq is None or self.seq == seq or not (last or time.monotonic() - at_s > SAVE_S):
            return
        moved = self.seq
        try:
            await self._write(partial(outputs.move, output_id=self.id, seq=moved, at=self.delivered_at))
        except StoreError as error:
            log.warning("how far an output came is not stored", output=self.id, reason=str(error))
        else:
            self._stored = moved, time.monotonic()

    async def _hand_over(
        self,
        output: Output,
        wanted: list[Delivery],
        between: Between,
        taken: Callable[[list[Delivery], bool], Awaitable[None]],
        refused: Callable[[Delivery, RefusedForGoodError], Awaitable[None]],
    ) -> None:
        most = 1 if wanted and wanted[0].seq == self._tried[0] else len(wanted)
        while wanted:
            given = wanted[:most]
            try:
                count = await within(DELIVER_S, output.deliver(given))
            except RefusedForGoodError as error:
                self.refused += 1
                if (carried := min(error.carried, len(given))) > 1:
                    most = carried // 2
                    continue
                await refused(given[0], error)
                count = 1
            else:
                if not 1 <= count <= len(given):
                    raise ValueError(f"{count} of {len(given)} deliveries were taken")
                self.delivered_at = datetime.now(UTC)
                self.partly, self.is_whole = output.partly, output.partly is None
                await taken(given[:count], count == len(wanted))
            wanted = wanted[count:]
            most = len(wanted)
            await between(output.pause_s() if wanted else 0.0)

    async def _taken(self, deliveries: list[Delivery], last: bool) -> None:
        self.seq = deliveries[-1].seq
        await self.save(last=last)

    async def _refused(self, delivery: Delivery, error: RefusedForGoodError) -> None:
        """Set an alarm aside that was refused often enough; else raise, so that it is tried again."""
        seq, tried = self._tried
        tried = tried + 1 if seq == delivery.seq else 1
        self._tried = delivery.seq, tried
        if tried < TRIES:
            raise error
        log.error(
            "an alarm is set aside: its receiver refuses it",
            output=self.id,
            seq=delivery.seq,
            code=error.code,
        )
        alarm, now = delivery.alarm, datetime.now(UTC)
        refused = SetAside(
            self.id, delivery.seq, alarm.id, alarm.kind, error.code, _status(error), tried, now
        )
        await self._write(partial(set_aside.put, refused=refused, delivered_at=self.delivered_at))
        self.seq, self._stored = delivery.seq, (delivery.seq, time.monotonic())

    async def _sent(self, deliveries: list[Delivery], _: bool) -> None:
        seqs = [each.seq for each in deliveries]
        await self._write(partial(set_aside.sent, output_id=self.id, seqs=seqs))

    async def _refused_again(
        self, due: Mapping[int, SetAside], delivery: Delivery, error: RefusedForGoodError
    ) -> None:
        now = replace(due[delivery.seq], problem=error.code, status=_status(error))
        await self._write(partial(set_aside.refused_again, refused=now))

    def _due(self) -> tuple[SetAside, ...]:
        with self._store.reading() as session:
            return set_aside.due(session, self.id, PAGE)

    def _again(self, refused: SetAside) -> Delivery | None:
        entry = next(iter(self.outbox.page(refused.seq - 1, 1)), None)
        if entry is None or entry.seq != refused.seq or entry.alarm is None:
            return None
        return Delivery(self._epoch, entry.seq, entry.alarm, again=True)

    async def _write(self, job: Callable[..., object]) -> None:
        await asyncio.wrap_future(self._store.write(job))


def _status(error: RefusedForGoodError) -> int:
    return int(error.parameters.get("status", 0))
