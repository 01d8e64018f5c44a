"""Which threads a route's work is done on, so that no kind of request can take another's.

    @router.post("/{alarm_id}/acknowledge", ...)
    @vital                                     # its own threads: alarms and health always get one
    def acknowledge(...): ...

Routes without a mark share the framework's threads. All marked ones take `runtime: RuntimeDep`.
"""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar, get_type_hints

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection

from service.domain.errors import BusyError

P = ParamSpec("P")
R = TypeVar("R")

VITAL = 8
"""Threads for alarms and health."""

IDENTIFYING = 4
"""Threads that find out who is asking, for the other routes."""

HEAVY = 6
"""Uploads that are worked on at once; each may wait for a decoder, then for the network."""

WAITING = 10
"""Uploads that may wait for one of these threads; any more are refused."""

FEEDS, FEEDS_OF_ONE = 256, 64
"""Alarm feeds in all; of one address, token or person."""

_VITAL_MARK = "barwatch_vital"


class Threads:
    """The threads of one application, by what they are for; of one event loop."""

    def __init__(self) -> None:
        self.vital = CapacityLimiter(VITAL)
        self.identifying = CapacityLimiter(IDENTIFYING)
        self.heavy = CapacityLimiter(HEAVY)
        self.feeds = Feeds()
        self.uploads = 0
        """How many are worked on or wait."""

    async def find_out(self, connection: HTTPConnection, who: Callable[[], R]) -> R:
        """Return what `who` finds out about a request's sender, on the threads of its route."""
        route = connection.scope.get("endpoint")
        return await to_thread.run_sync(who, limiter=self.vital if is_vital(route) else self.identifying)


class Feeds:
    """Who follows the alarms: bounded for each address, token or person, and in all. Of one event loop."""

    def __init__(self, most_of_one: int = FEEDS_OF_ONE, most: int = FEEDS) -> None:
        self._most_of_one, self._most = most_of_one, most
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str, who: str) -> Iterator[None]:
        """Hold a place. Raises BusyError: there is none."""
        keys = (f"address {address}", f"who {who}")
        if self._open.total() >= 2 * self._most or any(self._open[key] >= self._most_of_one for key in keys):
            raise BusyError("too many feeds of alarms are open: close some, and try again", "too_many_feeds")
        self._open.update(keys)
        try:
            yield
        finally:
            self._open.subtract(keys)
            self._open = +self._open  # without those that are at nothing


def vital(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Do a route's work on threads that only alarms and health use."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=_threads(kwargs).vital)

    setattr(call, _VITAL_MARK, True)
    return _looking_like(work, call)


def heavy(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Do a route's work on a few threads of its own; whoever comes while many wait is refused (BusyError)."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        threads = _threads(kwargs)
        if threads.uploads >= HEAVY + WAITING:
            raise BusyError("too many pictures are being worked on: try again in a few seconds", "busy")
        threads.uploads += 1
        try:
            return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=threads.heavy)
        finally:
            threads.uploads -= 1

    return _looking_like(work, call)


def is_vital(route: object) -> bool:
    """Say whether a route's work is done on the threads for alarms and health."""
    return bool(getattr(route, _VITAL_MARK, False))


def _threads(arguments: dict[str, Any]) -> Threads:
    threads = arguments["runtime"].threads
    assert isinstance(threads, Threads)  # noqa: S101 - every marked route takes the runtime
    return threads


def _looking_like(work: Callable[P, R], call: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Give `call` the name, the words and the parameters of `work`, from which FastAPI makes the route."""
    functools.update_wrapper(call, work)
    del call.__wrapped__  # type: ignore[attr-defined]  # FastAPI would look through it and see a plain function
    hints = get_type_hints(work, include_extras=True)
    signature = inspect.signature(work)
    shown = [each.replace(annotation=hints.get(name)) for name, each in signature.parameters.items()]
    # `-> None` as it is written: type(None) would be the shape of an answer.
    returned = None if hints.get("return") is type(None) else hints.get("return", signature.return_annotation)
    call.__signature__ = signature.replace(parameters=shown, return_annotation=returned)  # type: ignore[attr-defined]
    call.__annotations__ = {**hints, "return": returned}
    return call
