"""Signals that end the service: SIGTERM, Ctrl-C and a closed terminal, from the interpreter's first line on.

    end_at_once()                     # while the service's parts are still being imported
    signals = StopSignals(runners)    # main thread
    signals.hand_to(service.stop)     # from now on: in order, and at once after SHUT_DOWN_S

Python runs a signal's handler on the main thread, between two steps of the interpreter. That may take long:
SQLite waits ten seconds for a lock. So the signal is read from a socket on a thread of its own. Whatever the
service is at then, the process ends with exit status 0 in time: what was committed is safe at any moment.

Imports only what the interpreter has loaded anyway, because `end_at_once` comes before everything else.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from service.host.runner import Runners

STOP_SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)

SHUT_DOWN_S = 7.0
"""How long an orderly end may take before the process ends as it is."""


def end_at_once() -> None:
    """End the process with status 0 at a signal, as it is: nothing has begun that would need an end."""
    _handle(lambda _number, _frame: leave())


def ignore() -> None:
    """Leave signals to the parent: a terminal or a service manager sends them to the whole group."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def leave(status: int = 0) -> NoReturn:
    """End this process now, and its children with it."""
    # The module may not be there yet, or be half imported.
    children = getattr(sys.modules.get("multiprocessing"), "active_children", list)
    for child in children():
        child.kill()
    os._exit(status)


class StopSignals:
    """Waits for a signal on a thread of its own. Make it on the main thread, once per process.

    Args:
        runners: owns that thread.
    """

    def __init__(self, runners: Runners) -> None:
        # Imported here: the import is slow, and `end_at_once` must be in place before it.
        import socket  # noqa: PLC0415

        from service.host.runner import Runner  # noqa: PLC0415

        self._stop: Callable[[], None] | None = None
        self._heard, self._wakeup = socket.socketpair()
        self._peek = socket.MSG_PEEK
        self._wakeup.setblocking(False)
        self._former = {each: signal.getsignal(each) for each in STOP_SIGNALS}
        self._former_wakeup = signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        _handle(lambda _number, _frame: None)
        self._runner = runners.add(Runner("signals", self._listen))
        self._runner.start()

    def hand_to(self, stop: Callable[[], None]) -> None:
        """Call `stop` at a signal from now on; it must return at once."""
        self._stop = stop

    def close(self) -> None:
        """Leave signals as they were found, on the main thread: the start failed, and who started goes on.

        A process that goes on with these handlers would be ended by the next signal of any kind.
        """
        signal.set_wakeup_fd(self._former_wakeup)
        for each, handler in self._former.items():
            signal.signal(each, handler)
        self._runner.stopping.set()
        self._wakeup.send(b"\0")
        if self._runner.stop():
            self._heard.close()
            self._wakeup.close()

    def _listen(self) -> None:
        number = self._next(None)
        if self._runner.stopping.is_set():
            return
        if number not in STOP_SIGNALS:
            self._heard.recv(1)
            return
        if self._stop is None:
            leave()
        self._stop()
        # Only now, so that a thread in place of this one would hear it as well.
        self._heard.recv(1)
        until_s = time.monotonic() + SHUT_DOWN_S
        while (number := self._next(until_s - time.monotonic())) not in STOP_SIGNALS:
            if number is None:
                print("barwatch: not everything ended in time; the process ends as it is", file=sys.stderr)  # noqa: T201
                break
            if self._runner.stopping.is_set():
                return
            self._heard.recv(1)
        leave()

    def _next(self, timeout_s: float | None) -> int | None:
        """Wait for a signal and return its number, without taking it out; None after `timeout_s`.

        Every signal with a handler in Python comes this way, also those of others: PyTorch's data loader sets
        one for ended children (SIGCHLD).
        """
        with self._runner.heartbeat.waiting():
            timeout_s = None if timeout_s is None else max(0.0, timeout_s)
            if not select.select([self._heard], [], [], timeout_s)[0]:
                return None
        return self._heard.recv(1, self._peek)[0]


def _handle(handler: Callable[[int, object], None]) -> None:
    for each in STOP_SIGNALS:
        # Whoever started the process may have it outlive a terminal (nohup) or ignore Ctrl-C (a script's &).
        if each is signal.SIGTERM or signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, handler)
