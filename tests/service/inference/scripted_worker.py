"""Workers without a network, which start quickly: they answer with ones. Run in a process, without torch."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from service.inference.worker import DONE, FAILED, PING, READY, EmbedderOptions, output_view

BATCH_S = 0.1
"""How long a slow one takes for a batch."""

BUSY_S = 4.0
PART_S = 0.02


def serve(
    pipe: Connection,
    outputs: Any,
    options: EmbedderOptions,
    work: Callable[[], str | None],
    device: str = "cpu float32",
    value: float = 1.0,
) -> None:
    """Say READY, then do the work for every batch and answer it, or end with what went wrong."""
    pipe.send((READY, device))
    while True:
        try:
            kind, count = pipe.recv()
        except EOFError:
            return
        if kind != PING:
            failure = work()
            if failure is not None:
                pipe.send((FAILED, failure))
                return
            output_view(outputs, options.dim, count)[:] = value
        pipe.send((DONE, ""))


def answers(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """Answer at once."""
    serve(pipe, outputs, options, lambda: None)


def answers_twos(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """Answer at once, with twos."""
    serve(pipe, outputs, options, lambda: None, value=2.0)


def answers_slowly(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """Take a while for each batch."""
    serve(pipe, outputs, options, lambda: time.sleep(BATCH_S))


def sleeps(*_: object) -> None:
    """Do nothing and never become ready."""
    time.sleep(600)


def gets_on(pipe: Connection, *arguments: Any) -> None:
    """Act as on a busy machine: make slow progress for seconds."""
    until_s = time.monotonic() + BUSY_S
    while time.monotonic() < until_s:
        pause_s = time.process_time() + PART_S
        while time.process_time() < pause_s:
            sum(range(1000))
        time.sleep(5 * PART_S)
    answers(pipe, *arguments)
