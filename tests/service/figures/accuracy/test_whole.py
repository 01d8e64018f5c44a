"""From passages to a figure: drawn by the service's own draw, partly reviewed, estimated."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import (
    DrawnStratum,
    ReviewCell,
    ReviewedPassage,
    ReviewOutcome,
    cells_of,
)
from service.figures.accuracy.drawing import DayPassage, SamplePlan, draw
from service.figures.accuracy.estimating import accuracy_of

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
CARRIERS, DAYS, PLAN = 500, 14, SamplePlan(quiet=40, alarms=40)


def watch(seed: int, day: int) -> tuple[list[ReviewCell], int, int]:
    """Return a day's cells, and how many open and occupied carriers were missed and caught.

    Every thirtieth carrier is an event, more of them in the evening; the surer a verdict, the rarer it is
    wrong.
    A reviewer gives up after some of the queue, in its order.
    """
    random = np.random.default_rng((seed, day))
    hour = np.arange(CARRIERS) / CARRIERS
    event = random.random(CARRIERS) < (0.02 + 0.03 * hour)
    margin = np.where(event, random.normal(-1.0, 0.55, CARRIERS), random.normal(2.2, 0.7, CARRIERS))
    alarmed = margin < 0
    passages = [
        DayPassage(
            f"{n}",
            BEGIN + timedelta(days=day, seconds=60 * n),
            Verdict.OPEN if alarmed[n] else Verdict.UNKNOWN if margin[n] < 0.3 else Verdict.CLOSED,
            float(1 / (1 + np.exp(-abs(margin[n])))),
            alarmed=bool(alarmed[n]),
            late=False,
            reviewable=True,
        )
        for n in range(CARRIERS)
    ]
    strata = draw(passages, PLAN, f"{seed} {day}")
    until = random.uniform(0.4, 1.2)
    draws, reviewed = [], []
    for each in strata:
        draws.append(DrawnStratum(BEGIN.date(), each.stratum, each.population, len(each.drawn)))
        for one in each.drawn:
            is_event = event[int(one.passage_id)]
            if each.stratum is Stratum.ALARM:
                outcome = ReviewOutcome.CAUGHT if is_event else ReviewOutcome.FALSE
            else:
                outcome = ReviewOutcome.MISSED if is_event else ReviewOutcome.FINE
            # What strikes somebody is labelled outside the queue: events far more often.
            struck = is_event and random.random() < 0.3
            if one.place < until or struck:
                blind = one.place < until
                reviewed.append(ReviewedPassage(BEGIN.date(), each.stratum, outcome, blind))
    return list(cells_of(draws, reviewed)), int((event & ~alarmed).sum()), int((event & alarmed).sum())


@pytest.mark.slow
def test_a_lifts_figure_holds_what_happened() -> None:
    """Over a hundred fortnights the interval has the long run's share, and the mean estimate is it."""
    seasons = [[watch(seed, day) for day in range(DAYS)] for seed in range(100)]
    missed = sum(day[1] for season in seasons for day in season)
    caught = sum(day[2] for season in seasons for day in season)
    truth = missed / (missed + caught)
    found = [accuracy_of([cell for day in season for cell in day[0]]).misses for season in seasons]
    known = [one for one in found if one is not None]
    assert len(known) == len(seasons)
    assert np.mean([one.low <= truth <= one.high for one in known]) >= 0.9
    middle = np.array([one.expected for one in known], float)
    assert middle.mean() == pytest.approx(truth, abs=3 * middle.std() / len(known) ** 0.5 + 0.002)
