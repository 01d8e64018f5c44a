"""PassageDraft: what is decided is committed, in the end, and nothing vanishes without a trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import Alarm, Severity
from service.domain.errors import StoreError
from service.domain.passage import CarrierSighting
from service.store import alarms, passages
from service.store.database import Store
from service.store.owners import accounted, leases
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.store.tables import PassageRow
from service.verdicts.counters import PassageCounters
from service.verdicts.evidence import EvidenceWriter
from service.verdicts.recorder import MAX_WITH_PICTURES, Recorder
from service.verdicts.recording import PassageDraft, draft_of
from tests.service.tiny_model import OPEN, passage, picture

BAR_OPEN = Judgement(Verdict.OPEN, 0.99, -0.5, True, 0.9, (), 1, "m")
NOTHING = unknown(Reason.DARK)


class Desk:
    """A recorder whose database refuses for as long as it is told to."""

    def __init__(self, store: Store, folder: Path, **options: Any) -> None:
        self.store, self.tally, self.refusing, self.forgetting = store, PassageCounters(), False, False
        self.pictures = Pictures(folder)
        self.evidence = EvidenceWriter(store, self.pictures, self.tally)
        self.recorded: list[str] = []
        self.shown: list[list[str | None]] = []
        self.recorder = Recorder(
            store,
            self.pictures,
            self.evidence,
            self.tally,
            self._note,
            unstored=UnstoredAlarms(self._show),
            last_try_s=60.0,
            **options,
        )
        write = store.write

        def refusable(job: Callable[[Session], Any]) -> Future[Any]:
            if self.forgetting:
                write(job).result()
            elif not self.refusing:
                return write(job)
            refused: Future[Any] = Future()
            refused.set_exception(StoreError("database or disk is full"))
            return refused

        store.write = refusable  # type: ignore[method-assign]

    def _show(self, waiting: tuple[Alarm, ...]) -> None:
        self.shown.append([alarm.passage_id for alarm in waiting])

    def _note(self, record: PassageRecord, _: float) -> None:
        self.recorded.append(record.id)

    def add(
        self,
        name: str,
        judgement: Judgement = NOTHING,
        lift_id: str = "lift",
        sighting: CarrierSighting | None = None,
    ) -> None:
        shown = passage(name, [picture(OPEN)], time.monotonic(), lift_id=lift_id)
        shown = replace(shown, sighting=sighting, left_mono_s=shown.decided_mono_s)
        self.tally.begin(lift_id, name)
        self.recorder.add(draft_of(shown, judgement, None, self.pictures))

    def stop(self) -> None:
        self.recorder.stop()
        self.evidence.stop()
        assert not self.tally.under_way("lift"), "whatever became of it"

    def carriers(self) -> int:
        with self.store.reading() as session:
            return session.scalar(select(func.sum(PassageRow.carriers))) or 0

    @property
    def counts(self) -> dict[str, int]:
        return {name: count for name, count in self.tally.snapshot().items() if count}


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "kept")


def test_refused_alarms_are_shown_until_they_are_stored(store: Store, tmp_path: Path) -> None:
    """Each at once and once, however often it is refused; merged ones as one, stored ones no more."""
    desk = Desk(store, tmp_path / "kept", max_refused=1)
    desk.refusing = True
    for name, judgement in (("p", BAR_OPEN), ("calm", NOTHING), ("q", BAR_OPEN), ("r", BAR_OPEN)):
        desk.add(name, judgement)
    assert desk.shown[0] == ["p"]
    assert desk.shown[-1] == ["p", "q.and-others"]
    before = len(desk.shown)
    desk.recorder._try_again()
    assert len(desk.shown) == before
    desk.refusing = False
    desk.stop()
    assert desk.shown[-1] == []


def test_what_the_database_refused_is_tried_once_more_at_the_stop(desk: Desk) -> None:
    """Refused until the very end, the alarm is committed all the same, with its pictures."""
    desk.refusing = True
    desk.add("p", BAR_OPEN)
    assert desk.carriers() == 0
    desk.refusing = False
    desk.stop()
    with desk.store.reading() as session:
        (alarm,) = alarms.listing(session).items
        record = passages.get(session, "p")
    assert alarm.passage_id == "p"
    assert desk.pictures.path(record.pictures[0].file or "").exists()
    assert desk.counts == {"records_retried": 1}


@pytest.mark.fault(51)
def test_a_carrier_that_is_another_owners_is_counted_and_not_stored(desk: Desk) -> None:
    """Its owner's time was over: no record, no alarm, no picture, and nobody is shown an alarm to come."""
    left_at = datetime.now(UTC)
    for owner in ("before", "now"):
        hand_out = partial(leases.hand_out, lift_id="lift", owner=owner, since=left_at, now=left_at)
        desk.store.write(hand_out).result()
    desk.refusing = True
    seen = CarrierSighting(1, left_at + timedelta(seconds=6.0), 6.0)
    desk.add("p", BAR_OPEN, sighting=seen)
    desk.add("q", BAR_OPEN, sighting=replace(seen, fence=2))
    assert desk.shown[-1] == ["p", "q"]
    desk.refusing = False
    desk.stop()
    assert (desk.recorded, desk.carriers(), desk.shown[-1]) == (["q"], 1, [])
    assert desk.counts == {"records_retried": 2, "passages_fenced": 1}
    assert len(list(desk.pictures.folder.rglob("*.jpg"))) == 1


@pytest.mark.fault(51)
def test_what_is_stored_before_what_came_before_it_is_marked(desk: Desk) -> None:
    """The database refused the first, and takes the second: whoever watches next counts from before both."""
    desk.add("before")
    desk.refusing = True
    desk.add("refused")
    desk.refusing = False
    desk.add("stored")
    desk.store.write(lambda _: None).result()  # what came before is done
    with desk.store.reading() as session:
        since = accounted.incomplete_after(session)["lift"]
        assert since == passages.get(session, "before").left_at
    desk.stop()
    with desk.store.reading() as session:
        assert accounted.incomplete_after(session) == {}


def test_what_was_committed_although_it_was_refused_keeps_its_pictures(desk: Desk) -> None:
    """A server that is lost while it commits has done it, or not: nobody knows before the next try."""
    desk.forgetting = True
    desk.add("p", BAR_OPEN)
    desk.forgetting = False
    desk.stop()
    with desk.store.reading() as session:
        (alarm,) = alarms.listing(session).items
        record = passages.get(session, "p")
    assert (alarm.passage_id, desk.recorded) == ("p", ["p"])
    assert desk.pictures.path(record.pictures[0].file or "").exists()
    assert desk.shown[-1] == []


def test_what_the_last_try_does_not_save_is_counted(desk: Desk) -> None:
    """Nothing vanishes without a trace, at the end either."""
    desk.refusing = True
    desk.add("p", BAR_OPEN)
    desk.stop()
    assert desk.counts == {"records_retried": 1, "records_lost": 1, "alarms_lost": 1}
    assert not list(desk.pictures.folder.rglob("*"))


@pytest.mark.thorough
def test_a_long_refusal_is_bounded_and_complete(store: Store, tmp_path: Path) -> None:
    """500 passages of two lifts while nothing is taken: then every carrier is in the records, in some way.

    Alarms are kept one by one; of the others those beyond the bound stand in one record for each lift.
    """
    desk = Desk(store, tmp_path / "kept", max_refused=100)
    desk.refusing = True
    for n in range(500):
        desk.add(f"p{n}", BAR_OPEN if n % 10 == 9 else NOTHING, lift_id=f"lift-{n % 2}")
    assert len(desk.recorder._refused) == 100
    with_pictures = sum(bool(waiting.files) for waiting in desk.recorder._refused)
    assert with_pictures <= MAX_WITH_PICTURES
    assert len(desk.recorder._crowds) == 2
    desk.refusing = False
    desk.stop()
    assert desk.carriers() == 500
    with store.reading() as session:
        raised = {alarm.passage_id for alarm in alarms.listing(session, limit=500).items}
        kept = passages.listing(session, limit=500).items
    assert raised == {f"p{n}" for n in range(9, 500, 10)}
    crowds = [record for record in kept if record.carriers > 1]
    assert {record.lift_id for record in crowds} == {"lift-0", "lift-1"}
    assert {record.judgement.reasons for record in crowds} == {(Reason.OVERLOADED,)}
    assert desk.counts["passages_coalesced"] == sum(record.carriers for record in crowds)
    assert "records_lost" not in desk.counts


def test_more_alarms_than_fit_become_one_alarm_that_counts_them(store: Store, tmp_path: Path) -> None:
    """A disk that stays full loses no alarm; readiness says what waits, and nothing afterwards."""
    desk = Desk(store, tmp_path / "kept", max_refused=10)
    desk.refusing = True
    for n in range(25):
        desk.add(f"p{n}", BAR_OPEN)
        desk.recorder._try_again()
    assert desk.recorder.runner.unfinished == (
        "the database refuses the records of 25 carriers, 25 of them with an alarm"
    )
    desk.refusing = False
    desk.recorder._try_again()
    desk.stop()
    assert desk.recorder.runner.unfinished == ""
    assert desk.carriers() == 25
    with store.reading() as session:
        raised = alarms.listing(session, limit=500).items
    assert len(raised) == 11
    (crowd,) = [alarm for alarm in raised if "carriers" in alarm.message]
    assert crowd.message.startswith("Bar open on 15 occupied carriers")
    assert "records_lost" not in desk.counts


def test_an_overloads_critical_alarm_is_not_hidden_by_one_of_lower_priority(desk: Desk) -> None:
    """Carriers that may be occupied and carriers that are stand in one record each, whichever came first."""
    desk.refusing = True
    for n in range(4):
        judgement = BAR_OPEN if n % 2 else replace(BAR_OPEN, occupied=False, seat_unclear=True)
        desk.recorder.coalesce(PassageDraft(replace(_record(f"c{n}"), judgement=judgement), 0.0))
    desk.refusing = False
    desk.stop()
    with desk.store.reading() as session:
        raised = {alarm.severity: alarm.message for alarm in alarms.listing(session).items}
    assert raised[Severity.CRITICAL].startswith("Bar open on 2 occupied carriers")
    assert raised[Severity.WARNING].startswith("Bar open on 2 carriers that may be occupied")


def test_a_crowd_that_is_refused_stays_one_record(desk: Desk) -> None:
    """However often it is tried, it is one per lift, and each carrier is counted once."""
    desk.refusing = True
    for n in range(4):
        desk.recorder.coalesce(PassageDraft(_record(f"c{n}"), 0.0))
        desk.recorder._try_again()
        assert (len(desk.recorder._crowds), len(desk.recorder._refused)) == (1, 0)
        assert desk.tally.under_way("lift")
    desk.refusing = False
    desk.stop()
    assert desk.carriers() == 4
    assert desk.counts["passages_coalesced"] == 4
    assert desk.recorded == ["c0.and-others"]


def test_a_record_that_can_never_be_stored_keeps_back_no_other(desk: Desk) -> None:
    """Its own trouble, not the database's: it is given up, counted and not tried again."""
    broken = replace(_record("broken"), seen_at=datetime(2026, 1, 31))
    desk.recorder.add(PassageDraft(broken, 0.0))
    desk.add("next")
    desk.stop()
    assert desk.recorded == ["next"]
    assert desk.carriers() == 1


def _record(name: str) -> PassageRecord:
    return PassageRecord(name, "lift", 1, datetime(2026, 1, 31, tzinfo=UTC), 0.0, 1.0, 2.0, NOTHING, ())
