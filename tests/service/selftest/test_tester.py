"""A self-test passes only where everything on the way works, and says what does not."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import Inference, Verdict
from service.audit.signing import is_signed
from service.domain.alarm import AlarmKind, AlarmState
from service.domain.arrays import Float32, Image
from service.domain.camera import CameraState
from service.domain.errors import BusyError, ConflictError, EngineUnavailableError, NotFoundError, StoreError
from service.domain.trials.selftest import SelfTestCode, SelfTestResult
from service.inference.inline import InlineEngine
from service.store import alarms, passages
from service.store.audit import entries
from service.store.records import Review
from service.store.tables import AuditRow
from service.store.trials import self_tests
from service.verdicts.recorder import Recorder
from tests.service.selftest.house import LIVE, SelfTestHouse, WorkerThatMayLie, codes, view

RESULT = SelfTestResult


def test_everything_works(watched: SelfTestHouse) -> None:
    """Both states come out as they went in; nobody is alarmed, and nothing of it is a carrier's passage."""
    before = watched.feed.last_seq
    done = watched.tester.run("lift", "me")
    assert (done.result, done.number, set(codes(done, RESULT.PASSED))) == (
        RESULT.PASSED,
        1,
        {"masks", "open", "closed", "alarm", "commit", "feed", "view", "outputs"},
    )
    assert [(one.id, one.source, one.verdict, one.alarm) for one in done.passages] == [
        ("open", "reviewed", "open", True),
        ("closed", "reviewed", "closed", False),
    ]
    with watched.store.reading() as session:
        assert {one.id for one in passages.listing(session).items} == {"open", "closed"}
        told = alarms.listing(session).items
        assert alarms.listing(session, standing=True).items == tuple(
            one for one in told if one.kind is AlarmKind.BAR_OPEN
        )
    mark = told[0]
    assert (mark.kind, mark.state, mark.seq) == (AlarmKind.SELF_TEST, AlarmState.CLEARED, before + 1)
    assert mark.passage_id is None
    assert not any(health.active for health in watched.told)


def test_the_record_is_signed_and_chained(watched: SelfTestHouse) -> None:
    """One changed byte breaks the signature; the audit and the next record hold its digest."""
    for number in (1, 2):
        assert watched.tester.run("lift", "me").number == number
    with watched.store.reading() as session:
        second, first = self_tests.listing(session, "lift").items
        noted = session.scalars(select(AuditRow.details).where(AuditRow.action == "self_test.run")).all()
    for one in (first, second):
        assert is_signed(one.text.encode(), one.signature, one.public_key)
        forged = one.text.replace('"passed"', '"failed"')
        assert forged != one.text
        assert not is_signed(forged.encode(), one.signature, one.public_key)
    assert [json.loads(each)["sha256"] for each in noted] == [first.sha256, second.sha256]
    assert [json.loads(one.text)["before"] for one in (first, second)] == ["", first.sha256]
    assert second.record.by == "me"


def test_what_is_not_recorded_is_incomplete(house: SelfTestHouse) -> None:
    """A state of which nothing is known was not tested: that is no pass, and no failure."""
    done = house.tester.run("lift", "me")
    assert done.result is RESULT.INCOMPLETE
    assert codes(done, RESULT.INCOMPLETE).items() >= {
        ("open", SelfTestCode.NO_OPEN_PASSAGE),
        ("closed", SelfTestCode.NO_CLOSED_PASSAGE),
        ("feed", SelfTestCode.NO_OCCUPIED_PASSAGE),
    }
    assert not codes(done, RESULT.FAILED)
    house.watch("closed", Verdict.CLOSED)
    done = house.tester.run("lift", "me")
    assert (done.result, codes(done, RESULT.PASSED)["closed"]) == (RESULT.INCOMPLETE, SelfTestCode.OK)
    assert [one.source for one in done.passages] == ["clustered"]
    house.watch("empty", Verdict.OPEN, reviewed=True, occupied=False)
    done = house.tester.run("lift", "me")
    assert codes(done, RESULT.PASSED)["open"] is SelfTestCode.OK
    assert codes(done, RESULT.INCOMPLETE)["alarm"] is SelfTestCode.NO_OCCUPIED_PASSAGE


def test_swapped_masks_fail(watched: SelfTestHouse, inline_engine: InlineEngine) -> None:
    """Every verdict is inverted, at full confidence: the labels of yesterday say so."""
    watched.enrol(inline_engine, swapped=True)
    watched.pipeline.reload_masks("lift")
    watched.armed = Arming(ArmingReason.MASKS_SWAPPED)
    done = watched.tester.run("lift", "me")
    assert codes(done, RESULT.FAILED) == {
        "masks": SelfTestCode.MASKS_DOUBTED,
        "open": SelfTestCode.MISJUDGED,
        "closed": SelfTestCode.MISJUDGED,
        "alarm": SelfTestCode.FALSE_ALARM,
    }
    assert [one.verdict for one in done.passages] == ["closed", "open"]


def test_a_worker_that_answers_rubbish_fails(watched: SelfTestHouse, engine: WorkerThatMayLie) -> None:
    """Nothing, no number, or the same for everything: it is not what these passages show."""
    dim = engine.manifest.embedding_dim
    for number in (0.0, float("nan"), 0.5):
        rubbish = np.full((1, dim), number, np.float32)
        nothing = np.full((1, 2), np.nan, np.float32)
        engine.lies = Inference(rubbish, np.full(1, number, np.float32), nothing)
        done = watched.tester.run("lift", "me")
        assert done.result is RESULT.FAILED
        assert codes(done, RESULT.FAILED).items() >= {
            ("open", SelfTestCode.MISJUDGED),
            ("closed", SelfTestCode.MISJUDGED),
            ("alarm", SelfTestCode.NO_ALARM),
        }


def test_the_end_of_the_service_gives_a_test_up(watched: SelfTestHouse, engine: WorkerThatMayLie) -> None:
    """It waits for a network that does not answer; no record says that it failed, and none that it passed."""
    asked = threading.Event()

    def never(images: Image, references: Float32 | None = None) -> Future[Inference]:
        asked.set()
        return Future()

    engine.submit_pictures = never  # type: ignore[method-assign]
    watched.tester._sender._commit_s = 600.0
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(watched.tester.run, "lift", "me")
        assert asked.wait(120)
        watched.tester.waits.end()
        with pytest.raises(BusyError) as given_up:
            run.result(120)
    assert given_up.value.code == "self_test_given_up"
    with watched.store.reading() as session:
        assert self_tests.newest(session, "lift") is None
    assert not watched.told


def test_a_worker_that_is_down_fails(watched: SelfTestHouse, engine: WorkerThatMayLie) -> None:
    """Unknown is a verdict, and not the one that is due."""
    engine.lies = EngineUnavailableError("down")
    done = watched.tester.run("lift", "me")
    assert done.passages[0].reasons == ("worker_down",)
    assert "worker_down" in done.failures()


def test_a_camera_that_shows_something_else_fails(watched: SelfTestHouse) -> None:
    """It is compared with the view that the lift was set up with, and must be live and clear."""
    lost = replace(LIVE, state=CameraState.LOST, message="no frames")
    dark = replace(LIVE, message="dark", cause="dark")
    for what, jpeg, age_s, status, code in (
        ("moved", view(60), 0.0, LIVE, SelfTestCode.VIEW_DIFFERS),
        ("another view", view(seed=9), 0.0, LIVE, SelfTestCode.VIEW_DIFFERS),
        ("old", view(), 60.0, LIVE, SelfTestCode.NO_PICTURE),
        ("broken", b"no picture", 0.0, LIVE, SelfTestCode.NO_PICTURE),
        ("lost", view(), 0.0, lost, SelfTestCode.NOT_LIVE),
        ("dark", view(), 0.0, dark, SelfTestCode.IMPAIRED),
    ):
        watched.show(jpeg, age_s)
        watched.camera.state = status
        assert codes(watched.tester.run("lift", "me"), RESULT.FAILED) == {"view": code}, what


def test_a_person_can_accept_the_view(watched: SelfTestHouse) -> None:
    """A camera that was moved on purpose: the new view is the enrolled one, and the audit says so."""
    watched.show(view(60))
    assert watched.tester.run("lift", "me").result is RESULT.FAILED
    assert watched.tester.run("lift", "me", accept_view=True).result is RESULT.PASSED
    watched.show(view())
    assert watched.tester.run("lift", "me").result is RESULT.FAILED
    with watched.store.reading() as session:
        assert entries.listing(session, action="lift.accept_view")


def test_a_dead_output_fails(watched: SelfTestHouse) -> None:
    """Each one is asked about the very entry that was committed; one that answers does not hide another."""
    watched.outputs.found = {"siren": "connection refused", "room": None}
    done = watched.tester.run("lift", "me")
    assert codes(done, RESULT.FAILED) == {"outputs": SelfTestCode.OUTPUT_FAILED}
    assert "siren: connection refused" in done.failures()
    assert watched.outputs.asked == [watched.feed.last_seq] * 2


def test_an_outbox_that_does_not_publish_fails(watched: SelfTestHouse) -> None:
    """What was committed must reach whoever follows it."""
    watched.feed.cut = True
    assert codes(watched.tester.run("lift", "me"), RESULT.FAILED) == {"feed": SelfTestCode.NOT_PUBLISHED}


def test_a_commit_that_fails_is_found(watched: SelfTestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that refuses the passages: they never come out of the live path."""

    def refuse(recorder: Recorder, draft: object, test: object) -> None:
        test.committed.set_exception(StoreError("the disk is full"))  # type: ignore[attr-defined]

    monkeypatch.setattr(Recorder, "add_test", refuse)
    found = codes(watched.tester.run("lift", "me"), RESULT.FAILED)
    assert found.items() >= {("open", SelfTestCode.NOT_COMMITTED), ("closed", SelfTestCode.NOT_COMMITTED)}


def test_a_failed_test_is_an_alarm_until_one_does_not_fail(watched: SelfTestHouse) -> None:
    """It says what failed, for people and for programs."""
    watched.outputs.found = {"siren": "connection refused"}
    watched.tester.run("lift", "me")
    failed = watched.told[-1]
    assert (failed.kind, failed.lift_id, failed.active) == (AlarmKind.SELF_TEST_FAILED, "lift", True)
    assert "siren" in failed.message
    assert failed.parameters == {"number": 1, "codes": "output_failed", "checks": "outputs"}
    watched.outputs.found = {}
    watched.tester.run("lift", "me")
    assert not any(health.active for health in watched.told[-2:])


def test_one_at_a_time_and_only_of_lifts(watched: SelfTestHouse) -> None:
    """A second one is refused while one runs; a lift that nobody knows has none."""
    with pytest.raises(NotFoundError):
        watched.tester.run("none", "me")
    with watched.tester._alone("lift"), pytest.raises(ConflictError) as refused:
        watched.tester.run("lift", "me")
    assert refused.value.code == "self_test_running"
    assert watched.tester.run("lift", "me").number == 1


def test_a_label_against_the_judge_is_not_taken_for_what_it_was(house: SelfTestHouse) -> None:
    """People review what was wrong: a passage that was never judged right proves nothing about today."""
    house.watch("open", Verdict.OPEN)
    label = Review(Verdict.CLOSED, True, "op", datetime.now(UTC), "")
    house.store.write(partial(passages.review, passage_id="open", label=label)).result()
    done = house.tester.run("lift", "me")
    assert done.passages == ()
    assert done.result is RESULT.INCOMPLETE
