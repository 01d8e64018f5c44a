"""What a receiver refuses for good is set aside, said and kept; the alarms after it go on, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stamina

from service.domain.alarm import AlarmKind
from service.domain.errors import StoreError
from service.outputs.base.http import HttpAnswer, refusal
from service.outputs.base.output import PushSubscriber
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError
from service.outputs.follower import Follower
from service.outputs.progress import TRIES
from service.outputs.push.encrypted import padded
from service.store.database import Store
from service.store.delivery import set_aside
from service.store.delivery.set_aside import SetAside
from tests.service.outputs.conftest import OutputHouse, until
from tests.service.outputs.mail.sink import MailSink
from tests.service.outputs.mail.test_mail import settings as mail_settings
from tests.service.outputs.push.browser import Browser, push_service
from tests.service.outputs.receiver import HttpReceiver, Posted
from tests.service.outputs.scripted import Receiver, ScriptedOutput, quick, raise_alarm
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


def listed(store: Store) -> list[SetAside]:
    with store.reading() as session:
        return list(set_aside.listing(session, "o").items)


def seqs(store: Store) -> list[int]:
    return [each.seq for each in listed(store)]


def set_aside_said(house: OutputHouse) -> list[tuple[bool, Any]]:
    said = [each for each in house.health if each.kind is AlarmKind.OUTPUT_FAILED and "aside" in each.cause]
    return [(each.active, each.parameters.get("set_aside")) for each in said]


class Picky:
    """Answers of a receiver that refuses some seqs, and counts how often it was asked for them."""

    def __init__(self, *refused: int, status: int = 422) -> None:
        self.refused, self.status, self.asked = set(refused), status, 0

    def __call__(self, post: Posted) -> tuple[int, dict[str, str]]:
        if int(post.headers["webhook-id"].rpartition("_")[2]) in self.refused:
            self.asked += 1
            return self.status, {}
        return 204, {}


def test_one_that_is_refused_holds_up_no_other_and_is_not_lost(
    outputs_house: OutputHouse, hook: Hook
) -> None:
    """Six tries, then the next ones go on, in order; it is listed, said, kept, and sent again on a call."""
    house, picky = outputs_house, Picky(2)
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(4)
    until(lambda: len(hook.got()) == 3)
    assert [seq for seq, _ in hook.got()] == [1, 3, 4]
    assert picky.asked == TRIES
    (kept,) = listed(house.store)
    committed = dict(house.committed())
    assert (kept.seq, kept.alarm_id, kept.kind) == (2, committed[2]["id"], "bar_open")
    assert (kept.problem, kept.status, kept.tries, kept.again) == ("rejected", 422, TRIES, False)
    until(lambda: set_aside_said(house) == [(True, 1)])
    health = house.outputs.get("o")[1]
    assert (health.set_aside, health.refused) == (1, TRIES)

    house.restart()
    house.raise_alarms(1)
    until(lambda: len(hook.got()) == 4)
    assert (seqs(house.store), picky.asked) == ([2], TRIES), "it is kept, and nothing is tried by itself"
    assert house.outputs.send_again("o", [2]) == 1
    until(lambda: listed(house.store)[0].tries == TRIES + 1)
    assert not listed(house.store)[0].again, "one try for each call"
    picky.refused.clear()
    assert house.outputs.send_again("o", None) == 1
    until(lambda: len(hook.got()) == 5)
    assert hook.got()[-1] == (2, committed[2]), "as it was committed"
    assert b'"again": true' in hook.posts[-1].body
    assert [b'"again"' in post.body for post in hook.posts[:-1]] == [False] * 4
    until(lambda: not listed(house.store))
    until(lambda: set_aside_said(house)[-1] == (False, None))
    assert sorted(seq for seq, _ in hook.got()) == [1, 2, 3, 4, 5]


def test_it_is_left_out_on_a_call(outputs_house: OutputHouse, hook: Hook) -> None:
    """Nothing else takes it off the list; the alarm about it is over then."""
    hook.answer = Picky(1, 2)
    outputs_house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    outputs_house.raise_alarms(3)
    until(lambda: len(hook.got()) == 1)
    assert outputs_house.outputs.leave_out("o", [1]) == 1
    assert outputs_house.outputs.leave_out("o", [1]) == 0
    assert seqs(outputs_house.store) == [2]
    assert outputs_house.outputs.leave_out("o", None) == 1
    assert not listed(outputs_house.store)


def test_only_what_is_meant_for_good_is_set_aside() -> None:
    """Who has to sign in, to come later or to go elsewhere keeps its place: nothing is passed over."""
    for status in range(200, 600):
        refused = refusal(HttpAnswer(status))
        assert (refused is None) == (status < 300)
        for_good = 400 <= status < 500 and status not in {401, 407, 408, 425, 429}
        assert isinstance(refused, RefusedForGoodError) == for_good, status


def test_a_mail_that_is_refused_is_found_among_many(outputs_house: OutputHouse, sink: MailSink) -> None:
    """The mail with all of them is refused: smaller ones find the one, and the others arrive, in order."""
    outputs_house.raise_alarms(1)
    sink.refuses_seqs = {5}
    outputs_house.add("email", mail_settings(sink))
    sink.go_away()
    outputs_house.raise_alarms(8)
    until(lambda: outputs_house.problem)
    sink.come_back()
    until(lambda: len(sink.got()) == 7)
    assert [seq for seq, _ in sink.got()] == [2, 3, 4, 6, 7, 8, 9]
    assert [(each.seq, each.status) for each in listed(outputs_house.store)] == [(5, 554)]


@pytest.mark.parametrize(("answer", "is_set_aside"), [("550 no such mailbox", True), ("450 later", False)])
def test_a_mail_address_that_is_refused(
    outputs_house: OutputHouse, sink: MailSink, answer: str, is_set_aside: bool
) -> None:
    """For good: set aside. For now (4xx): it waits, and the alarms after it wait as well."""
    sink.refuses, sink.refusal = {"anna@hut.example"}, answer
    outputs_house.add("email", mail_settings(sink))
    outputs_house.raise_alarms(1)
    if is_set_aside:
        until(lambda: seqs(outputs_house.store) == [1])
        sink.refuses.clear()
        outputs_house.raise_alarms(1)
        until(lambda: [seq for seq, _ in sink.got()] == [2])
        return
    until(lambda: sink.refused > TRIES + 1)
    assert not listed(outputs_house.store)
    sink.refuses.clear()
    until(lambda: [seq for seq, _ in sink.got()] == [1])


def test_a_mail_that_is_refused_for_some_is_said(outputs_house: OutputHouse, sink: MailSink) -> None:
    """The others get it; that one does not is an alarm, until all do."""

    def said() -> list[bool]:
        return [each.active for each in outputs_house.health if each.cause == "o partly"]

    sink.refuses = {"ben@hut.example"}
    outputs_house.add("email", mail_settings(sink, to=["anna@hut.example", "ben@hut.example"]))
    outputs_house.raise_alarms(1)
    until(lambda: said() == [True])
    assert ([seq for seq, _ in sink.got()], listed(outputs_house.store)) == ([1], [])
    assert outputs_house.problem == "rejected"
    sink.refuses.clear()
    outputs_house.raise_alarms(1)
    until(lambda: said() == [True, False])
    assert outputs_house.problem == ""


def test_a_push_that_every_browser_refuses(
    make_outputs: Callable[..., OutputHouse], certificate: tuple[Path, Path]
) -> None:
    """Set aside if all refuse it for good; while one of them may take it later, it waits."""
    service, answers = push_service(certificate), {"/anna": 400, "/ben": 503}
    service.answer = lambda post: (answers.get(post.path, 201), {})
    settings = {"contact": "mailto:a@b.example", "services": ["localhost"]}
    try:
        house = make_outputs(push=Browsers(service, "/anna", "/ben"))
        house.add("web_push", {**settings, "certificate_authority": certificate[0].read_text()})
        house.raise_alarms(1)
        until(lambda: house.outputs.get("o")[1].fault)
        assert not listed(house.store)
        answers["/ben"] = 413
        until(lambda: [each.status for each in listed(house.store)] == [400])
        answers.clear()
        house.raise_alarms(1)
        until(lambda: len(service.posts) == 2)
    finally:
        service.go_away()


class Browsers:
    """Two that have subscribed."""

    def __init__(self, service: HttpReceiver, *paths: str) -> None:
        self._found = []
        for path in paths:
            told = Browser(path).subscription(service.port)
            keys = padded(told["keys"]["p256dh"]), padded(told["keys"]["auth"])
            self._found.append(PushSubscriber(path, told["endpoint"], *keys, lambda _: True))

    def subscribers(self, _: str) -> list[PushSubscriber]:
        return self._found

    def gone(self, subscription_id: str, why: str) -> None:
        raise AssertionError((subscription_id, why))


class RefusingOutput(ScriptedOutput):
    """Refuses the first alarm for good."""

    async def deliver(self, deliveries: Any) -> int:
        if deliveries[0].seq == 1:
            raise RefusedForGoodError(OutputError(OutputProblem.REJECTED, status=400))
        return await super().deliver(deliveries)


class ShutStore:
    """A database that takes no write for a while."""

    def __init__(self, store: Store) -> None:
        self._store, self.shut, self.refused = store, True, 0

    def write(self, job: Callable[..., Any]) -> Future[Any]:
        if not self.shut:
            return self._store.write(job)
        self.refused += 1
        answer: Future[Any] = Future()
        answer.set_exception(StoreError("full"))
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_nothing_is_passed_over_that_could_not_be_listed(tmp_path: Path) -> None:
    """While the list cannot be written the alarm stays the next one."""
    store = open_empty(tmp_path)
    set_up(store)
    receiver, shut = Receiver(), ShutStore(store)
    make = partial(RefusingOutput, receiver)
    follower = Follower("o", make, lambda _: True, shut, "e", quick())  # type: ignore[arg-type]
    store.on_alarms(lambda _: follower.wake())
    raise_alarm(store, 1)
    raise_alarm(store, 2)
    follower.runner.start()
    try:
        until(lambda: shut.refused >= 3)
        assert (receiver.seqs, cursor(store), listed(store)) == ([], 0, [])
        shut.shut = False
        receiver.wait(lambda: receiver.seqs == [2])
    finally:
        follower.runner.stop()
    assert (seqs(store), cursor(store)) == ([1], 2)
    store.close()
