"""Proposed masks are judged on passages that were not picked, against the lift's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import RELEASED
from ml.data.rendered import PlainLifts, load, prepare
from ml.evaluate.masks.proposals import draw_picks, judge_lift, proposal_rows
from ml.evaluate.masks.sheet import write_sheet
from ml.report.verdicts import proposals_section


def test_picks_are_never_judged_and_have_the_state_that_they_are_picked_as() -> None:
    """Of 12 passages the first four are judged; two of either state are picked, alone or with the rest."""
    is_open = np.arange(12) % 2 == 0
    at_hand, picks = draw_picks(is_open, 4, 2, True, np.random.default_rng(0))
    assert at_hand == list(range(4, 12))
    assert sorted(pick for pick in picks if pick is not None) == [False, False, True, True]
    assert all(pick is None or pick == is_open[p] for p, pick in zip(at_hand, picks, strict=True))
    at_hand, picks = draw_picks(is_open, 4, 2, False, np.random.default_rng(0))
    assert picks == [True, True, False, False]
    assert min(at_hand) >= 4


@pytest.fixture(scope="module")
def lift_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One lift of eight passages: two are judged, three of either state can be picked."""
    return next(iter(prepare(tmp_path_factory.mktemp("rendered"), [4], PlainLifts(8), workers=1)))


@pytest.mark.thorough
def test_each_way_has_a_row_and_costs_what_its_verdicts_say(lift_file: Path, tmp_path: Path) -> None:
    """By the shipped network: as many verdicts as passages, right ones against the hand-made masks'."""
    ways = {"1 + 1 alone": (1, False), "1 + 1 grouped": (1, True)}
    model = RELEASED / "barwatch.ts"
    network, calibration = Scripted.load(model), read_calibration(model)
    record = judge_lift(network, load(lift_file), calibration, 2, 1, 0, ways)
    rows = proposal_rows([record], 1)
    assert [row["picks"] for row in rows] == list(ways)
    for row in rows:
        figures, (lift,) = row["all"], row["lifts"]
        assert figures["proposed"]["judged"] == figures["hand_made"]["judged"] == 2
        assert figures["proposed"]["right"] == lift["right"]
        assert figures["hand_made"]["right"] == lift["right_hand_made"]
        assert figures["cost_points"] == pytest.approx(50 * (lift["right_hand_made"] - lift["right"]))
        assert row["sound"]["proposals"] == (not lift["reasons"])
    table = proposals_section({"rows": rows})
    assert all(name in table for name in ways)
    write_sheet(tmp_path / "sheet.png", network, [lift_file], calibration, 2, 0, {"1 + 1 alone": (1, False)})
    assert (tmp_path / "sheet.png").stat().st_size > 10_000
