"""A report of verdicts and margins, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.calibration import Calibration
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import Inference
from ml.evaluate.report import report
from ml.evaluate.scoring import CheckedPicture, Scores
from ml.report.accuracy import lifts_section

CALIBRATION = Calibration(
    scale=10.0,
    offset=0.0,
    occupancy_threshold=0.5,
    unknown_low=0.25,
    unknown_high=0.667,
    min_separation=0.1,
    min_separation_good=0.5,
)


def _scores(dark: bool = False) -> Scores:
    """Two passages: open and occupied, closed and empty."""
    margin = np.array([-0.5, -0.1, 0.2, 0.3, 0.1, 0.2], np.float32)
    occupancy = np.array([0.9, 0.8, 0.4, 0.1, 0.2, 0.1], np.float32)
    pictures = [CheckedPicture(Reason.DARK if dark and at > 2 else None) for at in range(6)]
    return Scores(
        "a",
        Inference(np.zeros((6, 2), np.float32), occupancy, np.stack([margin, np.ones(6, np.float32)], 1)),
        LiftReferences(np.zeros((2, 1, 2), np.float32)),
        tuple(pictures),
        is_open=np.array([True] * 3 + [False] * 3),
        occupied=np.array([True] * 3 + [False] * 3),
    )


def test_a_report_by_hand() -> None:
    """One of six pictures is on the wrong side, p(open) = 0.12: called closed. Its passage is right."""
    result = report([_scores()], CALIBRATION)
    row = result["lifts"][0]
    assert row["accuracy"] == pytest.approx(5 / 6)
    assert row["accuracy_per_passage"] == 1.0
    assert result["accuracy"] == pytest.approx(5 / 6)
    pictures, passages = (result["verdicts"][name] for name in ("per_picture", "per_passage"))
    # p(open) is 0.99, 0.73, 0.12; 0.05, 0.27, 0.12: one is open and called closed, one closed and unknown.
    assert (pictures["open_called_closed"], pictures["closed_called_open"], pictures["unknown"]) == (1, 0, 1)
    assert pictures["open_called_closed_share"] == pytest.approx(1 / 3)
    assert pictures["reasons"] == {"too_close": 1}
    assert (pictures["occupied_called_empty"], pictures["empty_called_occupied"]) == (1, 0)
    assert (passages["judged"], passages["right"], passages["unknown"]) == (2, 2, 0)


def test_what_cannot_be_judged_is_unknown_and_says_nothing_of_the_seat() -> None:
    """Three dark pictures: unknown each and as a passage, though their margins are right."""
    result = report([_scores(dark=True)], CALIBRATION)
    passages = result["verdicts"]["per_passage"]
    assert (passages["unknown"], passages["open_unknown"], passages["reasons"]) == (1, 0, {"dark": 1})
    assert (passages["occupied_seen"], passages["empty_seen"]) == (1, 0)
    assert passages["empty_called_occupied_share"] is None
    assert result["accuracy_per_passage"] == 1.0


def test_the_band_decides_what_becomes_of_passages() -> None:
    """Means of -0.133 and 0.2 are 0.79 and 0.12 open: called correctly, until the band reaches further."""

    def verdicts(**band: float) -> tuple[int, int, int]:
        changed = CALIBRATION.model_copy(update=band)
        found = report([_scores()], changed)["verdicts"]["per_passage"]
        return found["open_called_closed"], found["closed_called_open"], found["unknown"]

    assert verdicts() == (0, 0, 0)
    assert verdicts(unknown_high=0.8) == (0, 0, 1)
    assert verdicts(unknown_low=0.8, unknown_high=0.9) == (1, 0, 0)
    assert verdicts(unknown_low=0.05, unknown_high=0.1) == (0, 1, 0)


def test_pictures_taken_one_by_one_have_no_passages() -> None:
    """Three strangers in a row are no passage: the column stays empty."""
    result = report([replace(_scores(), in_threes=False)], CALIBRATION)
    assert result["accuracy_per_passage"] is None
    assert result["verdicts"]["per_passage"] is None
    table = lifts_section("folders", result)
    assert "| per picture | 6 |" in table
    assert "per passage | 2" not in table


def test_the_table_shows_both_the_verdicts_and_the_margins_sign() -> None:
    """The product's figures first; those of the papers' rule in a column of their own."""
    table = lifts_section("lifts", report([_scores()], CALIBRATION))
    assert "| per picture | 6 | 1: 33.33 (6.15 to 79.23) | 0: 0.00" in table
    assert "| per passage | 2 | 0: 0.00" in table
    assert "| a | 6 | 1 | 0 | 1 | 83.33 |" in table


def test_by_distances_alone_the_networks_margin_is_not_read() -> None:
    """Distances of 0 and 1 to the two masks: a margin of -1, whatever the network would have said."""
    bank = np.array([[[0.0, 0.0]], [[1.0, 0.0]]], np.float32)
    scores = replace(_scores(), references=LiftReferences(bank))
    scores.inference.matches[:, 0] = np.nan
    assert scores.margin.tolist() == [-1.0] * 6
