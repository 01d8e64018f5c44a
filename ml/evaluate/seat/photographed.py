"""Who sits there: the product's verdicts on the photograph set, a row for each case.

The set's lifts are drawn for it (seeds from 50000), and nothing but the test's photographs is behind them. A
passage in which nobody could see the riders, since their seat hides them, is left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from lifts.arrays import Bool
from lifts.decision.calibration import Calibration
from lifts.decision.verdict import Verdict
from ml.data.rendered import RenderedLift
from ml.data.textured import VISIBLE_PX, Case, TexturedLifts
from ml.evaluate.metrics import wilson
from ml.evaluate.scoring import ScoringNetwork, score_rendered
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


def _only(lift: RenderedLift, passages: Bool) -> RenderedLift:
    rows = np.repeat(passages, 3)
    names = ("images", "bars", "riders", "is_open", "occupied")
    return replace(lift, **{name: getattr(lift, name)[rows] for name in names})


def judge_row(
    network: ScoringNetwork, lifts: Sequence[RenderedLift], calibration: Calibration
) -> dict[str, Any]:
    """Judge one row's lifts; at least one passage is visible.

    Returns:
        Counts of the verdicts, per picture and per passage (`count_verdicts`), and for passages `alarms`.
    """
    outcomes: dict[int, list[Outcome]] = {1: [], 3: []}
    hidden = 0
    for lift in lifts:
        shown = visible(lift)
        hidden += int((~shown).sum())
        if shown.any():
            scores = score_rendered(network, _only(lift, shown))
            for pictures in outcomes:
                outcomes[pictures] += scores.judged(calibration, pictures)
    return {
        "lifts": len(lifts),
        "passages_hidden": hidden,
        "verdicts": {"per_picture": count_verdicts(outcomes[1]), "per_passage": count_verdicts(outcomes[3])},
        "alarms": count_alarms(outcomes[3]),
    }


def count_alarms(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Count alarms for open bars with somebody on the seat: given for nobody, and not given for somebody.

    Returns:
        `false` of `open_empty` and `missed` of `open_occupied`, with 95 % Wilson intervals.
    """
    count = {"open_empty": 0, "false": 0, "open_occupied": 0, "missed": 0}
    for outcome in outcomes:
        if outcome.truly_open:
            alarm = outcome.verdict is Verdict.OPEN and bool(outcome.occupied)
            count["open_occupied" if outcome.truly_occupied else "open_empty"] += 1
            count["missed"] += outcome.truly_occupied and not alarm
            count["false"] += not outcome.truly_occupied and alarm
    return {
        **count,
        "false_interval_95": list(wilson(count["false"], count["open_empty"])),
        "missed_interval_95": list(wilson(count["missed"], count["open_occupied"])),
    }
