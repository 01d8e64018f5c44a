"""What the processes of test_child.py run; apart from the tests, so that they start without pytest."""

from __future__ import annotations

import contextlib
import os
import time
from multiprocessing.connection import Connection


def echo(pipe: Connection) -> None:
    """Answer everything with itself until EOF."""
    try:
        while True:
            pipe.send(pipe.recv())
    except EOFError:
        return


def sleep(pipe: Connection) -> None:
    """Say nothing, do nothing, and do not end at EOF."""
    pipe.recv()
    time.sleep(600)


def work(pipe: Connection, seconds: float) -> None:
    """Keep the processor busy for so long, then answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(1000))
    pipe.send("done")
    pipe.recv()


def tell_environment(pipe: Connection) -> None:
    """Send the environment that the process was started with, then wait for EOF."""
    pipe.send(dict(os.environ))
    with contextlib.suppress(EOFError):
        pipe.recv()
