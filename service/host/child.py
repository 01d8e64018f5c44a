"""A child process at the other end of a pipe, watched over: it answers, it is lost, or it is ended.

    child = Child.spawn(get_context("spawn"), "barwatch-embedder", worker_main, options)
    child.expect(patience_s=60.0, longest_s=600.0)
    while (message := child.receive(0.05)) is NOTHING:    # ChildLostError: it died or makes no progress
        ...
    child.end()

It inherits no secret of the environment (`service.host.handover.environment`): what it has to know comes as
an argument of `main` or as a message, through the pipe.

The embedder and the cameras run this way. The owner of a child starts a new one when it is lost, after a
pause (`service.host.runner.BackOff`).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any, Final, Literal

import structlog

from service.domain.errors import BarwatchError
from service.host.handover.environment import keep_secrets_from_children
from service.host.handover.parcels import open_parcel, send_parcel

keep_secrets_from_children()

log = structlog.get_logger(__name__)

PROGRESS_S = 0.001
"""So much processor time shows that a process gets on."""

REAP_S = 5.0
"""How long to wait for a process that was killed; one that is stuck in the kernel stays behind."""


class _Nothing(Enum):
    NOTHING = 0


NOTHING: Final = _Nothing.NOTHING
"""What `Child.receive` returns when no message came."""


class ChildLostError(BarwatchError):
    """A child process could not be started, died or makes no progress; the message says which."""


class Patience:
    """How long to wait for a process: the time without progress counts, not the wall clock alone.

    A process that loads a network on a busy machine takes minutes instead of seconds, and a restart would
    only take longer.

    Args:
        patience_s: it is over once the process has used no processor time for this long.
        longest_s: it is over after this long in any case.
        worked_s: returns the processor time that the process has used, in seconds.
        now_s: returns the time, in seconds; a test may supply its own clock.
    """

    def __init__(
        self,
        patience_s: float,
        longest_s: float,
        worked_s: Callable[[], float],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience_s, self._longest_s = patience_s, longest_s
        self._worked_s, self._now_s = worked_s, now_s
        self._began_s = self._since_s = now_s()
        self._work_s = worked_s()

    def over(self) -> bool:
        """Return whether the process must be given up."""
        now_s = self._now_s()
        if now_s - self._began_s > self._longest_s:
            return True
        work_s = self._worked_s()
        if work_s - self._work_s >= PROGRESS_S:
            self._work_s, self._since_s = work_s, now_s
        return now_s - self._since_s > self._patience_s


class Child:
    """A started process and our end of its pipe. For one thread; `pid` may be read from any.

    Args:
        process: the process; ours to end.
        pipe: our end.
    """

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self._process, self._pipe = process, pipe
        self.pid = process.pid or 0
        self._handle = _handle_of(self.pid)
        self._ended = False
        self.heard_mono_s = time.monotonic()
        """When it was started, or last sent a message."""
        self._patience: Patience | None = None

    @classmethod
    def spawn(
        cls,
        context: SpawnContext | ForkServerContext,
        name: str,
        main: Callable[..., None],
        *args: Any,
    ) -> Child:
        """Start a process that runs `main(its end of the pipe, *args)`.

        `main` must end when its end of the pipe reads EOF: a child has no other sign of its parent's death.

        Raises:
            ChildLostError: the machine gives no process, or the server that forks them is gone (it is
                restarted at the next attempt).
        """
        ours, theirs = context.Pipe()
        process = context.Process(target=main, args=(theirs, *args), name=name, daemon=True)
        try:
            process.start()
        except (OSError, EOFError) as error:
            ours.close()
            raise ChildLostError(f"could not be started: {error}") from error
        finally:
            theirs.close()
        return cls(process, ours)

    def expect(self, patience_s: float, longest_s: float | None = None) -> None:
        """Expect a message from now on: `receive` gives the process up after that.

        Args:
            patience_s: how long it may be silent without using the processor.
            longest_s: how long it may be silent at all; as long as `patience_s` if not given.
        """
        longest_s = patience_s if longest_s is None else longest_s
        self._patience = Patience(patience_s, longest_s, self._worked_s)

    def send(self, message: Any) -> None:
        """Send a message, which must be small: a process that does not read must not hold up the sender.

        Raises:
            ChildLostError: it died.
        """
        try:
            self._pipe.send(message)
        except OSError as error:
            raise self._death() from error

    def send_parcel(self, what: Any) -> None:
        """Send something large (`service.host.handover.parcels`). Raises ChildLostError: it died."""
        try:
            send_parcel(self._pipe, what)
        except OSError as error:
            raise self._death() from error

    def receive_parcel(self, timeout_s: float) -> Any | Literal[_Nothing.NOTHING]:
        """Return something large that it sent, as `receive` does."""
        sizes = self.receive(timeout_s)
        return NOTHING if sizes is NOTHING else self.open_parcel(sizes)

    def open_parcel(self, sizes: list[int]) -> Any:
        """Return something large that it sent, after its announcement. Raises ChildLostError: it died."""
        try:
            return open_parcel(self._pipe, sizes)
        except (OSError, EOFError) as error:
            raise self._death() from error

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return not self._ended and self._process.is_alive()

    def receive(self, timeout_s: float) -> Any | Literal[_Nothing.NOTHING]:
        """Return the next message, or NOTHING if none came within `timeout_s`.

        What is expected (`expect`) has come with it; nothing further is until `expect` is called again.

        Raises:
            ChildLostError: it died, or patience with it is over.
        """
        ready = wait([self._pipe, self._process.sentinel], timeout_s)
        if self._pipe in ready:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError) as error:
                raise self._death() from error
            self.heard_mono_s, self._patience = time.monotonic(), None
            return message
        if ready:
            raise self._death()
        if self._patience is not None and self._patience.over():
            raise ChildLostError("does not answer")
        return NOTHING

    def kill(self) -> None:
        """Kill it, from any thread: one that is sending to it is let go. `end` is still to be called."""
        if not self._ended:
            self._process.kill()

    def end(self, grace_s: float = 0.0) -> None:
        """Close the pipe, which asks the process to end; kill it after `grace_s`. Leaves nothing behind."""
        if self._ended:
            return
        self._ended = True
        self._pipe.close()
        self._process.join(grace_s)
        self._kill()
        self._process.join(REAP_S)
        if self._process.exitcode is None:
            log.error("a killed process does not end", name=self._process.name, pid=self.pid)
        else:
            self._process.close()

    def _kill(self) -> None:
        """Kill it, and wait for its end, also where the server that forked it is gone.

        Python takes such a process for ended, and would leave one that hangs behind, with its camera.
        """
        self._process.kill()
        if self._handle is None:
            return
        try:
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            wait([self._handle], REAP_S)
        except ProcessLookupError:
            pass
        finally:
            os.close(self._handle)

    def _death(self) -> ChildLostError:
        self._process.join(1.0)
        return ChildLostError(f"died (exit code {self._process.exitcode})")

    def _worked_s(self) -> float:
        return processor_time_s(self.pid)


def _handle_of(pid: int) -> int | None:
    """Return a descriptor that means it, whoever has its id later; None: the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def processor_time_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds; 0 where that cannot be known."""
    try:
        # The clock that clock_getcpuclockid(3) names, which Python does not offer for processes.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0
