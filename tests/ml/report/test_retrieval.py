"""Retrieval's table and plots stand on what was measured, with what needs no training beside it."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from ml.papers.comparison.orderings import compare_runs
from ml.papers.comparison.reidentification import reidentification_figures
from ml.plots.curves import draw_curves
from ml.plots.retrievals import NEAREST, retrievals_sheet
from ml.report.retrieval import retrieval_remarks, retrieval_table
from ml.retrieval.protocol import query_rows, thumbnails
from ml.systems.named import RECIPES, as_values
from tests.ml.retrieval.carriers import carriers

DATA = carriers(6, side=16)
PERFECT = (DATA.identity[:, None] * 10.0).numpy()


def run(embeddings: Any, **more: Any) -> dict[str, Any]:
    """A result as `barwatch evaluate abir` writes it."""
    found = {
        "recipe": {**as_values("abir", RECIPES["abir"]), "side": 112, "patience": 2},
        "parameters": 1000,
        "training_seconds": 7200.0,
        "training_machine": {"device": "cuda:0"},
        "epochs": 9,
        "epoch": 7,
        "finished": True,
        "smoke": False,
        "every": 1,
        "seen": None,
        "adapted": None,
        "curve": [{"hard": 0.4, "loss": 0.1, "round": 1}] * 6 + [{"hard": 0.2, "loss": 0.1, "round": 2}] * 3,
        "retrieval": reidentification_figures(embeddings, DATA),
        "thumbnails": reidentification_figures(thumbnails(DATA.images.numpy()), DATA),
        **more,
    }
    return found | {"about": retrieval_remarks(found)}


RUNS = {
    "abir": run(PERFECT),
    "abir-plain": run(np.zeros((54, 2))),
    "abir-untrained": run(np.zeros((54, 2)), untrained=True),
    "late": run(PERFECT, finished=False),
}


def test_what_needs_no_training_comes_first_and_a_run_says_how_it_ended() -> None:
    """Thumbnails, untrained networks, then the others; unfinished ones say so in their first words."""
    rows = str(retrieval_table(RUNS)).splitlines()[2:]
    starts = [row.split("|")[1].strip() for row in rows]
    assert starts == ["thumbnails of 16x16 pixels", "abir-untrained", "abir", "abir-plain", "late"]
    assert "| 100.00 (100.00 to 100.00) | 100.00 |" in rows[2]
    assert "no longer better: 9 epochs in 2 rounds, the best number 7 of round 2; " in rows[2]
    assert rows[2].count("| 2.0 h, GPU |") == 1
    assert "| **not over**: 9 epochs so far" in rows[4]
    budget = run(PERFECT, recipe={**RUNS["abir"]["recipe"], "epochs": 9})
    assert budget["about"][0].startswith("**ended by its budget**")


def test_runs_are_compared_once_their_training_is_over() -> None:
    """On the same queries; what is unfinished decides nothing."""
    row, other, *_ = compare_runs(RUNS)
    assert (row["what"], row["runs"]) == ("found", ["abir", "abir-plain"])
    assert row["difference"] == 1.0
    assert (other["what"], other["runs"]) == ("precision", row["runs"])
    plain = RUNS["abir-plain"]["retrieval"]["mean_average_precision"]
    assert other["difference"] == pytest.approx(1.0 - plain, abs=1e-4)
    assert compare_runs({**RUNS, "abir": RUNS["late"]}) == []


def test_the_share_of_hard_triplets_says_of_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Online, of all valid ones of a batch: those that are easy, and not learnt from, count too."""
    drawn: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    draw_curves(RUNS, tmp_path / "curves.png")
    assert drawn[0].axes[1].get_title() == "Hard triplets among those drawn, or of a batch"


def test_curves_and_found_carriers_are_pictures(tmp_path: Path) -> None:
    """A row for each query, framed by whether it is the same carrier; no curves without a run."""
    path = draw_curves(RUNS, tmp_path / "made" / "curves.png")
    assert cv2.imread(str(path)) is not None
    with pytest.raises(ValueError, match="no run"):
        draw_curves({}, path)
    sheet = retrievals_sheet(PERFECT, DATA, 3)
    assert sheet.shape[1] == (NEAREST + 1) * (sheet.shape[0] // 3 - 22)
    frames = sheet[23, :: sheet.shape[1] // (NEAREST + 1)]
    colours = [tuple(frame.tolist()) for frame in frames]
    assert len(query_rows(DATA)[0]) == 18
    assert colours[0] == (20, 20, 20)
    assert colours[1:5] == [(25, 150, 60)] * 4  # of six pictures, two are of the query's own camera
    assert colours[5:] == [(215, 35, 35)] * 3
