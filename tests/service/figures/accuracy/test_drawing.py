"""What is drawn of a day."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from service.domain.reviewing.sampling import QUIET, Stratum
from service.figures.accuracy.drawing import DayPassage, SamplePlan, draw

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def day(count: int = 1000, seed: int = 1) -> list[DayPassage]:
    random = np.random.default_rng(seed)
    verdicts = random.choice([Verdict.CLOSED, Verdict.OPEN, Verdict.UNKNOWN], count, p=[0.9, 0.07, 0.03])
    return [
        DayPassage(
            f"p-{n}",
            BEGIN + timedelta(seconds=30 * n),
            Verdict(verdict),
            float(random.random()),
            alarmed=bool(verdict == Verdict.OPEN and random.random() < 0.5),
            late=n % 7 == 0,
            reviewable=n % 50 != 0,
            carriers=3 if n % 101 == 0 else 1,
        )
        for n, verdict in enumerate(verdicts)
    ]


def test_every_carrier_belongs_to_one_stratum() -> None:
    """Their populations add up to all carriers that passed; the sample keeps to its bounds."""
    passages, plan = day(), SamplePlan(quiet=40, alarms=10, second=0.25)
    strata = {one.stratum: one for one in draw(passages, plan, "a")}
    assert set(strata) == set(Stratum)
    assert sum(one.population for one in strata.values()) == sum(one.carriers for one in passages)
    assert len(strata[Stratum.ALARM].drawn) == 10
    assert sum(len(strata[one].drawn) for one in QUIET) == 40
    assert all(strata[one].drawn for one in QUIET)
    assert not strata[Stratum.UNSEEN].drawn
    for one in strata.values():
        assert len({each.passage_id for each in one.drawn}) == len(one.drawn)
        assert all(each.probability == len(one.drawn) / one.population for each in one.drawn)


def test_the_same_seed_draws_the_same() -> None:
    """In whatever order the passages come; another seed draws others."""
    passages = day()
    assert draw(passages, SamplePlan(), "a") == draw(passages[::-1], SamplePlan(), "a")
    assert draw(passages, SamplePlan(), "a") != draw(passages, SamplePlan(), "b")


def test_each_is_drawn_with_its_probability() -> None:
    """Over many seeds each passage of a stratum comes as often as it says; a quarter goes to a second."""
    passages, plan, rounds = day(300), SamplePlan(quiet=30, alarms=5, second=0.25), 600
    times: Counter[str] = Counter()
    chance: dict[str, float] = {}
    seconds = drawn = 0
    for seed in range(rounds):
        for stratum in draw(passages, plan, str(seed)):
            chance |= {one.passage_id: one.probability for one in stratum.drawn}
            times.update(one.passage_id for one in stratum.drawn)
            seconds += sum(one.second for one in stratum.drawn)
            drawn += len(stratum.drawn)
    assert len(chance) == sum(one.reviewable and one.carriers == 1 for one in passages)
    off = [
        (times[one] - rounds * share) / (rounds * share * (1 - share)) ** 0.5
        for one, share in chance.items()
        if share < 1
    ]
    assert np.abs(off).max() < 4.5
    assert np.std(off) < 1.4
    assert seconds / drawn == pytest.approx(0.25, abs=0.02)


def test_every_hour_has_its_share() -> None:
    """Of any two hours about as many clear ones are drawn: never none of one."""
    clear = next(one for one in draw(day(1200), SamplePlan(quiet=100), "a") if one.stratum is Stratum.CLEAR)
    hours = Counter((one.seen_at - BEGIN) // timedelta(hours=1) for one in clear.drawn)
    assert len(hours) == 10
    assert max(hours.values()) <= min(hours.values()) + 4


def test_a_small_day_is_reviewed_whole() -> None:
    """Fewer passages than the sample may have: each is drawn with certainty. Of none, none."""
    few = draw(day(20), SamplePlan(), "a")
    assert all(one.probability == 1 for each in few for one in each.drawn)
    assert all(len(one.drawn) == one.population for one in few if one.stratum is not Stratum.UNSEEN)
    assert [one.population for one in draw([], SamplePlan(), "a")] == [0] * len(Stratum)
