"""From answers to counts: what reviewed passages turned out to be, by day and stratum. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.domain.reviewing.answers import ReviewAnswer, was_right
from service.domain.reviewing.sampling import Stratum


class ReviewOutcome(StrEnum):
    """What a passage turned out to be, beside what the service did."""

    CAUGHT = "caught"
    """The bar was not down, somebody sat there, and the alarm came in time."""
    MISSED = "missed"
    """The bar was not down, somebody sat there, and no alarm came, or too late."""
    FALSE = "false"
    """An alarm, and nothing was wrong."""
    FINE = "fine"
    """No alarm, and nothing was wrong."""
    UNSURE = "unsure"
    """People cannot tell, or differ."""


def outcome_of(
    answer: ReviewAnswer | None, occupied: bool | None, *, alarmed: bool, late: bool = False
) -> ReviewOutcome:
    """Return what a passage was.

    answer: None where people differ. occupied: what was said beside it; an open bar without an alarm counts
    as a miss only where somebody said that the seat was taken. late: the alarm came after the carrier left.
    """
    right = was_right(answer)
    if right is None or (not alarmed and right and answer is ReviewAnswer.OPEN and occupied is None):
        return ReviewOutcome.UNSURE
    if alarmed:
        return (ReviewOutcome.MISSED if late else ReviewOutcome.CAUGHT) if right else ReviewOutcome.FALSE
    return ReviewOutcome.MISSED if right else ReviewOutcome.FINE


@dataclass(frozen=True, slots=True)
class DrawnStratum:
    """A stratum of a day as it was drawn: how many carriers it holds, and how many were drawn."""

    day: date
    stratum: Stratum
    population: int
    drawn: int


@dataclass(frozen=True, slots=True)
class ReviewedPassage:
    """A drawn passage that somebody reviewed; blind: in the queue, as its place in it came."""

    day: date
    stratum: Stratum
    outcome: ReviewOutcome
    blind: bool


@dataclass(frozen=True, slots=True)
class ReviewCell:
    """A stratum of a day: its population, and the outcomes of those passages that speak for it."""

    day: date
    stratum: Stratum
    population: int
    counts: Mapping[ReviewOutcome, int]

    @property
    def reviewed(self) -> int:
        """How many passages speak for it."""
        return sum(self.counts.values())

    @property
    def told(self) -> int:
        """How many of them could be told."""
        return self.reviewed - self.counts.get(ReviewOutcome.UNSURE, 0)


def cells_of(draws: Iterable[DrawnStratum], reviewed: Iterable[ReviewedPassage]) -> tuple[ReviewCell, ...]:
    """Return the cells, in the order of the draws.

    The queue shows a day's sample at random, so what was answered there speaks for all of it, however much
    of it that is. A passage that somebody labelled elsewhere, because it struck them, speaks for a stratum
    only once all that was drawn of it was reviewed.
    """
    found: defaultdict[tuple[date, Stratum], list[ReviewedPassage]] = defaultdict(list)
    for one in reviewed:
        found[one.day, one.stratum].append(one)
    cells = []
    for each in draws:
        mine = found[each.day, each.stratum]
        counted = mine if len(mine) >= each.drawn else [one for one in mine if one.blind]
        cells.append(
            ReviewCell(each.day, each.stratum, each.population, Counter(one.outcome for one in counted))
        )
    return tuple(cells)
