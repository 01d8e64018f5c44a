"""A follower delivers every committed alarm in order, after any outage, whatever others do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.alarm import Alarm, AlarmKind
from service.host.awaited import Awaited
from service.outputs.base.problems import OutputProblem
from service.outputs.follower import Follower
from service.outputs.health import OutputState
from service.store.database import Store
from service.store.delivery import outputs
from service.store.delivery.outputs import StoredOutput
from tests.service.outputs.conftest import until
from tests.service.outputs.scripted import Receiver, ScriptedOutput, quick, raise_alarm
from tests.service.store.empty import open_empty

Follow = Callable[..., Follower]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_empty(tmp_path)
    yield store
    store.close()


@pytest.fixture
def follow(store: Store) -> Iterator[Follow]:
    made: list[Follower] = []

    def start(
        receiver: Receiver, output_id: str = "o", wants: Callable[[Alarm], bool] = lambda _: True
    ) -> Follower:
        follower = Follower(output_id, partial(ScriptedOutput, receiver), wants, store, "e", quick())
        store.on_alarms(lambda _: follower.wake())
        follower.runner.start()
        made.append(follower)
        return follower

    yield start
    for follower in made:
        follower.runner.stop()


def set_up(store: Store, output_id: str = "o") -> None:
    stored = StoredOutput(output_id, "scripted", output_id, True, {}, {}, None)
    store.write(partial(outputs.create, output=stored)).result()


def cursor(store: Store, output_id: str = "o") -> int:
    with store.reading() as session:
        return outputs.cursor(session, output_id).seq


def test_all_that_was_committed_during_an_outage_comes_in_order(store: Store, follow: Follow) -> None:
    """Nothing is lost and nothing doubled, whether the receiver was away, or the service as well."""
    raise_alarm(store, 0)  # before the output was set up: not its business
    set_up(store)
    receiver = Receiver()
    first = follow(receiver)
    raise_alarm(store, 1)
    receiver.wait(lambda: receiver.seqs == [2])
    receiver.away = True
    for number in range(2, 6):
        raise_alarm(store, number)
    receiver.wait(lambda: receiver.opened > 2)
    assert first.health(6).state is OutputState.FAILING
    fault = first.health(6).fault
    assert fault is not None
    assert fault.error.problem in {OutputProblem.REFUSED, OutputProblem.CLOSED}
    first.runner.stop()
    raise_alarm(store, 6)
    receiver.away = False
    second = follow(receiver)
    receiver.wait(lambda: len(receiver.got) >= 6)
    second.runner.stop()
    assert receiver.seqs == [2, 3, 4, 5, 6, 7]
    assert [one.id for one in receiver.got] == [f"e_{seq}" for seq in receiver.seqs]
    assert cursor(store) == 7
    assert receiver.opened == receiver.closed


def test_a_damaged_date_of_the_last_delivery_loses_nothing(store: Store, follow: Follow) -> None:
    """It goes on from where it was, as if it did not know when that was, and mends the row."""
    set_up(store)
    damage = text("UPDATE output_cursors SET delivered_at = X'FF'")
    store.write(lambda session: session.execute(damage)).result()
    raise_alarm(store, 1)
    receiver = Receiver()
    follower = follow(receiver)
    receiver.wait(lambda: receiver.seqs == [1])
    follower.runner.stop()
    assert cursor(store) == 1
    assert store.damaged.counts() == {"output_cursors": 1}
    with store.reading() as session:
        assert outputs.cursor(session, "o").delivered_at is not None


@pytest.mark.thorough
def test_one_that_hangs_or_crashes_holds_up_no_other(store: Store, follow: Follow) -> None:
    """Each output has a thread of its own; committing never waits for any of them."""
    receivers = {"hangs": Receiver(hangs=True), "crashes": Receiver(crashes=True), "works": Receiver()}
    for name, receiver in receivers.items():
        set_up(store, name)
        follow(receiver, name)
    for number in range(3):
        raise_alarm(store, number)
    receivers["works"].wait(lambda: receivers["works"].seqs == [1, 2, 3])
    receivers["crashes"].wait(lambda: receivers["crashes"].opened > 2)
    assert not receivers["hangs"].got
    assert cursor(store, "crashes") == 0


def test_one_whose_library_cancels_an_answer_begins_again(store: Store, follow: Follow) -> None:
    """It fails like any other lost connection: said, tried again, and delivered once it works."""
    set_up(store)
    receiver = Receiver(cancels=True)
    follower = follow(receiver)
    raise_alarm(store, 1)
    receiver.wait(lambda: receiver.opened > 2)
    health = follower.health(1)
    assert health.state is OutputState.FAILING
    assert health.fault is not None
    assert health.fault.error.problem is OutputProblem.CLOSED
    receiver.cancels = False
    receiver.wait(lambda: receiver.seqs == [1])


def test_an_output_may_take_several_at_once(store: Store, follow: Follow) -> None:
    """It is given all there are, says how many it took, and is given the rest."""
    set_up(store)
    for number in range(7):
        raise_alarm(store, number)
    receiver = Receiver(most=3, pause_s=0.001)
    follower = follow(receiver)
    receiver.wait(lambda: len(receiver.got) == 7)
    follower.runner.stop()
    assert receiver.seqs == list(range(1, 8))
    assert cursor(store) == 7


def test_what_is_not_wanted_is_passed_by(store: Store, follow: Follow) -> None:
    """A filtered alarm neither arrives nor puts the output behind."""
    set_up(store)
    receiver = Receiver()
    follower = follow(receiver, wants=lambda alarm: alarm.lift_id == "wanted")
    raise_alarm(store, 1)
    raise_alarm(store, 2, lift="wanted")
    receiver.wait(lambda: receiver.seqs == [2])
    receiver.away = True
    raise_alarm(store, 3)
    until(lambda: not follower.behind(3))  # the receiver has it before the cursor stands behind it
    raise_alarm(store, 4, lift="wanted")
    assert follower.behind(4)


def test_alarms_about_outputs_put_none_behind(store: Store, follow: Follow) -> None:
    """They are delivered like any other; but two slow outputs must not raise each other's alarm for ever."""
    set_up(store)
    receiver = Receiver(away=True)
    follower = follow(receiver)
    receiver.wait(lambda: receiver.opened > 1)
    raise_alarm(store, 1, AlarmKind.OUTPUT_FAILED)
    assert not follower.behind(1)
    receiver.away = False
    receiver.wait(lambda: receiver.seqs == [1])


def test_a_test_goes_through_the_output_as_it_runs(store: Store, follow: Follow) -> None:
    """An open output is tested itself; one that cannot be opened says why."""
    set_up(store)
    receiver = Receiver()
    follower = follow(receiver)
    raise_alarm(store, 1)
    receiver.wait(lambda: receiver.got)
    assert follower.test() is None
    assert (receiver.tests, receiver.opened) == (1, 1)
    receiver.away = True
    problem = follower.test()
    assert problem is not None
    assert problem.problem is OutputProblem.REFUSED


def test_whoever_waits_is_told_how_far_it_came(store: Store, follow: Follow) -> None:
    """Of each delivery, of a fault, and of the first look at the receiver; nobody looks again and again."""
    set_up(store)
    receiver, waits = Receiver(), Awaited()
    follower = follow(receiver)
    with follower.progress.telling(waits):
        raise_alarm(store, 0)
        assert waits.wait_for(lambda: follower.seq == 1, 30.0)
        receiver.away = True
        raise_alarm(store, 1)
        assert waits.wait_for(lambda: follower.health(2).state is OutputState.FAILING, 30.0)
        receiver.away = False
        assert waits.wait_for(lambda: follower.health(2).state is OutputState.LIVE, 30.0)
    assert follower.seq == 2


@pytest.mark.parametrize("is_running", [True, False])
def test_a_test_that_waits_ends_with_whoever_asked(store: Store, follow: Follow, is_running: bool) -> None:
    """A receiver that does not answer holds up no service that ends, whether the output is on or off."""
    set_up(store)
    receiver, waits = Receiver(hangs=True), Awaited()
    make = partial(ScriptedOutput, receiver)
    follower = follow(receiver) if is_running else Follower("o", make, lambda _: True, store, "e", quick())
    with ThreadPoolExecutor(1) as pool:
        tested = pool.submit(follower.test, waits)
        receiver.wait(lambda: receiver.tests == 1)
        waits.end()
        problem = tested.result(120)
    assert problem is not None
    assert problem.problem is OutputProblem.TIMED_OUT


class SlowToLeave(ScriptedOutput):
    """Its goodbye takes until `may_leave`; `left`: it was said to the end."""

    def __init__(self, receiver: Receiver, may_leave: threading.Event) -> None:
        super().__init__(receiver)
        self._may_leave, self.left = may_leave, False

    async def close(self) -> None:
        await super().close()
        with self._receiver.changed:
            self._receiver.changed.notify_all()
        while not self._may_leave.is_set():
            await asyncio.sleep(0.001)
        self.left = True


def test_a_goodbye_is_said_to_its_end_however_often_it_is_asked_to_go(store: Store) -> None:
    """All are asked to end side by side, then each is waited for: the second time cuts nothing off."""
    set_up(store)
    receiver, may_leave = Receiver(), threading.Event()
    output = SlowToLeave(receiver, may_leave)
    follower = Follower("o", lambda: output, lambda _: True, store, "e", quick())
    follower.runner.start()
    receiver.wait(lambda: receiver.opened)
    follower.ask_to_end()
    receiver.wait(lambda: receiver.closed)
    follower.ask_to_end()
    may_leave.set()
    assert follower.runner.stop()
    assert output.left


class DeafOutput(ScriptedOutput):
    """Its first cancellation is lost, as `asyncio.wait_for` loses one."""

    async def watch(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()


def test_one_that_loses_a_cancellation_ends_too(store: Store) -> None:
    """Otherwise its thread stays, its receiver hears no goodbye, and retained states stay as they were."""
    set_up(store)
    receiver = Receiver()
    follower = Follower("o", partial(DeafOutput, receiver), lambda _: True, store, "e", quick())
    follower.runner.start()
    receiver.wait(lambda: receiver.opened)
    assert follower.runner.stop()
    assert receiver.closed == 1
