"""Views in the evaluation: passages that were watched decide, others are counted."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from lifts.decision.view import ViewFinding, ViewJudgement, ViewReason
from ml.evaluate.site.view import split, view_figures, view_row, watch
from ml.evaluate.verdicts import Outcome, count_verdicts
from ml.report.verdicts import verdicts_table, views_text
from tests.ml.evaluate.site.test_arming import CALIBRATION, PASSAGES, BlockNetwork, lift

HIDDEN = ViewJudgement((ViewFinding(ViewReason.CLOSED_BAR_HIDDEN, {"strength": 1.0, "needed": 1.5}),))


def row(name: str, view: ViewJudgement, wrong: int) -> dict[str, Any]:
    """A lift's row: ten closed passages, some of them called open."""
    outcomes = [
        Outcome(Verdict.OPEN if at < wrong else Verdict.CLOSED, None, (), False, True) for at in range(10)
    ]
    verdicts = {"per_picture": count_verdicts(outcomes * 3), "per_passage": count_verdicts(outcomes)}
    return {"lift": name, "verdicts": verdicts, "view": view_row(view)}


def test_a_lift_is_split_into_judged_and_watched_passages() -> None:
    """Three pictures each, every picture in one part, the masks in both."""
    whole = lift(1, 40, 120)
    judged, watched = split(whole, 4)
    assert (len(judged.images), len(watched.images)) == (12, 3 * (PASSAGES - 4))
    assert (np.concatenate([judged.images, watched.images]) == whole.images).all()
    assert (np.concatenate([judged.is_open, watched.is_open]) == whole.is_open).all()
    assert judged.open_mask is whole.open_mask


def test_what_hides_the_closed_bar_is_refused_by_its_pictures_alone() -> None:
    """The same lift and masks; where pictures of closed carriers show no bar, the view is NO-GO, with why."""
    shown = lift(1, 40, 120)
    assert watch(BlockNetwork(), shown, CALIBRATION).go
    rng = np.random.default_rng(0)
    images = shown.images.copy()
    images[:, 110:140] = rng.integers(0, 255, (len(images), 30, 200, 1)).astype(np.uint8)
    found = watch(BlockNetwork(), replace(shown, images=images), CALIBRATION)
    assert ViewReason.CLOSED_BAR_HIDDEN in {finding.reason for finding in found.findings}


def test_the_figures_say_what_refusing_costs_and_brings() -> None:
    """Of four lifts one is refused with three of four wrong passages, and another that had none."""
    rows = [
        row("a", HIDDEN, 3),
        row("b", ViewJudgement(), 1),
        row("c", HIDDEN, 0),
        row("d", ViewJudgement(), 0),
    ]
    found = view_figures(rows, 20)
    assert (found["refused"], found["refused_share"]) == (2, 0.5)
    assert (found["wrong"], found["wrong_refused"]) == (4, 3)
    assert (found["lifts_without_error"], found["refused_without_error"]) == (2, 1)
    assert found["verdicts"]["per_passage"]["closed_called_open_share"] == pytest.approx(1 / 20)
    assert [(one["lift"], one["closed_called_open"]) for one in found["refusals"]] == [("a", 3), ("c", 0)]
    result = {"verdicts": {"per_passage": rows[0]["verdicts"]["per_passage"]}, "views": found}
    assert "| per passage, GO lifts only | 20 |" in str(verdicts_table(result))
    text = views_text(result)
    assert "2 of 4 lifts are refused, 50.00 % (" in text
    assert "3 of 4 passages called wrongly are theirs, 75.00 % (" in text
    assert "| a | closed bar hidden (strength 1, needed 1.5) | 0 | 3 | 0 | 10 |" in text


def test_no_refusal_and_no_views_are_told_as_that() -> None:
    """Nobody is refused; and a result of an earlier version has no views at all."""
    found = view_figures([row("a", ViewJudgement(), 0)], 20)
    assert (found["refused"], found["refusals"], found["wrong_refused_share"]) == (0, [], None)
    assert "0 of 1 lifts are refused" in views_text({"views": found})
    assert views_text({}) == ""
