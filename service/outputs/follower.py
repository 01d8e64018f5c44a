"""A follower: reads the outbox from where its output is, delivers in order, and remembers how far it came.

Each has a thread with an event loop of its own. Whatever its output does (hang, crash, refuse) happens there:
alarms are committed without it, and no other output waits. It begins again after a pause, as often as it
takes. What it delivers, and what is set aside, is service.outputs.progress.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from service.domain.alarm import Alarm, AlarmKind
from service.host.awaited import Awaited, Watchers
from service.host.runner import BackOff, Runner, RunnerState, attempt
from service.outputs.base.loops import call_on, together, unless, wait_for_news, within
from service.outputs.base.output import Output
from service.outputs.base.problems import OutputError, OutputProblem, output_error
from service.outputs.health import OutputFault, OutputHealth, OutputState
from service.outputs.progress import OutputProgress
from service.store.database import Store
from service.store.delivery import outputs

log = structlog.get_logger(__name__)

POLL_S = 2.0
"""The longest that an alarm which nobody announced stays undelivered, in seconds."""

OPEN_S = 30.0
CLOSE_S = 3.0
TEST_S = 20.0
"""How long an output may take for each, in seconds."""

LONGEST_PAUSE_S = 30.0

SHORT_PAUSE_S = 0.5
"""The least pause after a failure that a new alarm may end, in seconds."""

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
        self.id, self._make = output_id, make
        self._course = OutputProgress(output_id, wants, store, epoch)
        self._back_off = back_off or BackOff(first_s=0.5, longest_s=LONGEST_PAUSE_S)
        self.progress = Watchers()
        """Told whenever its state or its cursor may have changed."""
        self.pausing = False
        """It waits on purpose, so that more can be delivered at once."""
        self.failing_since_s: float | None = None
        """The time.monotonic() since when every attempt has failed; None while it works."""
        self._fault: OutputFault | None = None
        self._settled = False  # it was open, or it failed
        self._open: tuple[asyncio.AbstractEventLoop, Output] | None = None
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Event, asyncio.Event] | None = None
        self._news = threading.Event()  # there is a new alarm since the turn began, or it is to end
        self.runner = Runner(f"output {output_id}", self._turn, wake=self._end)

    @property
    def seq(self) -> int | None:
        """The last seq that is dealt with; None before the first look at the database."""
        return self._course.seq

    @property
    def is_whole(self) -> bool | None:
        """Whether all who are behind the receiver got the last delivery; None: nothing was delivered yet."""
        return self._course.is_whole

    def wake(self) -> None:
        """Say that there is a new alarm; never waits."""
        self._news.set()
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
        course, fault = self._course, self._fault
        if course.partly is not None and course.delivered_at is not None:
            fault = OutputFault(course.partly, course.delivered_at)
        return OutputHealth(state, seq, lag, course.delivered_at, fault, refused=course.refusals.total)

    def behind(self, newest: int) -> bool:
        """Say whether something undelivered is wanted, but for what is about outputs; raises StoreError.

        The alarm that an output is behind puts the others behind, and them theirs: without an end.
        """
        if self.seq is None or self.seq >= newest or self.pausing:
            return False
        return any(alarm.kind not in ABOUT_OUTPUTS for alarm in self._course.wanted_after(self.seq))

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
            self._news.clear()
            failure = attempt(partial(asyncio.run, self._follow()))
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
            self._rest(pause_s)

    def _rest(self, pause_s: float) -> None:
        short_s = min(pause_s, SHORT_PAUSE_S)
        if self.runner.stopping.wait(short_s):
            return
        ended_by = self._news if self._course.waits_for_later else self.runner.stopping
        ended_by.wait(pause_s - short_s)

    def _end(self) -> None:
        self._news.set()
        if (running := self._running) is not None:
            call_on(running[0], running[1].set)

    def _explained(self, failure: BaseException) -> OutputError:
        error = output_error(failure)
        if error.problem is OutputProblem.CRASHED:
            log.error("an output has a fault of its own", output=self.id, exc_info=failure)
        return error

    async def _follow(self) -> None:
        stop, news = asyncio.Event(), asyncio.Event()
        self._running = asyncio.get_running_loop(), stop, news
        if self.runner.stopping.is_set():
            return
        self._course.look()
        output = self._make()
        try:
            await unless(stop, self._run(output, news))
        finally:
            self._open, self.pausing = None, False
            try:
                await within(CLOSE_S, output.close())
            finally:
                await self._course.save(last=True)

    async def _run(self, output: Output, news: asyncio.Event) -> None:
        await within(OPEN_S, output.open())
        self._open, self._settled = (asyncio.get_running_loop(), output), True
        self.progress.tell()
        await together(output.watch(), self._deliver_for_ever(output, news))

    async def _deliver_for_ever(self, output: Output, news: asyncio.Event) -> None:
        while True:
            news.clear()
            await self._course.send_again(output, self._worked_then)
            while await self._course.deliver_page(output, self._worked_then):
                self.progress.tell()
                await self._pause(output.pause_s())
            self._worked()
            await wait_for_news(news, POLL_S)

    async def _worked_then(self, pause_s: float) -> None:
        self._worked()
        self.progress.tell()
        await self._pause(pause_s)

    async def _pause(self, pause_s: float) -> None:
        if pause_s > 0:
            self.pausing = True
            self.progress.tell()
            await self._course.save(last=True)
            await asyncio.sleep(pause_s)
            self.pausing = False

    def _worked(self) -> None:
        if self.failing_since_s is not None:
            self.failing_since_s = None
            self.progress.tell()
        self._back_off.reset()

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
