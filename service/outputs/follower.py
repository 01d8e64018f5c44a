"""A follower: reads the outbox from where its output is, delivers in order, and remembers how far it came.

Each has a thread with an event loop of its own. Whatever its output does (hang, crash, refuse) happens there:
alarms are committed without it, and no other output waits. It begins again after a pause, as often as it
takes. The cursor is stored after every delivery while there is time for that, else a few times a second: only
a process that is killed in between delivers twice, under the same epoch and seq.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog

from service.domain.alarm import Alarm, AlarmKind
from service.domain.errors import StoreError
from service.host.awaited import Awaited, Watchers
from service.host.runner import BackOff, Runner, RunnerState, attempt
from service.outputs.base.loops import call_on, wait_for_news, within
from service.outputs.base.output import Delivery, Output
from service.outputs.base.problems import OutputError, OutputProblem, output_error
from service.outputs.health import OutputFault, OutputHealth, OutputState
from service.store.alarms.history import StoredOutbox
from service.store.database import Store
from service.store.delivery import outputs
from service.store.records import OutboxEntry

log = structlog.get_logger(__name__)

PAGE = 200
POLL_S = 2.0
"""The longest that an alarm which nobody announced stays undelivered, in seconds."""

SAVE_S = 0.2
"""How often the cursor is stored while there is more to deliver, in seconds."""

OPEN_S = 30.0
DELIVER_S = 60.0
CLOSE_S = 3.0
TEST_S = 20.0
"""How long an output may take for each, in seconds."""

LONGEST_PAUSE_S = 30.0

ABOUT_OUTPUTS = frozenset({AlarmKind.OUTPUT_FAILED})
"""Kinds that are delivered like any other, and that put no output behind."""


class Follower:
    """Follows the outbox for one output. Its methods may be called from any thread.

    Args:
        output_id: whose cursor it is.
        make: makes the output; raises OutputError.
        wants: says whether the output is to get an alarm.
        store: holds outbox and cursor.
        epoch: of the outbox.
        back_off: the pauses after failures.
    """

    def __init__(
        self,
        output_id: str,
        make: Callable[[], Output],
        wants: Callable[[Alarm], bool],
        store: Store,
        epoch: str,
        back_off: BackOff | None = None,
    ) -> None:
        self.id, self.wants = output_id, wants
        self._make, self._store, self._epoch = make, store, epoch
        self._outbox = StoredOutbox(store)
        self._back_off = back_off or BackOff(first_s=0.5, longest_s=LONGEST_PAUSE_S)
        self.seq: int | None = None
        """The last seq that the receiver has; None before the first look at the database."""
        self.progress = Watchers()
        """Told whenever its state or its cursor may have changed."""
        self.pausing = False
        """It waits on purpose, so that more can be delivered at once."""
        self.failing_since_s: float | None = None
        """The time.monotonic() since when every attempt has failed; None while it works."""
        self._delivered_at: datetime | None = None
        self._fault: OutputFault | None = None
        self._stored = (-1, 0.0)
        self._settled = False  # it was open, or it failed
        self._open: tuple[asyncio.AbstractEventLoop, Output] | None = None
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None], asyncio.Event] | None = None
        self.runner = Runner(f"output {output_id}", self._turn, wake=self._end)

    def wake(self) -> None:
        """Say that there is a new alarm; never waits."""
        if (running := self._running) is not None:
            call_on(running[0], running[2].set)

    def health(self, newest: int, kept: outputs.OutputCursor | None = None) -> OutputHealth:
        """Return how it is; newest: the outbox's newest seq. kept: where it begins, if it has not yet."""
        seq = self.seq if self.seq is not None else newest if kept is None else kept.seq
        lag = max(newest - seq, 0)
        if self.failing_since_s is not None:
            state = OutputState.FAILING
        elif self._open is None:
            state = OutputState.STARTING
        else:
            state = OutputState.BEHIND if lag and not self.pausing else OutputState.LIVE
        return OutputHealth(state, seq, lag, self._delivered_at, self._fault)

    def behind(self, newest: int) -> bool:
        """Say whether something undelivered is wanted, but for what is about outputs; raises StoreError.

        The alarm that an output is behind puts the others behind, and them theirs: without an end.
        """
        if self.seq is None or self.seq >= newest or self.pausing:
            return False
        return any(self._is_wanted(entry, quietly=True) for entry in self._outbox.page(self.seq, PAGE))

    def test(self, waits: Awaited | None = None) -> OutputError | None:
        """Test the output as it runs, or a second one of its kind; return what went wrong. Blocks.

        waits: whoever ends it ends the test, which has then timed out.
        """
        waits = waits or Awaited()
        if self.runner.state is not RunnerState.NOT_STARTED:
            with self.progress.telling(waits):  # two at once might be one too many for the receiver
                waits.wait_for(lambda: self._settled, OPEN_S)
        opened = self._open
        if opened is None:
            failure = attempt(partial(asyncio.run, self._tested(waits)))
        else:
            loop, output = opened
            future = asyncio.run_coroutine_threadsafe(within(TEST_S, output.test()), loop)
            future.add_done_callback(waits.changed)
            waits.wait_for(future.done, TEST_S + 1)
            failure = attempt(partial(future.result, 0))
            future.cancel()
        return None if failure is None else self._explained(failure)

    def ask_to_end(self) -> None:
        """Ask it to end, without waiting for that."""
        self.runner.stopping.set()
        self._end()

    def _turn(self) -> None:
        # It hangs where its receiver does: that is no fault of the service, which is not to be ended for it.
        with self.runner.heartbeat.waiting():
            failure = attempt(partial(asyncio.run, self._main()))
            self._running = self._open = None
            self.progress.tell()
            if failure is None or self.runner.stopping.is_set():
                return
            if self.failing_since_s is None:
                self.failing_since_s = time.monotonic()
            error = self._explained(failure)
            self._fault, self._settled = OutputFault.now(error), True
            self.progress.tell()
            pause_s = self._back_off.next_s()
            log.warning("an output does not deliver", output=self.id, code=error.code, again_in_s=pause_s)
            self.runner.stopping.wait(pause_s)

    def _end(self) -> None:
        if (running := self._running) is not None:
            call_on(running[0], running[1].cancel)

    def _explained(self, failure: BaseException) -> OutputError:
        error = output_error(failure)
        if error.problem is OutputProblem.CRASHED:
            log.error("an output has a fault of its own", output=self.id, exc_info=failure)
        return error

    async def _main(self) -> None:
        body = asyncio.create_task(self._follow())
        self._running = asyncio.get_running_loop(), body, asyncio.Event()
        if self.runner.stopping.is_set():
            body.cancel()
        await asyncio.wait([body])
        if not body.cancelled():
            body.result()

    async def _follow(self) -> None:
        if self.seq is None:
            with self._store.reading() as session:
                kept = outputs.cursor(session, self.id)
            self.seq, self._delivered_at = kept.seq, kept.delivered_at
        output = self._make()
        try:
            await within(OPEN_S, output.open())
            self._open, self._settled = (asyncio.get_running_loop(), output), True
            self.progress.tell()
            async with asyncio.TaskGroup() as group:
                group.create_task(output.watch())
                group.create_task(self._deliver_for_ever(output))
        finally:
            self._open, self.pausing = None, False
            try:
                await within(CLOSE_S, output.close())
            finally:
                await self._save(last=True)

    async def _deliver_for_ever(self, output: Output) -> None:
        assert self._running is not None  # noqa: S101 - set before this began
        news = self._running[2]
        while True:
            news.clear()
            while await self._deliver_page(output):
                await self._pause(output.pause_s())
            self._worked()
            await wait_for_news(news, POLL_S)

    async def _deliver_page(self, output: Output) -> bool:
        """Deliver a page of the outbox; return whether there was one."""
        assert self.seq is not None  # noqa: S101 - read before this began
        entries = self._outbox.page(self.seq, PAGE)
        wanted = [
            Delivery(self._epoch, entry.seq, entry.alarm)
            for entry in entries
            if entry.alarm is not None and self._is_wanted(entry)
        ]
        while wanted:
            taken = await within(DELIVER_S, output.deliver(wanted))
            if not 1 <= taken <= len(wanted):
                raise ValueError(f"{taken} of {len(wanted)} deliveries were taken")
            self.seq, self._delivered_at = wanted[taken - 1].seq, datetime.now(UTC)
            self.progress.tell()
            wanted = wanted[taken:]
            self._worked()
            await self._save(last=not wanted)
            if wanted:
                await self._pause(output.pause_s())
        if entries and entries[-1].seq > self.seq:
            self.seq = entries[-1].seq
            self.progress.tell()
            await self._save(last=False)
        return bool(entries)

    def _is_wanted(self, entry: OutboxEntry, *, quietly: bool = False) -> bool:
        if entry.alarm is None:
            if not quietly:
                log.error("a damaged entry of the outbox is not delivered", output=self.id, seq=entry.seq)
            return False
        if quietly and entry.alarm.kind in ABOUT_OUTPUTS:
            return False
        return self.wants(entry.alarm)

    async def _pause(self, pause_s: float) -> None:
        if pause_s > 0:
            self.pausing = True
            self.progress.tell()
            await self._save(last=True)
            await asyncio.sleep(pause_s)
            self.pausing = False

    def _worked(self) -> None:
        if self.failing_since_s is not None:
            self.failing_since_s = None
            self.progress.tell()
        self._back_off.reset()

    async def _save(self, *, last: bool) -> None:
        """Store the cursor, if there is time for it. A database that refuses holds up no delivery."""
        seq, at_s = self._stored
        if self.seq is None or self.seq == seq or not (last or time.monotonic() - at_s > SAVE_S):
            return
        moved = self.seq
        move = partial(outputs.move, output_id=self.id, seq=moved, at=self._delivered_at)
        try:
            await asyncio.wrap_future(self._store.write(move))
        except StoreError as error:
            log.warning("how far an output came is not stored", output=self.id, reason=str(error))
        else:
            self._stored = moved, time.monotonic()

    async def _tested(self, waits: Awaited) -> None:
        loop, body = asyncio.get_running_loop(), asyncio.create_task(self._opened_and_tested())
        with waits.calling(lambda: call_on(loop, body.cancel)):
            await asyncio.wait([body])
        if body.cancelled():
            raise TimeoutError
        body.result()

    async def _opened_and_tested(self) -> None:
        output = self._make()
        try:
            await within(TEST_S, output.open())
            await within(TEST_S, output.test())
        finally:
            await within(CLOSE_S, output.close())
