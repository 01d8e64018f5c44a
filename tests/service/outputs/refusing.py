"""Receivers that refuse alarms, a database that takes no write, and what is set aside meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from service.domain.alarm import AlarmKind
from service.domain.errors import StoreError
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError
from service.outputs.follower import Follower
from service.store.database import Store
from service.store.delivery import set_aside
from service.store.delivery.set_aside import SetAside
from tests.service.outputs.conftest import OutputHouse
from tests.service.outputs.receiver import Posted
from tests.service.outputs.scripted import Receiver, ScriptedOutput, quick


def listed(store: Store) -> list[SetAside]:
    with store.reading() as session:
        return list(set_aside.listing(session, "o").items)


def seqs(store: Store) -> list[int]:
    return [each.seq for each in listed(store)]


def set_aside_said(house: OutputHouse) -> list[tuple[bool, Any]]:
    said = [each for each in house.health if each.kind is AlarmKind.OUTPUT_FAILED and "aside" in each.cause]
    return [(each.active, each.parameters.get("set_aside")) for each in said]


class Picky:
    """Answers of a receiver that refuses some seqs, and counts how often it was asked for them.

    recovers_at: from when it is asked for this seq on, it refuses nothing.
    """

    def __init__(self, *refused: int, status: int = 422) -> None:
        self.refused, self.status, self.asked, self.recovers_at = set(refused), status, 0, 0

    def __call__(self, post: Posted) -> tuple[int, dict[str, str]]:
        seq = int(post.headers["webhook-id"].rpartition("_")[2])
        if seq == self.recovers_at:
            self.refused.clear()
        if seq in self.refused:
            self.asked += 1
            return self.status, {}
        return 204, {}


class RefusingReceiver(Receiver):
    """Refuses the first alarm for good; loses: the answer to the second is lost, although it was taken."""

    refuses, loses, refused = True, False, 0


class RefusingOutput(ScriptedOutput):
    def __init__(self, receiver: RefusingReceiver) -> None:
        super().__init__(receiver)
        self._refusing = receiver

    async def deliver(self, deliveries: Any) -> int:
        receiver, seq = self._refusing, deliveries[0].seq
        if seq == 1 and receiver.refuses:
            receiver.refused += 1
            raise RefusedForGoodError(OutputError(OutputProblem.REJECTED, status=400))
        taken = await super().deliver(deliveries)
        if seq == 2 and receiver.loses:
            raise ConnectionResetError
        return taken


class ShutStore:
    """A database that takes no write for a while, or none by the function of a name."""

    def __init__(self, store: Store) -> None:
        self._store, self.shut, self.refused, self.shuts_for = store, True, 0, ""

    def write(self, job: Callable[..., Any]) -> Future[Any]:
        if not self.shut and getattr(job, "func", job).__name__ != self.shuts_for:
            return self._store.write(job)
        self.refused += 1
        answer: Future[Any] = Future()
        answer.set_exception(StoreError("full"))
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def followed(store: Any, receiver: RefusingReceiver) -> Follower:
    follower = Follower("o", partial(RefusingOutput, receiver), lambda _: True, store, "e", quick())
    follower.runner.start()
    return follower
