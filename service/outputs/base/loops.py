"""What an output's own event loop needs: work within a time, and calls from other threads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Return what the work gives; raises TimeoutError after that time."""
    async with asyncio.timeout(seconds):
        return await work


async def wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Wait for news, so long at most."""
    with contextlib.suppress(TimeoutError):
        await within(seconds, news.wait())


def call_on(loop: asyncio.AbstractEventLoop, what: Callable[[], object]) -> None:
    """Call something on a loop, from any thread; one that has just ended is no fault."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(what)
