"""The server from which processes are forked: one that hangs is ended, so that the next start has a new one.

Python starts its fork server (`multiprocessing.forkserver`) again when it died, but waits without end for one
that hangs: whoever starts a process then never comes back, and no camera that is lost is ever started again.
Ending the server costs the processes that it forked as well, for nobody else is told when they end: their
owners find them lost and start them again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from typing import Any

import structlog

from service.host.child import Patience, processor_time_s

log = structlog.get_logger(__name__)

PATIENCE_S, LONGEST_S = 5.0, 120.0
"""How long to wait for a fork: while the server makes no progress, and at all (it may still be loading)."""

_LOOK_EVERY_S = 0.05
_connect = forkserver.connect_to_new_process


def fork_context(*preload: str) -> ForkServerContext:
    """Return the context in which processes are forked from a server that has loaded these modules once."""
    # Python looks this function up in its module; it offers no other way in.
    vars(forkserver)["connect_to_new_process"] = _connect_patiently
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


def _connect_patiently(fds: Sequence[int]) -> tuple[int, int]:
    """Have a process forked; return the ends of its pipes for status and data, as `forkserver` does.

    Raises:
        OSError: the server does not answer, and was ended; or the machine gives no process.
    """
    status, data = _connect(fds)
    server: Any = forkserver._forkserver
    pid = server._forkserver_pid
    patience = Patience(PATIENCE_S, LONGEST_S, partial(processor_time_s, pid))
    while not wait([status], _LOOK_EVERY_S):  # the first thing that it writes there is the process's id
        if patience.over():
            for end in (status, data):
                os.close(end)
            log.error("the server that forks processes does not answer, and is ended", pid=pid)
            os.kill(pid, signal.SIGKILL)  # our own child, not waited for: the id is still its own
            raise OSError("the server that forks processes does not answer")
    return status, data
