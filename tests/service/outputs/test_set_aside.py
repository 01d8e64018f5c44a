"""What a receiver refuses for good is set aside, said and kept; the alarms after it go on, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina

from service.outputs.base.http import HttpAnswer, refusal
from service.outputs.base.output import PushSubscriber
from service.outputs.base.problems import RefusedForGoodError
from service.outputs.push.encrypted import padded
from service.outputs.refusals import TRIES
from tests.service.outputs.conftest import OutputHouse, until
from tests.service.outputs.mail.sink import MailSink
from tests.service.outputs.mail.test_mail import settings as mail_settings
from tests.service.outputs.push.browser import Browser, push_service
from tests.service.outputs.receiver import HttpReceiver
from tests.service.outputs.refusing import Picky, listed, seqs, set_aside_said
from tests.service.outputs.webhook.test_webhook import SECRET, Hook


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


def test_one_that_is_refused_holds_up_no_other_and_is_not_lost(
    outputs_house: OutputHouse, hook: Hook
) -> None:
    """The later ones got through, in order; it is listed, said, kept, and sent again on a call."""
    house, picky = outputs_house, Picky(2)
    hook.answer = picky
    house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    house.raise_alarms(4)
    until(lambda: len(hook.got()) == 3)
    assert [seq for seq, _ in hook.got()] == [1, 3, 4]
    until(lambda: picky.asked == TRIES + 1)  # once more after the next one: the receiver might be back
    until(lambda: [each.again for each in listed(house.store)] == [False])
    (kept,) = listed(house.store)
    committed = dict(house.committed())
    assert (kept.seq, kept.alarm_id, kept.kind) == (2, committed[2]["id"], "bar_open")
    assert (kept.problem, kept.status, kept.tries, kept.again) == ("rejected", 422, TRIES + 1, False)
    until(lambda: set_aside_said(house) == [(True, 1)])
    health = house.outputs.get("o")[1]
    assert (health.set_aside, health.refused) == (1, TRIES + 1)

    house.restart()
    house.raise_alarms(1)
    until(lambda: len(hook.got()) == 4)
    assert (seqs(house.store), picky.asked) == ([2], TRIES + 1), "it is kept, and nothing is tried by itself"
    assert house.outputs.send_again("o", [2]) == 1
    until(lambda: listed(house.store)[0].tries == TRIES + 2)
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
    until(lambda: seqs(outputs_house.store) == [1, 2])
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
    until(lambda: [(each.seq, each.status) for each in listed(outputs_house.store)] == [(5, 554)])


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
    """Set aside if all refuse it for good, and a later one got through."""
    service, answers = push_service(certificate), {"/anna": 400, "/ben": 503}
    refused = list[str]()  # alarms; none: all
    service.answer = lambda post: (
        201 if refused and post.headers["topic"] not in refused else answers[post.path],
        {},
    )
    settings = {"contact": "mailto:a@b.example", "services": ["localhost"]}
    try:
        house = make_outputs(push=Browsers(service, "/anna", "/ben"))
        house.add("web_push", {**settings, "certificate_authority": certificate[0].read_text()})
        house.raise_alarms(1)
        until(lambda: house.outputs.get("o")[1].fault)
        assert not listed(house.store)
        answers["/ben"] = 413
        house.acknowledge_all()
        until(lambda: house.outputs.get("o")[1].refused > TRIES)
        assert not listed(house.store), "what is pushed to nobody is no proof that anything gets through"
        refused += [house.committed()[0][1]["id"]]
        house.raise_alarms(1)
        until(lambda: len(service.posts) == 2)
        until(lambda: [(each.seq, each.status) for each in listed(house.store)] == [(1, 400)])
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
