"""Every statement of the hot routes finds its rows by an index: its cost does not grow with the history."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.alarm import SEAT_UNCLEAR, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.reviewing.answers import AlarmReview
from service.store import alarms, budgets, lifts, masks, passages, tokens
from service.store.alarms import annunciations, due, history
from service.store.alarms.rows import same
from service.store.counting import carriers
from service.store.database import Store
from service.store.reports import calls as called
from service.store.reports import history as reports
from service.store.reports import spans

pytestmark = pytest.mark.sqlite

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BIG = (
    *("passages", "alarms", "alarm_events", "alarm_comments"),
    *("carrier_counts", "fresh_counts", "alarm_calls", "watch_spans"),
)
SORTED_FEW = "ix_alarms_one_open_health"
"""The index of the conditions that stand: they are few, so that they may be sorted."""

PASSAGE_FILTERS: dict[str, Any] = {
    "lift_id": "l",
    "verdict": Verdict.OPEN,
    "occupied": True,
    "reviewed": True,
    "from_": NOW,
    "to": NOW,
    "before": 7,
}
ALARM_FILTERS: dict[str, Any] = {
    "lift_id": "l",
    "kind": AlarmKind.BAR_OPEN,
    "state": AlarmState.ACTIVE,
    "priority": 1,
    "reviewed": AlarmReview.FALSE,
    "standing": True,
    "from_": NOW,
    "to": NOW,
    "before": 7,
}


class Plans:
    """What SQLite does for each statement, as EXPLAIN QUERY PLAN says it."""

    def __init__(self, session: Session) -> None:
        self._session, self._statements = session, list[tuple[str, Any]]()
        engine = session.get_bind()
        assert isinstance(engine, Engine)
        event.listen(engine, "before_cursor_execute", self._take)

    def _take(self, _: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
        self._statements.append((statement, parameters))

    def of(self, call: Callable[[], object]) -> list[str]:
        self._statements.clear()
        call()
        asked, found = list(self._statements), []
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                explained = self._session.connection().exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
                found.append(" + ".join(row[3] for row in explained))
        assert found
        return found


@pytest.fixture
def plans(store: Store) -> Iterator[tuple[Plans, Session]]:
    with store.reading() as session:
        yield Plans(session), session


def flat(plan: str, filtered: bool) -> bool:
    """Say whether a plan's cost is that of what it returns.

    A scan in an index's order reads no more than the page, unless a filter leaves rows out.
    """
    if "TEMP B-TREE" in plan and SORTED_FEW not in plan:
        return False
    steps = [step for step in plan.split(" + ") if step.startswith("SCAN") and step.split()[1] in BIG]
    partial = ("ix_alarms_attention", "ix_passages_reviewed", SORTED_FEW)
    return all(any(index in step for index in partial) or not filtered for step in steps)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("listing", "filters"),
    [(passages.listing, PASSAGE_FILTERS), (alarms.listing, ALARM_FILTERS)],
    ids=["passages", "alarms"],
)
def test_pages(plans: tuple[Plans, Session], listing: Callable[..., Any], filters: dict[str, Any]) -> None:
    """Each filter, each two and each three of them, at the first page and at any other."""
    asked, session = plans
    for count in range(4):
        for names in itertools.combinations(filters, count):
            chosen = {name: filters[name] for name in names}
            for plan in asked.of(partial(listing, session, **chosen)):
                assert flat(plan, bool(set(names) - {"before"})), f"{names}: {plan}"


def test_one_lifts_page_reads_only_that_lift(plans: tuple[Plans, Session]) -> None:
    """The index is the filter's own; a quiet lift's page must not be looked for among all others' rows."""
    asked, session = plans
    for call, index in (
        (lambda: passages.listing(session, lift_id="l"), "ix_passages_lift_id_row"),
        (lambda: passages.listing(session, lift_id="l", verdict=Verdict.OPEN), "ix_passages_lift_id_verdict"),
        (lambda: passages.listing(session, lift_id="l", from_=NOW), "ix_passages_lift_id_seen_at"),
        (lambda: passages.listing(session, lift_id="l", reviewed=True), "ix_passages_lift_id_reviewed"),
        (lambda: passages.listing(session, verdict=Verdict.OPEN), "ix_passages_verdict"),
        (lambda: alarms.listing(session, lift_id="l"), "ix_alarms_lift_id"),
        (lambda: alarms.listing(session, lift_id="l", kind=AlarmKind.BAR_OPEN), "ix_alarms_lift_id"),
        (lambda: alarms.listing(session, lift_id="l", to=NOW), "ix_alarms_lift_id_raised_at"),
        (lambda: alarms.listing(session, standing=True), "ix_alarms_attention"),
    ):
        assert index in asked.of(call)[-1]


def test_what_every_alarm_asks(plans: tuple[Plans, Session]) -> None:
    """Raising, changing and sending an alarm, whatever stands and however much has happened before."""
    asked, session = plans
    bar = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "l", "m", passage_id="p")
    lost = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "l", "m")
    calls: tuple[Callable[[], object], ...] = (
        lambda: session.scalar(same(bar)),
        lambda: session.scalar(same(lost)),
        lambda: alarms.last_seq(session),
        lambda: alarms.outbox(session, 5),
        lambda: due.expired(session, NOW),
        lambda: alarms.standing(session),
        lambda: alarms.standing(session, AlarmKind.CAMERA_LOST, "l"),
        lambda: alarms.replace_evidence(session, "p", ()),
        lambda: history.events(session, "a"),
        lambda: history.comments(session, "a"),
        lambda: lifts.listing(session),
        lambda: masks.active_versions(session),
        lambda: tokens.find(session, "bw_0123456789abcdef_x"),
        lambda: passages.confirmed(session, "l", 10, NOW),
        lambda: passages.recent(session, "l", 1, "m", 200, 30, NOW),
        lambda: passages.watched(session, "l", 1, "m", 200, NOW),
        lambda: budgets.margins(session, "l", 1, "m", NOW, 200),
        lambda: annunciations.annunciations(session, NOW, NOW),
        lambda: annunciations.annunciations(session, NOW, NOW, "l", ["l"]),
        lambda: annunciations.standing_since(session, "l", ["l"]),
        lambda: annunciations.hidden_counts(session, "l", ["l"]),
        lambda: annunciations.first_at(session),
        lambda: carriers.within(session, ["l", "m"], NOW, NOW),
        lambda: called.within(session, ["l"], NOW, NOW, service=True),
        lambda: spans.within(session, ["l", "m"], NOW, NOW),
        lambda: reports.reviewed(session, ["l"], NOW, NOW),
        lambda: reports.lifts(session),
    )
    for call in calls:
        for plan in asked.of(call):
            assert flat(plan, filtered=True), plan


def test_a_scan_would_be_found(plans: tuple[Plans, Session]) -> None:
    """Of a filter without an index the plan says so: this test's own measure works."""
    asked, session = plans
    connection = session.connection()
    (scan,) = asked.of(lambda: connection.exec_driver_sql("SELECT id FROM passages WHERE number = 5").all())
    (sort,) = asked.of(lambda: connection.exec_driver_sql("SELECT id FROM alarms ORDER BY message").all())
    assert not flat(scan, filtered=True)
    assert not flat(sort, filtered=False)


def test_a_page_bounded_by_times_goes_on_where_the_last_ended(store: Store) -> None:
    """By time, the same time by row; also where the last item has been deleted meanwhile."""
    for n, minute in enumerate((5, 1, 3, 3, 2)):
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "l", "m", passage_id=f"p{n}")
        at = NOW.replace(minute=minute)
        store.write(lambda s, draft=draft, at=at: alarms.raise_alarm(s, draft, at)).result()  # type: ignore[misc]
    with store.reading() as session:
        seen, before = [], None
        while True:
            page = alarms.listing(session, from_=NOW, to=NOW.replace(minute=5), limit=1, before=before)
            seen += [alarm.passage_id for alarm in page.items]
            if (before := page.next) is None:
                break
    assert seen == ["p3", "p2", "p4", "p1"]


def test_what_stands_is_paged_by_its_importance(store: Store) -> None:
    """Blind before open, open before a seat that is unclear, all before the rest; of each the last first."""
    kinds = (
        (AlarmKind.DISK_LOW, "a"),
        (AlarmKind.BAR_OPEN, SEAT_UNCLEAR),
        (AlarmKind.CAMERA_LOST, ""),
        (AlarmKind.BAR_OPEN, ""),
        (AlarmKind.DISK_LOW, "b"),
        (AlarmKind.BAR_OPEN, ""),
        (AlarmKind.WORKER_DOWN, ""),
    )
    for n, (kind, cause) in enumerate(kinds):
        draft = AlarmDraft(kind, Severity.WARNING, "l", str(n), passage_id=f"p{n}", cause=cause)
        store.write(lambda s, draft=draft: alarms.raise_alarm(s, draft, NOW)).result()  # type: ignore[misc]
    for filters in ({}, {"lift_id": "l"}, {"from_": NOW}):
        with store.reading() as session:
            seen, before = [], None
            while True:
                page = alarms.listing(session, standing=True, limit=2, before=before, **filters)
                seen += [(alarm.priority, alarm.message) for alarm in page.items]
                if (before := page.next) is None:
                    break
        assert seen == [(1, "6"), (1, "2"), (2, "5"), (2, "3"), (3, "1"), (4, "4"), (4, "0")]
        assert before is None
    with store.reading() as session:
        assert alarms.listing(session, standing=True, from_=NOW, to=NOW).items == ()
