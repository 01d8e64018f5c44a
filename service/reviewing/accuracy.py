"""What a lift's accuracy was in a time: figures, weeks and their drift, and how far people agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import ReviewCell, ReviewOutcome, cells_of
from service.figures.accuracy.drift import Drift, drift_of, week_of
from service.figures.accuracy.estimating import Accuracy, accuracy_of
from service.figures.accuracy.intervals import ShareEstimate, WeightedCount, share_estimate
from service.store import budgets, lifts
from service.store.database import Store
from service.store.reviewing import measured


@dataclass(frozen=True, slots=True)
class LiftAccuracy:
    """A lift's accuracy on the days in [begin, end).

    weeks: each week's own, by its Monday. misses, false_alarms: how they went over the weeks; misses among
    the carriers without an alarm. agreement: of passages that two people answered; None of none.
    judged_since: since when the lift is judged as it is now.
    """

    begin: date
    end: date
    whole: Accuracy
    weeks: tuple[tuple[date, Accuracy], ...]
    misses: Drift
    false_alarms: Drift
    both: int
    agreement: ShareEstimate | None
    judged_since: datetime


def accuracy_in(store: Store, lift_id: str, begin: date, end: date) -> LiftAccuracy:
    """Return a lift's accuracy on the days in [begin, end). Raises NotFoundError, StoreError."""
    with store.reading() as session:
        lifts.get(session, lift_id)
        drawn = measured.draws(session, lift_id, begin, end)
        reviewed = measured.reviewed(session, lift_id, begin, end)
        pairs = measured.agreement(session, lift_id, begin, end)
        judged_since = budgets.judged_since(session, lift_id)
    cells = cells_of(drawn, reviewed)
    return LiftAccuracy(
        begin=begin,
        end=end,
        whole=accuracy_of(cells),
        weeks=tuple(_by_week(cells)),
        misses=drift_of(cells, ReviewOutcome.MISSED, lambda stratum: stratum is not Stratum.ALARM),
        false_alarms=drift_of(cells, ReviewOutcome.FALSE, lambda stratum: stratum is Stratum.ALARM),
        both=pairs.both,
        agreement=_alike(pairs) if pairs.both else None,
        judged_since=judged_since,
    )


def _alike(pairs: measured.Agreement) -> ShareEstimate:
    same, other = (WeightedCount(count, count) for count in (pairs.same, pairs.both - pairs.same))
    return share_estimate(same, other)


def _by_week(cells: Sequence[ReviewCell]) -> list[tuple[date, Accuracy]]:
    weeks: defaultdict[date, list[ReviewCell]] = defaultdict(list)
    for cell in cells:
        weeks[week_of(cell.day)].append(cell)
    return [(week, accuracy_of(mine)) for week, mine in sorted(weeks.items())]
