"""Which unseen lifts the product refuses because their view cannot show the bar, and what the others gain.

Each lift's passages come in two parts: those that are judged for the figures, and others that were watched
before. The watched ones alone, with the masks, decide GO or NO-GO (`lifts.decision.view`), so that no lift
is refused for the very errors that are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lifts.decision.calibration import Calibration
from lifts.decision.view import ViewJudgement, judge_view
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import wilson
from ml.evaluate.report import verdicts_of
from ml.evaluate.scoring import ScoringNetwork
from ml.evaluate.site.arming import TrialLift, read_by

Row = dict[str, Any]

WRONG = ("open_called_closed", "closed_called_open")


def split(lift: RenderedLift, judged: int) -> tuple[RenderedLift, RenderedLift]:
    """Return the lift's first `judged` passages, and those after them: lifts with the same masks."""
    cut = 3 * judged
    first, others = (
        replace(
            lift,
            images=lift.images[rows],
            bars=lift.bars[rows],
            riders=lift.riders[rows],
            is_open=lift.is_open[rows],
            occupied=lift.occupied[rows],
        )
        for rows in (slice(cut), slice(cut, None))
    )
    return first, others


def watch(model: ScoringNetwork, lift: RenderedLift, calibration: Calibration) -> ViewJudgement:
    """Judge a lift's view by its passages and masks, without a look at their labels."""
    tried = TrialLift.of(model, lift)
    readings = read_by(model, tried, tried.masks, calibration)
    evidence = [passage for passage in readings.passages if passage is not None]
    return judge_view(tried.drawn_px, evidence, readings.mask_maps, calibration.clusters)


def view_row(view: ViewJudgement) -> Row:
    """Return a view for JSON: `go`, the reasons with their numbers, and all that was measured."""
    reasons = [{"reason": one.reason.value, "parameters": dict(one.parameters)} for one in view.findings]
    return {"go": view.go, "reasons": reasons, "measured": dict(view.measured)}


def view_figures(rows: Sequence[Row], watched: int) -> Row:
    """Return what refusing lifts costs and brings, from lifts' rows with a `view` each.

    Returns:
        `refused` of `lifts`, `refused_without_error` of `lifts_without_error` (no passage called wrongly),
        `wrong_refused` of `wrong` passages, each with its share and 95 % Wilson interval; `verdicts` of the
        GO lifts alone; `refusals`: each refused lift with its reasons and passages.
    """
    refused = [row for row in rows if not row["view"]["go"]]
    faultless = [row for row in rows if not _wrong(row)]
    counts = {
        "refused": (len(refused), len(rows)),
        "refused_without_error": (sum(not row["view"]["go"] for row in faultless), len(faultless)),
        "wrong_refused": (sum(map(_wrong, refused)), sum(map(_wrong, rows))),
    }
    found: Row = {"watched": watched, "lifts": len(rows)}
    found |= {"lifts_without_error": len(faultless), "wrong": counts["wrong_refused"][1]}
    for name, (count, whole) in counts.items():
        found[name] = count
        found[f"{name}_share"] = count / whole if whole else None
        found[f"{name}_interval_95"] = list(wilson(count, whole))
    found["refusals"] = [
        {"lift": row["lift"], "reasons": row["view"]["reasons"]} | _passages(row) for row in refused
    ]
    found["verdicts"] = verdicts_of([row for row in rows if row["view"]["go"]])
    return found


def _passages(row: Row) -> dict[str, int]:
    counts = row["verdicts"]["per_passage"]
    return {name: counts[name] for name in (*WRONG, "unknown", "judged")}


def _wrong(row: Row) -> int:
    passages = _passages(row)
    return sum(passages[name] for name in WRONG)
