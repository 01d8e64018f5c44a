"""What an output's own event loop needs: work that ends when it is to, and calls from other threads.

A single cancellation may be lost: `asyncio.wait_for` of Python 3.11, which most libraries use, returns what
came in the same moment, and whoever waited goes on as if nothing had been said
(github.com/python/cpython/issues/86296). What is ended here is told again until it has ended.

A library may also cancel what somebody waits for, as a lost connection's answer. That is no cancellation of
whoever waits: they get a ConnectionAbortedError, and begin again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

AGAIN_S = 1.0
"""How long a cancelled task may clean up before it is cancelled again, in seconds."""


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Return what the work gives; raises TimeoutError after that time, and as `_result`."""
    task = asyncio.ensure_future(work)
    try:
        if not (await asyncio.wait([task], timeout=seconds))[0]:
            raise TimeoutError
        return _result(task)
    finally:
        await _ended([task])


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do all of it side by side; raises what the first to fail raises, once the others have ended."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        pending = set(tasks)
        while pending:  # FIRST_EXCEPTION takes one that was cancelled for one that is at work
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                _result(task)
    finally:
        await _ended(tasks)


async def unless(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Do the work until it ends, or until `stop` is set; raises what it raises, unless it was stopped."""
    task, stopped = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            _result(task)
    finally:
        await _ended([task, stopped])


async def wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Wait for news, so long at most."""
    with contextlib.suppress(TimeoutError):
        await within(seconds, news.wait())


def call_on(loop: asyncio.AbstractEventLoop, what: Callable[[], object]) -> None:
    """Call something on a loop, from any thread; one that has just ended is no fault."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(what)


def _result(task: asyncio.Future[T]) -> T:
    """Return what it gave; raises what it raised, ConnectionAbortedError if it was cancelled from within."""
    if task.cancelled():
        raise ConnectionAbortedError("what it waited for was cancelled")
    return task.result()


async def _ended(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel them until they have ended, whatever they do with it; who is cancelled meanwhile still waits."""
    cancelled: asyncio.CancelledError | None = None
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=AGAIN_S)
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()  # said to be seen: what it raised while it ended is nobody's answer
    if cancelled is not None:
        raise cancelled
