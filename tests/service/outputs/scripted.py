"""A database with alarms, and an output whose receiver a test plays."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.host.runner import BackOff
from service.outputs.base.output import Delivery, Output
from service.store import alarms
from service.store.database import Store


def quick() -> BackOff:
    """Pauses that no test waits for."""
    return BackOff(first_s=0.04, longest_s=0.08)


def raise_alarm(
    store: Store,
    number: int,
    kind: AlarmKind = AlarmKind.BAR_OPEN,
    lift: str = "l",
    evidence: tuple[str, ...] = (),
) -> Alarm:
    """Commit one."""
    draft = AlarmDraft(
        kind, Severity.CRITICAL, lift, "Bar open", f"p-{number}", evidence=evidence, cause=str(number)
    )
    alarm = store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm


@dataclass
class Receiver:
    """What a receiver has got, and whether it is there."""

    got: list[Delivery] = field(default_factory=list)
    away: bool = False
    hangs: bool = False
    crashes: bool = False
    cancels: bool = False
    """Its library cancels the answer that is waited for."""
    most: int = 1
    pause_s: float = 0.0
    opened: int = 0
    closed: int = 0
    tests: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, deliveries: Sequence[Delivery]) -> None:
        with self.changed:
            self.got += deliveries
            self.changed.notify_all()

    def wait(self, until: Callable[[], object], timeout_s: float = 30.0) -> None:
        """Wait until something holds of it; each delivery and each failure is a reason to look again."""
        with self.changed:
            assert self.changed.wait_for(until, timeout_s), [one.seq for one in self.got]

    @property
    def seqs(self) -> list[int]:
        return [one.seq for one in self.got]


class ScriptedOutput(Output):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def open(self) -> None:
        with self._receiver.changed:
            self._receiver.opened += 1
            self._receiver.changed.notify_all()
        if self._receiver.away:
            raise ConnectionRefusedError

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        if self._receiver.away:
            raise ConnectionResetError
        if self._receiver.crashes:
            raise KeyError("a fault")
        if self._receiver.hangs:
            await asyncio.Event().wait()
        if self._receiver.cancels:
            answer = asyncio.get_running_loop().create_future()
            answer.cancel()
            await answer
        taken = deliveries[: self._receiver.most]
        self._receiver.put(taken)
        return len(taken)

    def pause_s(self) -> float:
        return self._receiver.pause_s

    async def test(self) -> None:
        with self._receiver.changed:
            self._receiver.tests += 1
            self._receiver.changed.notify_all()
        if self._receiver.hangs:
            await asyncio.Event().wait()
        if self._receiver.away:
            raise ConnectionRefusedError

    async def close(self) -> None:
        self._receiver.closed += 1
