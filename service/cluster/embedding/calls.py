"""Which requests wait for an embedder of the cluster, which are with one, which the local engine has too.

A pure ledger: it sends nothing and knows no thread. Each request is answered once, whoever answers first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from service.cluster.embedding.pieces import Batch
from service.cluster.embedding.pool import CALL, DROP, WANT
from service.cluster.embedding.scale import Scale
from service.inference.protocol import MAX_REQUEST
from service.inference.requests import MAX_ATTEMPTS, Request
from service.inference.session import CPU_BATCH, DEVICE_BATCH

DEPTH = 2
"""Batches that an embedder has at once: the next is there when it has answered one."""

HEDGE_S, HEDGE_PER_PICTURE_S = 0.75, 0.05
"""A request without an answer after this long, a little more per picture, is the local engine's as well."""


HANG_S, HANG_PER_PICTURE_S = 10.0, 0.2
"""An embedder that has had a batch for this long, and a little more per picture, is replaced."""


@dataclass(eq=False)
class Asked(Request):
    """A request of the cluster.

    here: the local engine has it as well. refused: why that one could not answer.
    """

    since_mono_s: float = 0.0
    here: bool = False
    refused: BaseException | None = None

    @property
    def hedge_mono_s(self) -> float:
        """When it is to go to the local engine as well."""
        return self.since_mono_s + HEDGE_S + HEDGE_PER_PICTURE_S * len(self.images)


@dataclass(eq=False)
class Call:
    """A batch that an embedder has."""

    number: int
    requests: list[Asked]
    batch: Batch
    sent_mono_s: float


@dataclass(eq=False)
class JoinedEmbedder:
    """One that is there. device: what it computes on."""

    device: str
    pid: int
    calls: dict[int, Call] = field(default_factory=dict)

    @property
    def capacity(self) -> int:
        """How many pictures are gathered for one call; a processor gains nothing by more (session)."""
        return CPU_BATCH if self.device.startswith("cpu") else DEVICE_BATCH


class CallBook:
    """The ledger. Not for several threads at once.

    Args:
        max_images: pictures that may wait or be with embedders; more are refused.
    """

    def __init__(self, max_images: int) -> None:
        self._max_images = max_images
        self._next = self.wanted = 0
        self.waiting: deque[Asked] = deque()
        self.embedders: dict[int, JoinedEmbedder] = {}

    @property
    def open(self) -> list[Asked]:
        """Every request that is not answered."""
        called = (
            each for one in self.embedders.values() for call in one.calls.values() for each in call.requests
        )
        return [each for each in (*self.waiting, *called) if not each.future.done()]

    @property
    def images(self) -> int:
        """How many pictures and masks are not answered."""
        return sum(len(each.images) for each in self.open)

    def full(self, request: Asked) -> bool:
        """Whether there is no room for a request."""
        return self.images + len(request.images) > self._max_images

    def _next_call(self, now_s: float) -> tuple[int, Call] | None:
        """Hand the oldest requests of one kind to the embedder with the least to do; return number and call.

        None: nothing waits, or all have enough.
        """
        while self.waiting and self.waiting[0].future.done():
            self.waiting.popleft()
        free = [(len(one.calls), number) for number, one in self.embedders.items() if len(one.calls) < DEPTH]
        if not free or not self.waiting:
            return None
        _, number = min(free)
        requests = self._gather(self.embedders[number].capacity)
        self._next += 1
        call = Call(self._next, requests, Batch.of(requests), now_s)
        self.embedders[number].calls[call.number] = call
        return number, call

    def _gather(self, capacity: int) -> list[Asked]:
        """Take what goes as one call. Those that can wait come last, and one at a time."""
        self.waiting = deque(sorted(self.waiting, key=lambda request: request.can_wait))
        first = self.waiting.popleft()
        gathered, count = [first], len(first.images)
        while self.waiting and not first.can_wait:
            request = self.waiting[0]
            if request.kind != first.kind or count + len(request.images) > min(capacity, MAX_REQUEST):
                break
            self.waiting.popleft()
            if not request.future.done():
                gathered.append(request)
                count += len(request.images)
        return gathered

    def answered(self, number: int, call: int) -> Call | None:
        """Close a call; return it, None: it was taken back before."""
        embedder = self.embedders.get(number)
        return None if embedder is None else embedder.calls.pop(call, None)

    def lost(self, number: int) -> list[Asked]:
        """Take back what a lost embedder had: it waits again, first; return what was tried often enough."""
        embedder = self.embedders.pop(number, None)
        given_up: list[Asked] = []
        for call in reversed(list(embedder.calls.values() if embedder is not None else ())):
            for request in reversed(call.requests):
                request.attempts += 1
                if request.attempts >= MAX_ATTEMPTS:
                    given_up.append(request)
                elif not request.future.done():
                    self.waiting.appendleft(request)
        return given_up

    @property
    def can_call(self) -> bool:
        """Whether something waits, and an embedder has room for it."""
        return bool(self.waiting) and any(len(one.calls) < DEPTH for one in self.embedders.values())

    def orders(self, now_s: float, scale: Scale) -> list[tuple[Any, ...]]:
        """Return what the pool is told: the next calls, how many embedders are wanted, which are to go."""
        orders = list[tuple[Any, ...]]()
        while (next_call := self._next_call(now_s)) is not None:
            number, call = next_call
            orders.append((CALL, number, call.number, call.batch))
        busy = sum(bool(one.calls) for one in self.embedders.values())
        wanted = scale.step(now_s, waiting=bool(self.waiting), busy=busy, ready=len(self.embedders))
        if wanted != self.wanted:
            self.wanted = wanted
            orders.append((WANT, wanted))
        idle = [number for number, one in self.embedders.items() if not one.calls]
        surplus = idle[-max(0, len(self.embedders) - wanted) :] if len(self.embedders) > wanted else []
        stuck = [number for number, one in self.embedders.items() if _is_stuck(one, now_s)]
        return orders + [(DROP, number) for number in (*surplus, *stuck)]

    def late(self, now_s: float) -> list[Asked]:
        """Return what the local engine is to have; what of it still waits, no embedder is given any more."""
        late = [each for each in self.open if each.hedge_mono_s <= now_s]
        self.waiting = deque(each for each in self.waiting if each.hedge_mono_s > now_s)
        return late

    def clear(self) -> list[Asked]:
        """Forget all embedders; return every request that is not answered, and keep none."""
        left = self.open
        self.waiting.clear()
        self.embedders.clear()
        return left


def _is_stuck(embedder: JoinedEmbedder, now_s: float) -> bool:
    calls = embedder.calls.values()
    return any(
        now_s - call.sent_mono_s > HANG_S + HANG_PER_PICTURE_S * len(call.batch.images) for call in calls
    )
