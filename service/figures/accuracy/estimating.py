"""A lift's misses and false alarms, from the strata of its days that people reviewed. Pure.

A reviewed passage stands for its stratum's population of the day, divided by how many of it were reviewed and
could be told; days of a stratum on which nobody reviewed it are taken to be like its others. What people
cannot tell is left out of an estimate and its interval. Beside them stand the bounds (Manski 2003, Partial
Identification of Probability Distributions): the lower end of the interval if each of these were harmless,
and the upper end if each were the worst.

The interval is of the lift, not of the days: with every passage reviewed there still is one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.reviewing.sampling import QUIET, Stratum
from service.figures.accuracy.cells import ReviewCell, ReviewOutcome
from service.figures.accuracy.intervals import ShareEstimate, WeightedCount, share_estimate

MISSES_WITHIN, FALSE_WITHIN = 0.02, 0.2
"""An interval is useful once it is no wider: 20 of 1,000 open and occupied carriers, 20 of 100 alarms."""

_MOST_MORE = 1_000_000

_WORST = {Stratum.ALARM: ReviewOutcome.FALSE} | dict.fromkeys(QUIET, ReviewOutcome.MISSED)
_BEST = {Stratum.ALARM: ReviewOutcome.CAUGHT} | dict.fromkeys(QUIET, ReviewOutcome.FINE)


@dataclass(frozen=True, slots=True)
class BoundedShare:
    """A share, 0..1, with its 95 % interval.

    expected: None where nothing was found on either side. lowest, highest: the interval's ends if everything
    that nobody can tell were harmless, and if it were the worst.
    """

    expected: float | None
    low: float
    high: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What is known of a lift's accuracy in a time.

    carriers: all that passed and could be reviewed; unseen: those that could not, which no figure covers.
    alarms: of the bar. reviewed: passages that speak for the others; unsure: of them, those that nobody can
    tell. found: reviewed passages by outcome. uncovered: strata with carriers of which none was reviewed:
    while there are any, a figure that needs them is None.

    misses: of open and occupied carriers, those without an alarm in time. missed_carriers, false_carriers: of
    all carriers. false_alarms: of the alarms. more_for_misses, more_for_false: how many more reviews, at the
    same rates, make the interval useful; 0: it is; None: nobody knows.
    """

    carriers: int
    unseen: int
    alarms: int
    reviewed: int
    unsure: int
    found: Mapping[ReviewOutcome, int]
    uncovered: tuple[Stratum, ...]
    misses: BoundedShare | None
    missed_carriers: BoundedShare | None
    false_alarms: BoundedShare | None
    false_carriers: BoundedShare | None
    more_for_misses: int | None
    more_for_false: int | None


@dataclass(frozen=True, slots=True)
class _Sums:
    """Weighted counts of outcomes: over all strata, and of the alarms."""

    missed: WeightedCount
    caught: WeightedCount
    late: WeightedCount
    false: WeightedCount


def accuracy_of(cells: Sequence[ReviewCell]) -> Accuracy:
    """Return a lift's accuracy.

    cells: every stratum of every day that was drawn from, the unseen ones too.
    """
    population: defaultdict[Stratum, int] = defaultdict(int)
    told: defaultdict[Stratum, int] = defaultdict(int)
    found: defaultdict[ReviewOutcome, int] = defaultdict(int)
    for cell in cells:
        population[cell.stratum] += cell.population
        told[cell.stratum] += cell.told
        for outcome, count in cell.counts.items():
            found[outcome] += count
    uncovered = tuple(each for each in (Stratum.ALARM, *QUIET) if population[each] and not told[each])
    carriers = sum(population[each] for each in (Stratum.ALARM, *QUIET))
    reviewed = sum(found.values())
    misses = missed_carriers = false_alarms = false_carriers = None
    more_for_misses = more_for_false = None
    told_sums = _sums(cells)
    best, worst = _sums(cells, _BEST), _sums(cells, _WORST)
    if carriers and not uncovered:
        misses = _bounded(*((sums.missed, sums.caught) for sums in (told_sums, best, worst)))
        missed_carriers = _bounded(
            *((sums.missed, _others(carriers, sums.missed)) for sums in (told_sums, best, worst))
        )
        more_for_misses = _more(reviewed, told_sums.missed, told_sums.caught, MISSES_WITHIN)
    if carriers and Stratum.ALARM not in uncovered:
        right = [sums.caught + sums.late for sums in (told_sums, best, worst)]
        false = [sums.false for sums in (told_sums, best, worst)]
        false_alarms = _bounded(*zip(false, right, strict=True)) if population[Stratum.ALARM] else None
        false_carriers = _bounded(*((each, _others(carriers, each)) for each in false))
        if population[Stratum.ALARM]:
            of_alarms = sum(cell.reviewed for cell in cells if cell.stratum is Stratum.ALARM)
            more_for_false = _more(of_alarms, false[0], right[0], FALSE_WITHIN)
    return Accuracy(
        carriers=carriers,
        unseen=population[Stratum.UNSEEN],
        alarms=population[Stratum.ALARM],
        reviewed=reviewed,
        unsure=found.get(ReviewOutcome.UNSURE, 0),
        found=dict(found),
        uncovered=uncovered,
        misses=misses,
        missed_carriers=missed_carriers,
        false_alarms=false_alarms,
        false_carriers=false_carriers,
        more_for_misses=more_for_misses,
        more_for_false=more_for_false,
    )


def _sums(cells: Sequence[ReviewCell], unsure: Mapping[Stratum, ReviewOutcome] | None = None) -> _Sums:
    """Add up what the passages stand for; unsure: as what those that nobody can tell count, None: not."""
    by_stratum: defaultdict[Stratum, list[ReviewCell]] = defaultdict(list)
    for cell in cells:
        if cell.stratum is not Stratum.UNSEEN and cell.population:
            by_stratum[cell.stratum].append(cell)
    quiet_missed = late = caught = false = WeightedCount(heaviest=0.0)
    for stratum, mine in by_stratum.items():
        counted = _weighted(mine, None if unsure is None else unsure[stratum])
        if stratum is Stratum.ALARM:
            caught, late, false = (
                _count(counted, each)
                for each in (ReviewOutcome.CAUGHT, ReviewOutcome.MISSED, ReviewOutcome.FALSE)
            )
        else:
            quiet_missed += _count(counted, ReviewOutcome.MISSED)
    return _Sums(quiet_missed + late, caught, late, false)


def _weighted(
    cells: Sequence[ReviewCell], unsure: ReviewOutcome | None
) -> list[tuple[float, Mapping[ReviewOutcome, int]]]:
    """Return weight and counts of each cell of a stratum that speaks for something."""
    counted = []
    for cell in cells:
        counts = dict(cell.counts)
        doubtful = counts.pop(ReviewOutcome.UNSURE, 0)
        if unsure is not None and doubtful:
            counts[unsure] = counts.get(unsure, 0) + doubtful
        if counts:
            counted.append((cell.population, counts))
    covered = sum(population for population, _ in counted)
    factor = sum(cell.population for cell in cells) / covered if covered else 1.0
    return [(factor * population / sum(counts.values()), counts) for population, counts in counted]


def _count(
    counted: Iterable[tuple[float, Mapping[ReviewOutcome, int]]], outcome: ReviewOutcome
) -> WeightedCount:
    pairs = [(weight, counts.get(outcome, 0)) for weight, counts in counted]
    return WeightedCount(
        sum(weight * count for weight, count in pairs),
        sum(weight**2 * count for weight, count in pairs),
        max((weight for weight, _ in pairs), default=0.0),
    )


def _others(carriers: int, part: WeightedCount) -> WeightedCount:
    """Return the other carriers: their number is known, each stands for itself."""
    rest = max(carriers - part.total, 0.0)
    return WeightedCount(rest, rest)


def _bounded(*pairs: tuple[WeightedCount, WeightedCount]) -> BoundedShare:
    """Return a share as far as it can be told, and its ends at best and at worst."""
    told, best, worst = (_share(part, rest) for part, rest in pairs)
    return BoundedShare(
        told.expected, told.low, told.high, min(told.low, best.low), max(told.high, worst.high)
    )


def _share(part: WeightedCount, rest: WeightedCount) -> ShareEstimate:
    # A weight below 1 would say that a passage stands for less than itself.
    return share_estimate(*(replace(each, heaviest=max(each.heaviest, 1.0)) for each in (part, rest)))


def _more(reviewed: int, part: WeightedCount, rest: WeightedCount, within: float) -> int | None:
    """Return how many more reviews make the interval no wider than `within`; None: more than a million."""

    def wide(more: int) -> bool:
        factor = 1 + more / max(reviewed, 1)
        found = _share(part.times(factor), rest.times(factor))
        return found.high - found.low > within

    if not part.total + rest.total:
        return None
    low, high = 0, 1
    if not wide(0):
        return 0
    while wide(high):
        low, high = high, 2 * high
        if high > _MOST_MORE:
            return None
    while high - low > max(1, high // 100):  # to a hundredth: more would be false precision
        middle = math.ceil((low + high) / 2)
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high
