"""What reports are made from: counted once each, sealed, kept when passages and alarms are gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.verdict import Judgement, Seat, Verdict
from service.audit.verification import verify
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.figures.carriers import NAMES
from service.figures.watching import WatchSpan, WatchState
from service.store import alarms, passages
from service.store.counting import carriers
from service.store.database import Store
from service.store.file.engine import make_engine, migrate
from service.store.records import PassageRecord
from service.store.reports import calls, history, spans
from service.store.upkeep.classes import Retention
from service.store.upkeep.reports import prune_reports
from service.store.upkeep.retention import prune
from tests.service.conftest import GivenDatabases

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
"""The beginning of a quarter."""


def passage(
    name: str,
    seen_at: datetime = NOON,
    verdict: Verdict = Verdict.OPEN,
    seat: Seat = Seat.OCCUPIED,
    number: int = 1,
) -> PassageRecord:
    judged = Judgement(
        *(verdict, 0.9, -0.5, seat is Seat.OCCUPIED, 0.9, (), 1, "m", ()), seat_unclear=seat is Seat.UNCLEAR
    )
    return PassageRecord(name, "l", 1, seen_at, 0.0, 1.0, 2.0, judged, (), carriers=number)


def counted(store: Store, begin: datetime = NOON, hours: float = 1) -> dict[str, int]:
    """What is counted of lift `l`, by name; names without a carrier are left out."""
    with store.reading() as session:
        found, unreadable = carriers.within(session, ["l"], begin, begin + timedelta(hours=hours))
    assert unreadable == 0
    sums = [sum(column) for column in zip(*(one.counts for one in found), strict=True)]
    return {name: number for name, number in zip(NAMES, sums, strict=False) if number}


def test_each_carrier_counts_once_whenever_it_is_reported(store: Store) -> None:
    """By verdict and seat, with as many carriers as a record stands for; one of a known id is none."""
    for n, verdict in enumerate(Verdict):
        for m, seat in enumerate(Seat):
            one = passage(f"p{n}{m}", verdict=verdict, seat=seat, number=3 * n + m + 1)
            for _ in range(2):
                store.write(partial(passages.add, record=one)).result()
    expected = {
        f"{v.value}_{s.value}": 3 * n + m + 1 for n, v in enumerate(Verdict) for m, s in enumerate(Seat)
    }
    assert counted(store) == expected
    store.write(partial(carriers.fold, now=NOON + timedelta(hours=2))).result()
    assert counted(store) == expected
    late = passage("late", seen_at=NOON + timedelta(minutes=14, seconds=59.9))
    store.write(partial(passages.add, record=late)).result()
    for _ in range(2):  # folded again, or not: it counts once
        assert counted(store, hours=0.25) == expected | {"open_occupied": 2}
        store.write(partial(carriers.fold, now=NOON + timedelta(hours=3))).result()
    assert counted(store, NOON + timedelta(minutes=15)) == {}


def test_a_write_that_fails_counts_nothing(store: Store) -> None:
    """Passage and count are one transaction."""

    def fail(session: Session) -> None:
        passages.add(session, passage("p"))
        raise ValueError("after the passage was stored")

    with pytest.raises(ValueError, match="after"):
        store.write(fail).result()
    assert counted(store) == {}


def test_figures_stay_when_what_they_are_of_is_gone(store: Store) -> None:
    """Passages go after 8 days and alarms after 30; reports keep their counts for three seasons."""
    for n in range(3):
        store.write(partial(passages.add, record=passage(f"p{n}", verdict=Verdict.CLOSED))).result()
    lost = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "l", "m")
    alarm = store.write(partial(alarms.raise_alarm, draft=lost, at=NOON)).result()
    assert alarm is not None
    for state, action, minute in (
        (AlarmState.ACKNOWLEDGED, "acknowledge", 1),
        (AlarmState.CLEARED, "clear", 2),
    ):
        at = NOON + timedelta(minutes=minute)
        change = partial(alarms.change, alarm_id=alarm.id, state=state, action=action, actor="x", at=at)
        store.write(change).result()
    span = WatchSpan("l", NOON, NOON + timedelta(hours=1), WatchState.WATCHED, True)
    store.write(partial(spans.keep, ended=[span], current={})).result()
    store.write(partial(history.note_since, times={"carriers": NOON, "alarms": NOON})).result()
    store.write(partial(carriers.fold, now=NOON + timedelta(hours=2))).result()

    def all_that_is_kept() -> tuple[object, ...]:
        with store.reading() as session:
            begin, end = NOON, NOON + timedelta(hours=1)
            called, _ = calls.within(session, ["l"], begin, end, service=False)
            watched, _ = spans.within(session, ["l"], begin, end)
        waits = [call.acknowledged_at and call.acknowledged_at - call.at for call in called]
        return counted(store), waits, watched

    kept = ({"closed_occupied": 3}, [timedelta(minutes=1)], [span])
    later = NOON + timedelta(days=60)
    list(prune(store, Retention(), later))
    prune_reports(store, Retention(), later)
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM passages")) == 0
        assert session.scalar(text("SELECT count(*) FROM alarms")) == 0
    assert all_that_is_kept() == kept
    prune_reports(store, Retention(), NOON + timedelta(days=1101))
    assert all_that_is_kept() == ({}, [], [])
    with store.reading() as session:
        assert history.since(session)["carriers"] == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE carrier_counts SET open_occupied = 0",
        "DELETE FROM carrier_counts",
        "UPDATE alarm_calls SET acknowledged_at = at",
        "UPDATE watch_spans SET state = 'watched'",
    ],
)
def test_a_change_by_another_tool_is_found(store: Store, database: GivenDatabases, change: str) -> None:
    """Figures are sealed as what they were counted from is."""
    store.write(partial(passages.add, record=passage("p"))).result()
    store.write(partial(carriers.fold, now=NOON + timedelta(hours=2))).result()
    lost = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "l", "m")
    store.write(partial(alarms.raise_alarm, draft=lost, at=NOON)).result()
    span = WatchSpan("l", NOON, NOON + timedelta(hours=1), WatchState.CAMERA_LOST, True)
    store.write(partial(spans.keep, ended=[span], current={})).result()
    store.close()
    assert verify(store.data).broken == []
    database.as_another_tool(store.data, change)
    assert len(verify(store.data).broken) == 1


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A database of the version before reports, with passages and alarms of which the first are gone."""
    path = tmp_path / "earlier" / "barwatch.db"
    path.parent.mkdir()
    engine = make_engine(path, write=True)
    migrate(engine, "0026")
    judged = '{"seat_unclear": false}'
    with engine.begin() as connection:
        for n in range(1, 11):
            at = (NOON + timedelta(minutes=10 * n)).strftime("%Y-%m-%d %H:%M:%S.%f")
            row = (n, f"p{n}", "l", 1, at, 0, 1, 2, "open", n % 2, 1, judged, "[]", 0)
            connection.exec_driver_sql(
                "INSERT INTO passages (row, id, lift_id, number, seen_at, t_begin_s, t_middle_s, t_end_s,"
                " verdict, occupied, mask_version, judgement, pictures, has_files, carriers)"
                f" VALUES ({', '.join('?' * 14)}, 2)",
                row,
            )
        connection.exec_driver_sql("DELETE FROM passages WHERE row = 3")
    engine.dispose()
    return path


@pytest.mark.sqlite
def test_what_was_there_before_is_counted_where_it_is_whole(earlier: Path) -> None:
    """After the newest passage that is missing: before it nobody knows how many there were."""
    store = Store.open(earlier.parent)
    try:
        with store.reading() as session:
            since = history.since(session)["carriers"]
        # The third of ten was deleted, and the fourth came at 12:40: whole from 12:45 on.
        assert since == NOON + timedelta(minutes=45)
        assert counted(store, hours=24) == {"open_occupied": 6, "open_empty": 6}
    finally:
        store.close()
