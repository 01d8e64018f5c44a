"""How far an output has come in the outbox: what it delivers next, and what its receiver will never take.

The cursor is stored after every delivery while there is time for that, else a few times a second: only a
process that is killed in between delivers twice, under the same epoch and seq.

An alarm that the receiver refuses for good (RefusedForGoodError) is held, and the cursor stays before it. It
is set aside once a later one got through (service.outputs.refusals), in one transaction with the cursor, and
is sent again once: the receiver may have recovered between the two. Before a later one is tried, the database
notes so: whether that one arrived or not, those before it are sent as `again` from then on, so that no
receiver drops them as old. Where a message carries several alarms, smaller ones find the one that is refused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from service.domain.alarm import Alarm
from service.domain.errors import StoreError
from service.outputs.base.loops import within
from service.outputs.base.output import Delivery, Output
from service.outputs.base.problems import OutputError, RefusedForGoodError
from service.outputs.refusals import Refusals
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

Between = Callable[[float], Awaitable[None]]
"""Called after each delivery or refusal that is dealt with, with how long to wait before the next."""

Held = list[tuple[Delivery, RefusedForGoodError]]
"""What was refused just now, in order."""


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
        self.refusals = Refusals()
        self.waits_for_later = False
        """All that there is was refused: a later alarm will show whose fault that is."""
        self._passed = 0
        """Up to this seq, a younger alarm may have arrived before."""
        self._stored = (-1, 0, 0.0)  # the cursor, _passed, and the time.monotonic() when they were stored
        self._owed: tuple[Held, int] | None = None  # refused, while the alarm of this seq got through

    def look(self) -> None:
        """Look up where it begins, once; called whenever it begins anew. Raises StoreError."""
        self.waits_for_later = False
        if self.seq is None:
            with self._store.reading() as session:
                kept = outputs.cursor(session, self.id)
            self.seq, self.delivered_at, self._passed = kept.seq, kept.delivered_at, kept.passed

    def wanted_after(self, seq: int) -> list[Alarm]:
        """Return what is wanted of the next page of the outbox. Raises StoreError."""
        page = self.outbox.page(seq, PAGE)
        return [each.alarm for each in page if each.alarm is not None and self.wants(each.alarm)]

    async def deliver_page(self, output: Output, between: Between) -> bool:
        """Deliver the next page of the outbox; return whether there was one.

        Raises:
            RefusedForGoodError: the receiver refuses the next one, and no later one got through.
        """
        assert self.seq is not None  # noqa: S101 - looked up before
        await self._settle()
        wanted, end = self._page(self.seq)
        if end is None:
            return False
        end = await self._deliver(output, wanted, end, between)
        if end > self.seq:
            self.seq = end
            await self.save(last=False)
        return True

    async def send_again(self, output: Output, between: Between) -> None:
        """Deliver what was set aside and is to be sent again: one try each."""
        while due := self._due():
            found = {each.seq: each for each in due}
            wanted = [each for each in map(self._again, due) if each is not None]
            for seq in found.keys() - {each.seq for each in wanted}:
                log.error("an entry that was set aside is damaged", output=self.id, seq=seq)
                await self._write(partial(set_aside.refused_again, refused=found[seq]))
            most = len(wanted)
            while wanted:
                given = wanted[:most]
                try:
                    count = await self._given(output, given)
                except RefusedForGoodError as error:
                    self.refusals.total += 1
                    if (carried := min(error.carried, len(given))) > 1:
                        most = carried // 2
                        continue
                    refused = replace(found[given[0].seq], problem=error.code, status=_status(error))
                    await self._write(partial(set_aside.refused_again, refused=refused))
                    wanted = wanted[1:]
                else:
                    seqs = [each.seq for each in given[:count]]
                    await self._write(partial(set_aside.sent, output_id=self.id, seqs=seqs))
                    wanted = wanted[count:]
                    await between(output.pause_s() if wanted else 0.0)
                most = len(wanted)

    async def save(self, *, last: bool) -> None:
        """Store the cursor, if there is time for it. A database that refuses holds up no delivery."""
        try:
            if last:
                await self._settle()
            seq, passed, at_s = self._stored
            is_stored = self.seq is None or (self.seq, self._passed) == (seq, passed)
            if not is_stored and (last or time.monotonic() - at_s > SAVE_S):
                await self._store_cursor()
        except StoreError as error:
            log.warning("how far an output came is not stored", output=self.id, reason=str(error))

    async def _deliver(self, output: Output, wanted: list[Delivery], end: int, between: Between) -> int:
        """Deliver what is wanted of a page that ends at the seq `end`; return up to where it was read."""
        held: Held = []
        most = 1 if wanted and self.refusals.tries(wanted[0].seq) else len(wanted)
        while wanted:
            given = wanted[:most]
            passed = self._passed
            if held:
                await self._pass_over(held[-1][0].seq)
            try:
                count = await self._given(output, given)
            except RefusedForGoodError as error:
                self._passed = passed
                self.refusals.total += 1
                if (carried := min(error.carried, len(given))) > 1:
                    most = 1 if held else carried // 2
                    continue
                held.append((given[0], error))
                self.refusals.add(given[0].seq)
                if not self.refusals.tries_later(held[0][0].seq, len(held)):
                    break
                count = 1
            else:
                if not output.told:
                    self._passed = passed
                if held and output.told:
                    self._owed, held = (held, given[count - 1].seq), []
                    await self._settle()
                    await self.send_again(output, between)
                if not held:
                    self.seq = given[count - 1].seq
                    self.refusals.clear()
                    await self.save(last=count == len(wanted))
            wanted = wanted[count:]
            while held and not wanted and (further := self._page(end))[1] is not None:
                wanted, end = further[0], further[1]
            most = len(wanted) if len(held) < 2 else 1
            if not held:
                await between(output.pause_s() if wanted else 0.0)
        if held:
            self.waits_for_later = not wanted and len(held) == 1
            self.refusals.end_round(len(held))
            raise held[0][1]
        return end

    async def _given(self, output: Output, given: list[Delivery]) -> int:
        count = await within(DELIVER_S, output.deliver(given))
        if not 1 <= count <= len(given):
            raise ValueError(f"{count} of {len(given)} deliveries were taken")
        if output.told:
            self.delivered_at = datetime.now(UTC)
            self.partly, self.is_whole = output.partly, output.partly is None
        return count

    async def _pass_over(self, seq: int) -> None:
        """Note that a younger alarm than that of a seq may arrive before it. Raises StoreError."""
        if seq > self._passed:
            self._passed = seq
            await self._store_cursor()

    async def _settle(self) -> None:
        """List what is set aside, and let the cursor pass it, both or neither. Raises StoreError."""
        if self._owed is None:
            return
        (held, seq), now = self._owed, datetime.now(UTC)
        refused = [
            SetAside(self.id, each.seq, each.alarm.id, each.alarm.kind, error.code, _status(error),
                     self.refusals.tries(each.seq), now, again=True)
            for each, error in held
        ]  # fmt: skip
        await self._write(partial(set_aside.put, refused=refused, seq=seq, delivered_at=self.delivered_at))
        for each in refused:
            log.error(
                "an alarm is set aside: its receiver refuses it",
                output=self.id,
                seq=each.seq,
                code=each.problem,
            )
        self.seq, self._owed = seq, None
        self._stored = seq, self._passed, time.monotonic()
        self.refusals.clear()

    async def _store_cursor(self) -> None:
        assert self.seq is not None  # noqa: S101 - looked up before
        seq, passed = self.seq, self._passed
        await self._write(
            partial(outputs.move, output_id=self.id, seq=seq, at=self.delivered_at, passed=passed)
        )
        self._stored = seq, passed, time.monotonic()

    def _page(self, seq: int) -> tuple[list[Delivery], int | None]:
        """Return what is wanted of the outbox's page after a seq, and where that ends; None: no page."""
        entries = self.outbox.page(seq, PAGE)
        for damaged in (entry for entry in entries if entry.alarm is None):
            log.error("a damaged entry of the outbox is not delivered", output=self.id, seq=damaged.seq)
        wanted = [
            Delivery(self._epoch, entry.seq, entry.alarm, again=entry.seq <= self._passed)
            for entry in entries
            if entry.alarm is not None and self.wants(entry.alarm)
        ]
        return wanted, entries[-1].seq if entries else None

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
