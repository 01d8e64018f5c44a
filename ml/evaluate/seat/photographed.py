"""Who sits there: the product's verdicts on the photograph set, a row for each case.

The set's lifts are drawn for it (seeds from 50000), and nothing but the test's photographs is behind them. A
passage in which nobody could see the riders, since their seat hides them, is left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from lifts.arrays import Bool
from lifts.decision.calibration import Calibration
from lifts.decision.verdict import Verdict
from ml.data.rendered import RenderedLift
from ml.data.textured import VISIBLE_PX, Case, TexturedLifts
from ml.evaluate.metrics import wilson
from ml.evaluate.scoring import Scores, ScoringNetwork, score_rendered
from ml.evaluate.verdicts import Outcome, count_verdicts

FIRST_SEED = 50_000

ROWS: tuple[Case, ...] = tuple(case for case in get_args(Case) if case != "any")
"""The cases of the set."""


def photograph_set(case: Case, passages: int, photographs: Path) -> TexturedLifts:
    """Return how one row's lifts are rendered."""
    return TexturedLifts(
        passages=passages, photographs=photographs, use="test", case=case, only_photographs=True
    )


def visible(lift: RenderedLift) -> Bool:
    """Return which passages show their label, bool[P // 3]: they are empty, or riders are seen."""
    seen = lift.riders.reshape(len(lift.riders) // 3, 3, -1).sum(2).max(1) >= VISIBLE_PX
    return np.asarray(seen | ~lift.occupied[::3])


def only(lift: RenderedLift, passages: Bool) -> RenderedLift:
    """Return a lift with some of its passages, bool[P // 3]."""
    rows = np.repeat(passages, 3)
    names = ("images", "bars", "riders", "is_open", "occupied")
    return replace(lift, **{name: getattr(lift, name)[rows] for name in names})


class SeatRow(NamedTuple):
    """One row's lifts as a network sees them; hidden: passages left out, as nobody sees the riders."""

    scores: list[Scores]
    hidden: int

    @staticmethod
    def of(network: ScoringNetwork, lifts: Sequence[RenderedLift]) -> SeatRow:
        """Score what is visible of a row's lifts."""
        shown = [visible(lift) for lift in lifts]
        scores = [
            score_rendered(network, only(lift, passages))
            for lift, passages in zip(lifts, shown, strict=True)
            if passages.any()
        ]
        return SeatRow(scores, sum(int((~passages).sum()) for passages in shown))

    def judged(self, calibration: Calibration) -> dict[str, Any]:
        """Judge the row; at least one passage is visible.

        Returns:
            Counts of the verdicts, per picture and per passage (`count_verdicts`), and for passages `alarms`.
        """
        outcomes = {n: [one for s in self.scores for one in s.judged(calibration, n)] for n in (1, 3)}
        return {
            "lifts": len(self.scores),
            "passages_hidden": self.hidden,
            "verdicts": {
                "per_picture": count_verdicts(outcomes[1]),
                "per_passage": count_verdicts(outcomes[3]),
            },
            "alarms": count_alarms(outcomes[3]),
        }


def without_time(calibration: Calibration) -> Calibration:
    """Return the calibration by which each picture is judged for itself, as by versions before rider maps."""
    return calibration.model_copy(update={"seat": None})


def count_alarms(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Count alarms for open bars with somebody on the seat: given for nobody, and not given for somebody.

    Returns:
        `false` and `warned_false` of `open_empty`, `missed` and `warned` of `open_occupied`: critical alarms,
        alarms of lower priority as the seat is unclear, and none at all; the first and third with 95 % Wilson
        intervals.
    """
    names = ("open_empty", "false", "warned_false", "open_occupied", "missed", "warned")
    count = dict.fromkeys(names, 0)
    for outcome in outcomes:
        if outcome.truly_open:
            called_open = outcome.verdict is Verdict.OPEN
            alarm, warning = called_open and bool(outcome.occupied), called_open and outcome.unclear
            count["open_occupied" if outcome.truly_occupied else "open_empty"] += 1
            count["missed"] += outcome.truly_occupied and not alarm and not warning
            count["false"] += not outcome.truly_occupied and alarm
            count["warned" if outcome.truly_occupied else "warned_false"] += warning
    return {
        **count,
        "false_interval_95": list(wilson(count["false"], count["open_empty"])),
        "missed_interval_95": list(wilson(count["missed"], count["open_occupied"])),
    }
