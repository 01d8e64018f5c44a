"""The driver's side of the embedders: makes as many actors as are wanted, calls them, says which are lost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from service.cluster.driver import DriverSide
from service.cluster.embedding.actor import ClusterEmbedder, EmbedderModel
from service.cluster.embedding.pieces import Batch, cut, joined
from service.cluster.nodes import A_SHARE, VERSION_RESOURCE
from service.host.runner import BackOff

WANT, CALL, DROP = "want", "call", "drop"
"""What is asked: so many embedders; a batch of one of them; to end one."""

READY, GONE, DONE, FAILED = "ready", "gone", "done", "failed"
"""What is told: an embedder is there; it is lost; a batch's answer; the network failed over it."""

PING_S = 2.0
"""How often an embedder that has nothing to do is asked whether it is there."""

STRUCK_S = 15.0
"""An embedder that has not answered a ping for this long is replaced."""


@dataclass(frozen=True, slots=True)
class EmbedderShare:
    """What one embedder takes of its node: processors, and GPUs (or a part of one)."""

    cpus: float = 1.0
    gpus: float = 0.0


@dataclass(eq=False)
class _Member:
    handle: Any
    ready: bool = False
    asked_mono_s: float = 0.0
    """When it was last asked something."""
    pinged_mono_s: float | None = None
    """Since when a ping has been without an answer."""


class EmbedderPool:
    """See DriverPart.

    Args:
        driver: what is around it.
        model: what embedders load.
        share: what each of them takes.
    """

    def __init__(self, driver: DriverSide, model: EmbedderModel, share: EmbedderShare) -> None:
        self._driver, self._dim, self._cells = driver, model.dim, model.cells
        self._model = driver.ray.put(model)  # once, whatever the number of embedders
        self._actor = driver.ray.remote(ClusterEmbedder).options(
            num_cpus=share.cpus,
            num_gpus=share.gpus,
            resources={VERSION_RESOURCE: A_SHARE},
            max_restarts=0,
        )
        self._members: dict[int, _Member] = {}
        self._numbers = count(1)
        self._wanted = 0
        self._back_off, self._next_mono_s = BackOff(first_s=0.5, longest_s=10.0), 0.0

    def take(self, message: Any) -> None:
        """See DriverPart."""
        kind, *what = message
        if kind == WANT:
            (self._wanted,) = what
        elif kind == DROP:
            self._lost(what[0], "it is not needed any more")
        else:
            self._call(*what)

    def step(self) -> None:
        """See DriverPart."""
        now = time.monotonic()
        while len(self._members) < self._wanted and now >= self._next_mono_s:
            self._make()
        for number, member in list(self._members.items()):
            if member.pinged_mono_s is not None and now - member.pinged_mono_s > STRUCK_S and member.ready:
                self._lost(number, "it does not answer")
            elif member.ready and member.pinged_mono_s is None and now - member.asked_mono_s > PING_S:
                self._ping(number, member)

    def stop(self) -> None:
        """See DriverPart: the actors end with the driver's job."""

    def _make(self) -> None:
        number, member = next(self._numbers), _Member(self._actor.remote(self._model))
        self._members[number] = member
        self._ping(number, member)

    def _ping(self, number: int, member: _Member) -> None:
        member.asked_mono_s = member.pinged_mono_s = time.monotonic()
        self._driver.watch(member.handle.ready.remote(), partial(self._answered_ping, number))

    def _answered_ping(self, number: int, answer: Any) -> None:
        member = self._members.get(number)
        if member is None:
            return
        if isinstance(answer, Exception):
            self._lost(number, _plain(answer))
            return
        member.pinged_mono_s = None
        if not member.ready:
            member.ready = True
            self._back_off.reset()
            self._driver.send((READY, number, *answer))

    def _call(self, number: int, call: int, batch: Batch) -> None:
        member = self._members.get(number)
        if member is None:
            return  # it was told to be gone, and its batches with it
        member.asked_mono_s = time.monotonic()
        pieces = batch.answer_pieces(self._dim, self._cells)
        refs = member.handle.answer.options(num_returns=pieces).remote(pieces, *cut(batch))
        refs = refs if pieces > 1 else [refs]
        self._driver.watch(refs[0], partial(self._answered, number, call, refs))

    def _answered(self, number: int, call: int, refs: list[Any], first: Any) -> None:
        ray = self._driver.ray
        if isinstance(first, Exception):
            if isinstance(first, ray.exceptions.RayTaskError):  # the embedder lives
                self._driver.send((FAILED, number, call, _plain(first)))
            else:
                self._lost(number, _plain(first))
            return
        # One task's answers come together; the first is here, so the others are.
        self._driver.send((DONE, number, call, joined(ray.get(refs))), large=True)

    def _lost(self, number: int, reason: str) -> None:
        member = self._members.pop(number, None)
        if member is None:
            return
        self._next_mono_s = time.monotonic() + self._back_off.next_s()
        self._driver.ray.kill(member.handle)
        self._driver.send((GONE, number, reason))


def _plain(error: Exception) -> str:
    """Return what went wrong in a line; Ray adds the whole stack."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1].strip()}" if lines else type(error).__name__
