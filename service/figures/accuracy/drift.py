"""Whether misses or false alarms became more or fewer over the weeks. Pure.

A permutation test within strata (Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses; with
the observed arrangement counted, Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular
Biology 9): were there no drift, what was found in a stratum might as well have been found in any week in
which it was reviewed. The statistic is the weighted sum of the weeks in which events were found. It holds
however few events there are, and a week with more reviews or another mix of strata is no drift.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import ReviewCell, ReviewOutcome

ROUNDS = 2000
LEAST_EVENTS, LEAST_WEEKS = 4, 2
"""With fewer events no arrangement of them is rare."""

LEVEL = 0.05
_SEED = 20


class Trend(StrEnum):
    """What the weeks show. Part of the API."""

    MORE = "more"
    FEWER = "fewer"
    STEADY = "steady"
    """No trend that chance would not show in one of twenty times."""
    TOO_FEW = "too_few"
    """Too few events or weeks to tell."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A trend; p: how often chance alone shows one as strong, 0..1, None of too few. events: found."""

    trend: Trend
    p: float | None
    events: int


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def drift_of(
    cells: Sequence[ReviewCell], event: ReviewOutcome, applies: Callable[[Stratum], bool] = lambda _: True
) -> Drift:
    """Test whether an outcome became more or less frequent over the weeks.

    applies: which strata count.
    """
    strata: defaultdict[Stratum, dict[date, list[int]]] = defaultdict(dict)
    population: defaultdict[Stratum, int] = defaultdict(int)
    for cell in cells:
        if applies(cell.stratum) and cell.told:
            week = strata[cell.stratum].setdefault(week_of(cell.day), [0, 0])
            week[0] += cell.told
            week[1] += cell.counts.get(event, 0)
            population[cell.stratum] += cell.population
    weeks = sorted({week for mine in strata.values() for week in mine})
    events = sum(week[1] for mine in strata.values() for week in mine.values())
    if events < LEAST_EVENTS or len(weeks) < LEAST_WEEKS:
        return Drift(Trend.TOO_FEW, None, events)
    random = np.random.default_rng(_SEED)
    found, drawn = 0.0, np.zeros(ROUNDS)
    for stratum, mine in sorted(strata.items()):
        numbers = np.array([weeks.index(week) for week in mine], np.float64)
        told = np.array([each[0] for each in mine.values()])
        seen = np.array([each[1] for each in mine.values()])
        weight = population[stratum] / told.sum()
        centred = weight * (numbers - (numbers @ told) / told.sum())
        found += float(centred @ seen)
        if seen.sum():
            drawn += random.multivariate_hypergeometric(told, int(seen.sum()), size=ROUNDS) @ centred
    slack = 1e-9 * max(1.0, float(np.abs(drawn).max()))  # rounding must not part what is equally extreme
    p = float((1 + np.count_nonzero(np.abs(drawn) >= abs(found) - slack)) / (1 + ROUNDS))
    trend = Trend.STEADY if p > LEVEL else Trend.MORE if found > 0 else Trend.FEWER
    return Drift(trend, p, events)
