"""A receiver that refuses everything has an outage: nothing is set aside before a later alarm got through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from service.outputs.refusals import MOST_LATER, TRIES, Refusals
from tests.service.outputs.conftest import OutputHouse, until
from tests.service.outputs.mail.sink import MailSink
from tests.service.outputs.mail.test_mail import settings as mail_settings
from tests.service.outputs.refusing import (
    Picky,
    RefusingReceiver,
    ShutStore,
    followed,
    listed,
    seqs,
    set_aside_said,
)
from tests.service.outputs.scripted import raise_alarm
from tests.service.outputs.test_follower import cursor, set_up
from tests.service.outputs.webhook.test_webhook import SECRET, Hook
from tests.service.store.empty import open_empty


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.go_away()


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.go_away()


def test_more_and_more_later_ones_are_tried() -> None:
    """None before the first was refused often enough; twice as many after each round, up to a limit."""
    refusals, tried = Refusals(), list[int]()
    for _ in range(TRIES - 1):
        refusals.add(1)
        assert not refusals.tries_later(1, 1)
        refusals.end_round(1)
    for _ in range(6):
        refusals.add(1)
        held = 1
        while refusals.tries_later(1, held):
            held += 1
        refusals.end_round(held)
        tried.append(held - 1)
    assert tried == [2, 4, 8, 16, MOST_LATER, MOST_LATER]
    refusals.clear()
    refusals.add(1)
    assert not refusals.tries_later(1, 1)


@pytest.mark.parametrize(("status", "restarts"), [(403, False), (404, True)])
def test_a_receiver_that_refuses_everything_for_a_while(
    outputs_house: OutputHouse, hook: Hook, status: int, restarts: bool
) -> None:
    """An outage like any other: said, nothing set aside, and every alarm comes once, in order."""
    house, picky = outputs_house, Picky(*range(1, 100), status=status)
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(4)
    until(lambda: picky.asked > 2 * TRIES)
    health = house.outputs.get("o")[1]
    assert (health.state, health.seq, house.problem) == (
        "failing", 0, "wrong_password" if status == 403 else "rejected",
    )  # fmt: skip
    if restarts:
        house.restart()
    house.raise_alarms(1)
    assert (hook.got(), listed(house.store)) == ([], [])
    picky.recovers_at = 1
    until(lambda: len(hook.got()) >= 5)
    house.outputs.stop()
    assert hook.got() == house.committed()
    assert restarts or not any(b'"again"' in post.body for post in hook.posts), "none may have come before"
    assert (listed(house.store), set_aside_said(house)) == ([], [])


def test_a_receiver_that_recovers_while_later_ones_are_tried(outputs_house: OutputHouse, hook: Hook) -> None:
    """Nobody has to do anything: what it refused a moment before comes at once, once, and says `again`."""
    house, picky = outputs_house, Picky(*range(1, 100), status=404)
    picky.recovers_at = 3
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(5)
    until(lambda: len(hook.got()) == 5)
    until(lambda: not listed(house.store))
    again = [b'"again"' in post.body for post in hook.posts]
    assert [seq for seq, _ in hook.got()] == [3, 1, 2, 4, 5]
    assert again == [False, True, True, False, False]


def test_without_a_later_one_it_waits(outputs_house: OutputHouse, hook: Hook) -> None:
    """Nobody can tell whose fault it is: it is tried on, until the next alarm, which waits for no pause."""
    house, picky = outputs_house, Picky(1)
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(1)
    until(lambda: picky.asked > TRIES + 1)
    assert (listed(house.store), house.outputs.get("o")[1].state) == ([], "failing")
    house.raise_alarms(1)
    until(lambda: [seq for seq, _ in hook.got()] == [2])
    until(lambda: seqs(house.store) == [1])


def test_a_run_of_refused_ones_holds_up_the_rest_no_longer(outputs_house: OutputHouse, hook: Hook) -> None:
    """More and more later ones are tried, until one gets through: all before it are set aside."""
    house, picky = outputs_house, Picky(*range(1, 8))
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(9)
    until(lambda: len(hook.got()) == 2)
    assert [seq for seq, _ in hook.got()] == [8, 9]
    assert seqs(house.store) == list(range(1, 8))


@pytest.mark.parametrize("answer", ["550 no such mailbox", "450 later"])
def test_a_mail_server_that_refuses_everything(
    outputs_house: OutputHouse, sink: MailSink, answer: str
) -> None:
    """For good or for now: every alarm waits. What it is not told of is no proof that it takes anything."""
    sink.refuses, sink.refusal = {"anna@hut.example"}, answer
    outputs_house.add("email", mail_settings(sink, only_raised=True))
    outputs_house.raise_alarms(2)
    outputs_house.acknowledge_all()
    outputs_house.raise_alarms(1)
    outputs_house.acknowledge_all()
    until(lambda: sink.refused > 2 * TRIES)
    assert (listed(outputs_house.store), sink.got()) == ([], [])
    sink.refuses.clear()
    until(lambda: sorted(seq for seq, _ in sink.got()) == [1, 2, 5])
    until(lambda: not listed(outputs_house.store))


def test_nothing_is_passed_over_that_could_not_be_listed(tmp_path: Path) -> None:
    """While the list cannot be written the alarm stays the next one."""
    store = open_empty(tmp_path)
    set_up(store)
    receiver, shut = RefusingReceiver(), ShutStore(store)
    raise_alarm(store, 1)
    raise_alarm(store, 2)
    follower = followed(shut, receiver)
    try:
        until(lambda: shut.refused >= 3)
        assert (receiver.seqs, cursor(store), listed(store)) == ([], 0, [])
        shut.shut = False
        receiver.wait(lambda: receiver.seqs == [2])
    finally:
        follower.runner.stop()
    assert (seqs(store), cursor(store)) == ([1], 2)
    store.close()


@pytest.mark.parametrize("restarts", [False, True])
def test_one_that_is_taken_after_all_says_that_a_younger_one_may_have_come(
    tmp_path: Path, restarts: bool
) -> None:
    """Or else a receiver that remembers the last seq would drop it as known, whether or not we restarted."""
    store, receiver = open_empty(tmp_path), RefusingReceiver()
    set_up(store)
    for number in (1, 2, 3):
        raise_alarm(store, number)
    receiver.loses = True
    follower = followed(store, receiver)
    receiver.wait(lambda: receiver.seqs[:1] == [2])
    if restarts:
        follower.runner.stop()
    receiver.refuses = receiver.loses = False
    if restarts:
        follower = followed(store, receiver)
    receiver.wait(lambda: receiver.seqs[-1] == 3)
    follower.runner.stop()
    assert {(each.seq, each.again) for each in receiver.got} == {(1, True), (2, False), (3, False)}
    assert receiver.seqs[-3:] == [1, 2, 3]
    assert (listed(store), cursor(store)) == ([], 3)
    store.close()


def test_what_got_through_is_not_sent_twice_while_the_list_cannot_be_written(tmp_path: Path) -> None:
    """Nothing goes on before the list has the one that was refused; the later one stays delivered."""
    store, receiver = open_empty(tmp_path), RefusingReceiver()
    set_up(store)
    for number in (1, 2, 3):
        raise_alarm(store, number)
    shut = ShutStore(store)
    shut.shut = False
    follower = followed(shut, receiver)
    shut.shuts_for = "put"
    receiver.wait(lambda: receiver.seqs == [2])
    until(lambda: shut.refused >= 4)
    assert (receiver.seqs, listed(store), cursor(store)) == ([2], [], 0)
    shut.shuts_for = ""
    receiver.wait(lambda: receiver.seqs == [2, 3])
    until(lambda: [each.again for each in listed(store)] == [False])
    follower.runner.stop()
    assert (receiver.seqs, seqs(store), cursor(store)) == ([2, 3], [1], 3)
    store.close()
