"""What the service has reviewed of each day, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.schema import Lift
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.reviewing.answers import GivenAnswer, ReviewAnswer
from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.drawing import SamplePlan, draw
from service.reviewing.drawer import UNANSWERED_DAYS, ReviewDrawer
from service.store import alarms, lifts, passages
from service.store.database import Store
from service.store.records import PassageRecord, PictureRecord, Review
from service.store.reviewing import answers, measured, queue
from tests.service.store.empty import open_empty

NOW = datetime(2026, 1, 8, 12, tzinfo=UTC)
LIFT = "demo-quad"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_empty(tmp_path)
    opened.write(lambda session: lifts.put(session, Lift(id=LIFT, name="Demo", seats=4))).result()
    yield opened
    opened.close()


def add_day(store: Store, day: datetime, count: int = 60) -> None:
    """Passages of a day, one a minute: every tenth without pictures, every fifteenth open with an alarm."""

    def job(session: object) -> None:
        for n in range(count):
            is_open = n % 15 == 0
            verdict = Verdict.OPEN if is_open else Verdict.CLOSED
            image = ImageJudgement(0.1, 0.9, 0.9, verdict)
            judgement = Judgement(verdict, 0.5 + n / 200, 0.3, True, 0.9, (image,) * 3, 1, "tiny-1")
            name = f"{day:%d}-{n}"
            file = None if n % 10 == 9 else f"{name}.jpg"
            pictures = (PictureRecord(file, 1.0, 0.9, None),) * 3
            seen_at = day + timedelta(minutes=n)
            record = PassageRecord(name, LIFT, n, seen_at, 1.0, 2.0, 3.0, judgement, pictures)
            passages.add(session, record)  # type: ignore[arg-type]
            if is_open:
                draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, LIFT, "x", name, verdict)
                alarms.raise_alarm(session, draft=draft)  # type: ignore[arg-type]

    store.write(job).result()


def drawer_at(store: Store, now: datetime, whole_days: float = 8) -> ReviewDrawer:
    return ReviewDrawer(store, SamplePlan(10, 2, 0.5), lambda: now, keep_days=365, whole_days=whole_days)


def waiting(store: Store, identity: str = "anna") -> list[str]:
    with store.reading() as session:
        return [one.id for one in queue.waiting(session, LIFT, identity, 500)]


def test_each_day_that_is_over_is_drawn_from_once(store: Store) -> None:
    """Yesterday and the day before, not today; a restart draws nothing again; an empty day nothing."""
    add_day(store, NOW - timedelta(days=2))
    add_day(store, NOW - timedelta(days=1))
    add_day(store, NOW, 5)
    drawer_at(store, NOW).step()
    drawn = waiting(store)
    assert len(drawn) == len(set(drawn)) == 2 * (10 + 2)
    assert {name.split("-")[0] for name in drawn} == {"06", "07"}
    drawer_at(store, NOW).step()
    assert waiting(store) == drawn


def test_a_day_of_which_passages_are_gone_is_not_drawn_from(store: Store) -> None:
    """Where passages stay for two days, yesterday is whole and the day before is not."""
    add_day(store, NOW - timedelta(days=2))
    add_day(store, NOW - timedelta(days=1))
    drawer_at(store, NOW, whole_days=1).step()
    assert waiting(store) == []
    drawer_at(store, NOW, whole_days=2).step()
    assert {name.split("-")[0] for name in waiting(store)} == {"07"}


def test_what_was_drawn_can_be_drawn_again(store: Store) -> None:
    """By the seed that is kept; populations add up to the carriers of the day, with those unseen."""
    day = NOW - timedelta(days=1)
    add_day(store, day)
    drawer_at(store, NOW).step()
    today = NOW.astimezone().date()
    with store.reading() as session:
        strata = measured.draws(session, LIFT, today - timedelta(days=1), today)
        passed = measured.carriers_of(session, LIFT, day, day + timedelta(hours=2))
        seed = session.connection().exec_driver_sql("SELECT DISTINCT seed FROM review_draws").scalar_one()
    again = draw(passed, SamplePlan(10, 2, 0.5), seed)
    assert {each.stratum: each.population for each in strata} == {
        each.stratum: each.population for each in again
    }
    assert sum(each.population for each in strata) == 60
    assert {each.stratum: each.population for each in strata}[Stratum.ALARM] == 4
    assert sorted(waiting(store)) == sorted(one.passage_id for each in again for one in each.drawn)


def test_a_label_from_before_counts_in_the_sample(store: Store) -> None:
    """Whoever labelled a passage before it was drawn is not asked again; of a whole sample it counts."""
    add_day(store, NOW - timedelta(days=1), 10)
    with store.reading() as session:
        old = Review(Verdict.OPEN, True, "anna", NOW, "")
    store.write(partial(passages.review, passage_id="07-1", label=old)).result()
    drawer_at(store, NOW).step()
    assert "07-1" not in waiting(store)
    today = NOW.astimezone().date()
    with store.reading() as session:
        (found,) = measured.reviewed(session, LIFT, today - timedelta(days=1), today)
    assert (found.outcome.value, found.blind) == ("missed", False)


def test_what_nobody_answered_is_forgotten(store: Store) -> None:
    """After a month the rest of a day's sample goes; answers and draws stay, for a year."""
    add_day(store, NOW - timedelta(days=1), 10)
    drawer_at(store, NOW).step()
    name = waiting(store)[0]
    given = GivenAnswer(ReviewAnswer.CLOSED, Verdict.CLOSED, None, "anna", "anna", NOW, blind=True)
    store.write(partial(answers.give, passage_id=name, given=given)).result()
    later = NOW + timedelta(days=UNANSWERED_DAYS + 1)
    drawer_at(store, later).step()
    day = NOW.astimezone().date() - timedelta(days=1)
    with store.reading() as session:
        assert waiting(store, "bert") in ([], [name])  # a second person may still be asked
        assert len(measured.reviewed(session, LIFT, day, day + timedelta(days=1))) == 1
        assert measured.draws(session, LIFT, day, day + timedelta(days=1))
    drawer_at(store, NOW + timedelta(days=370)).step()
    with store.reading() as session:
        assert not measured.draws(session, LIFT, day, day + timedelta(days=1))
        assert not answers.history(session, name)


def test_a_damaged_passage_is_nobodys_to_review(store: Store) -> None:
    """Its carrier counts as unseen; the others are drawn all the same."""
    add_day(store, NOW - timedelta(days=1), 10)
    store.write(
        lambda s: s.connection().exec_driver_sql("UPDATE passages SET judgement = '{' WHERE id = '07-3'")
    ).result()
    drawer_at(store, NOW).step()
    assert "07-3" not in waiting(store)
    today = NOW.astimezone().date()
    with store.reading() as session:
        strata = measured.draws(session, LIFT, today - timedelta(days=1), today)
    unseen = next(each.population for each in strata if each.stratum is Stratum.UNSEEN)
    assert unseen == 2  # this one, and the one without pictures


def test_off_draws_nothing(store: Store) -> None:
    """With a sample of none nothing is stored."""
    add_day(store, NOW - timedelta(days=1), 10)
    ReviewDrawer(store, SamplePlan(0, 0), lambda: NOW, keep_days=365, whole_days=8).step()
    assert waiting(store) == []
