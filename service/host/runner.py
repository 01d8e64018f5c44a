"""The threads of the service: each is owned by a `Runner`, and a `Runners` list knows them all.

    runner = runners.add(Runner("cameras", self._follow, every_s=5.0))
    runner.start()
    ...
    runner.stop()

A thread that ends on an unforeseen exception ends its work in silence. A runner logs what its body raises,
waits, and calls the body again; it says whether it is alive, failing or dead, and for how long its body has
been at one step. Readiness (`/health/ready`) and the watchdog read that list. This is the only module of the
project that catches `Exception`.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from enum import StrEnum
from typing import TypeVar

import structlog

from service.domain.errors import BarwatchError

T = TypeVar("T")
log = structlog.get_logger(__name__)

FAILING_AFTER = 2
"""A runner whose body has failed this many times in a row is failing; a single failure is only logged."""

STEADY_S = 10.0
"""A body that has run for this long since its last failure works again, even if it never returns."""

JOIN_S = 5.0
"""How long `stop` waits for a thread by default."""


class BackOff:
    """The pauses between attempts: doubling from `first_s` to `longest_s`, with jitter.

    Args:
        first_s: the first pause; up to half as much again is added to each pause at random, so that what
            failed together is not tried again together.
        longest_s: no pause is longer.
    """

    def __init__(self, first_s: float = 0.5, longest_s: float = 4.0) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._base_s = first_s

    def reset(self) -> None:
        """Begin again with the shortest pause, because an attempt succeeded."""
        self._base_s = self._first_s

    def next_s(self) -> float:
        """Return how long to wait before the next attempt, in seconds."""
        jitter_s = random.uniform(0.0, self._first_s / 2)  # noqa: S311 - nothing to guess here
        pause_s = min(self._base_s + jitter_s, self._longest_s)
        self._base_s = min(2 * self._base_s, self._longest_s)
        return pause_s

    def wait(self, stop: threading.Event) -> bool:
        """Wait before the next attempt; return True at once when `stop` is set."""
        return stop.wait(self.next_s())


def attempt(work: Callable[[], object]) -> Exception | None:
    """Do `work` and return what it raised, for work whose failure must not stop the work of others."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - handed to the caller
        return error
    return None


def settle(future: Future[T], work: Callable[[], T]) -> None:
    """Do `work` and answer `future` with its result or what it raised, unless it was answered meanwhile."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001 - handed to the waiter of the future
        with contextlib.suppress(InvalidStateError):
            future.set_exception(error)
    else:
        with contextlib.suppress(InvalidStateError):
            future.set_result(result)


class Heartbeat:
    """Says for how long a thread has been at one step. Written by that thread, read from any."""

    def __init__(self) -> None:
        self._since_mono_s: float | None = None

    def begin(self) -> None:
        """Begin a step, which ends the one before."""
        self._since_mono_s = time.monotonic()

    def idle(self) -> None:
        """Wait for work: until the next `begin` there is no step that could hang."""
        self._since_mono_s = None

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Be idle within the block, for as long as it takes, and begin a step after it."""
        self.idle()
        yield
        self.begin()

    def lasts_s(self) -> float:
        """Return how long the present step has lasted, in seconds; 0 while idle."""
        since_mono_s = self._since_mono_s
        return 0.0 if since_mono_s is None else time.monotonic() - since_mono_s


class RunnerState(StrEnum):
    """What a runner's thread does. Everything but ALIVE and ENDED is trouble."""

    NOT_STARTED = "not started"
    ALIVE = "alive"
    FAILING = "failing"
    DEAD = "dead"
    ENDED = "ended"


class Runner:
    """One thread that calls its body again and again until `stop`, and survives whatever the body raises.

    A body is either one turn of work, called every `every_s` seconds (0: at once, for a body that waits for
    its own work), or a loop of its own that watches `stopping`. It returns False when there is nothing left
    to do; any other value means "call me again". Each call begins a step of `heartbeat`. A body that waits
    for work says so (`with runner.heartbeat.waiting(): ...`), and a body that loops begins a step in each
    round; otherwise the watchdog assumes that it hangs.

    Args:
        name: what the thread is called in logs, in readiness and by the watchdog.
        body: what to run; a BarwatchError is logged as a warning, anything else with its traceback.
        every_s: the pause between two turns, in seconds.
        back_off: the pauses after a failure.
        wake: called by `stop` to end a wait of the body's own, such as an empty queue.
    """

    def __init__(
        self,
        name: str,
        body: Callable[[], bool | None],
        *,
        every_s: float = 0.0,
        back_off: BackOff | None = None,
        wake: Callable[[], object] | None = None,
    ) -> None:
        self.name = name
        self.stopping = threading.Event()
        """Set once the runner is to end; waits within the body should wait on it."""
        self.heartbeat = Heartbeat()
        self.unfinished = ""
        """What the service is not ready without, while this runner is still at it; empty for most."""
        self.failures = 0
        """How often the body has failed since the start."""
        self._body, self._every_s, self._wake = body, every_s, wake
        self._back_off = back_off or BackOff(first_s=0.1, longest_s=5.0)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._in_a_row = 0
        self._turn_mono_s = 0.0
        self._reason = ""

    def start(self) -> None:
        """Start the thread, or start a new one in place of one that died. Does nothing while it is alive."""
        with self._lock:
            if self.stopping.is_set() or self._ended or (self._thread and self._thread.is_alive()):
                return
            thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            thread.start()
            self._thread = thread

    def stop(self, timeout_s: float = JOIN_S) -> bool:
        """End the thread and wait for it; return whether it has ended within `timeout_s`."""
        self.stopping.set()
        if self._wake is not None:
            self._wake()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        if thread.is_alive():
            log.error("a thread does not end", runner=self.name, seconds=timeout_s)
        return not thread.is_alive()

    @property
    def state(self) -> RunnerState:
        """Whether it works. A thread that has ended without being asked to is dead, never idle."""
        if self._ended or self.stopping.is_set():
            return RunnerState.ENDED
        with self._lock:  # a new thread may just be taking the place of a dead one
            thread = self._thread
        if thread is None:
            return RunnerState.NOT_STARTED
        if not thread.is_alive():
            # Read again: it may have ended normally just now.
            return RunnerState.ENDED if self._ended or self.stopping.is_set() else RunnerState.DEAD
        if self._in_a_row >= FAILING_AFTER and not self._steady():
            return RunnerState.FAILING
        return RunnerState.ALIVE

    @property
    def trouble(self) -> str:
        """What is wrong with it, for people; empty if nothing is."""
        state = self.state
        if state is RunnerState.ENDED:
            return ""
        if state is RunnerState.ALIVE:
            return self.unfinished
        return f"{state}: {self._reason}" if state is RunnerState.FAILING else str(state)

    @property
    def thread_id(self) -> int | None:
        """The thread's identifier, None before its start."""
        return None if self._thread is None else self._thread.ident

    def _steady(self) -> bool:
        """Say whether the present turn has lasted for long: 0 marks the pause after a failure."""
        return self._turn_mono_s > 0 and time.monotonic() - self._turn_mono_s > STEADY_S

    def _run(self) -> None:
        pause_s = 0.0
        while not self._ended and not self.stopping.is_set():
            try:
                pause_s = self._turn(pause_s)
            except Exception as error:  # noqa: BLE001 - logged below, the thread goes on
                pause_s = self._failed(error)
            self.heartbeat.idle()

    def _turn(self, pause_s: float) -> float:
        """Pause, call the body once, and return how long to pause before the next turn."""
        if self.stopping.wait(pause_s):
            return 0.0
        self._turn_mono_s = time.monotonic()
        self.heartbeat.begin()
        self._ended = self._body() is False
        self._in_a_row = 0
        self._back_off.reset()
        return self._every_s

    def _failed(self, error: Exception) -> float:
        """Note and log a failure; return how long to pause."""
        if self._steady():
            self._in_a_row = 0
            self._back_off.reset()
        self._turn_mono_s = 0.0
        self._reason = f"{type(error).__name__}: {error}"
        self.failures += 1
        self._in_a_row += 1
        if self.stopping.is_set():
            return 0.0
        pause_s = self._back_off.next_s()
        about = {"runner": self.name, "in_a_row": self._in_a_row, "again_in_s": round(pause_s, 1)}
        if isinstance(error, BarwatchError):
            log.warning("a thread's work failed; it is tried again", reason=str(error), **about)
        else:
            log.error("a thread's work failed; it is tried again", exc_info=error, **about)
        return pause_s


class Runners:
    """Every runner of a process, for readiness and the watchdog. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Runner, ...] = ()

    def add(self, runner: Runner) -> Runner:
        """Look after `runner` until it has ended; returns it."""
        with self._lock:
            kept = (each for each in self._all if each.state is not RunnerState.ENDED)
            self._all = (*kept, runner)
        return runner

    def __iter__(self) -> Iterator[Runner]:
        """Iterate over those that were added and have not ended."""
        return (each for each in self._all if each.state is not RunnerState.ENDED)

    def troubles(self) -> dict[str, str]:
        """Return what is wrong, by runner: not started, failing or dead. Empty if all are alive."""
        return {runner.name: trouble for runner in self if (trouble := runner.trouble)}

    def revive(self) -> None:
        """Start a new thread in place of each one that died."""
        for runner in self:
            if runner.state is RunnerState.DEAD:
                log.error("a thread died; a new one takes its place", runner=runner.name)
                runner.start()
