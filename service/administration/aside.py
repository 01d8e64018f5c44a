"""Long work that a person asks for: one thing at a time, in a process of its own that stands back.

    aside = Aside("audit check", work)
    aside.begin(item)               # ConflictError: another is at work

Reading a whole data folder takes minutes of a processor. In this process that would hold up verdicts, for
only one thread of it computes at a time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from service.domain.errors import BarwatchError, ConflictError
from service.host import signals
from service.host.child import NOTHING, Child, ChildLostError
from service.host.runner import Runner
from service.host.work.backlog import Backlog

T = TypeVar("T")

NICENESS = 10
"""So far it stands back behind what watches."""

SILENT_S, LONGEST_S = 300.0, 86_400.0
"""It is given up once it has used no processor for so long (a disk that hangs), and after a day."""

LOOK_EVERY_S = 0.2


class Aside(Generic[T]):
    """Does what is asked for, one at a time. Safe from any thread.

    Args:
        name: of the thread.
        work: does it, in a thread of this process; what it raises must be its own affair.
    """

    def __init__(self, name: str, work: Callable[[T], None]) -> None:
        self._lock, self._work = threading.Lock(), work
        self._now: T | None = None
        self._backlog: Backlog[T] = Backlog(name, self._do, most=1)

    @property
    def runner(self) -> Runner:
        """The thread."""
        return self._backlog.runner

    @property
    def now(self) -> T | None:
        """What is at work, or about to be."""
        return self._now

    def begin(self, item: T) -> None:
        """Do it as soon as the thread has it; returns at once. Raises ConflictError: another is at work."""
        with self._lock:
            if self._now is not None:
                raise ConflictError("this is being done already: wait for its end", "already_at_work")
            self._now = item
            self._backlog.add(item)

    def _do(self, item: T) -> None:
        try:
            with self.runner.heartbeat.waiting():
                self._work(item)
        finally:
            self._now = None


def done_aside(name: str, work: Callable[..., T], *given: Any, runner: Runner) -> T:
    """Return what `work(*given)` returns in a process of its own.

    Args:
        name: of the process.
        work: a function of a module's own, and what it is given and returns can be pickled.
        runner: whose thread this is; once it is to stop, the process is ended.

    Raises:
        BarwatchError: what the work raised, or the process was lost.
    """
    child = Child.spawn(get_context("spawn"), name, _main, work, given)
    try:
        child.expect(SILENT_S, LONGEST_S)
        while (answer := child.receive(LOOK_EVERY_S)) is NOTHING:
            if runner.stopping.is_set():
                raise ChildLostError("was ended with the service")
    finally:
        child.end()
    if isinstance(answer, BarwatchError):
        raise answer
    found: T = answer
    return found


def _main(pipe: Connection, work: Callable[..., object], given: tuple[Any, ...]) -> None:
    signals.ignore()
    os.nice(NICENESS)
    try:
        answer = work(*given)
    except BarwatchError as error:
        answer = error
    except OSError as error:
        answer = BarwatchError(str(error))
    pipe.send(answer)
