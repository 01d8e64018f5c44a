"""A habit's cost is that of other masks on the same pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import RELEASED
from ml.data.rendered import load
from ml.evaluate.masks.habits import habit_rows
from ml.report.verdicts import habits_section
from ml.scene.masks import HABITS


@pytest.mark.thorough
def test_careful_masks_cost_nothing_and_every_habit_has_a_row(lift_files: list[Path]) -> None:
    """Two lifts of six pictures, one drawing of each habit: judged by the shipped network."""
    model = RELEASED / "barwatch.ts"
    lifts = [load(path) for path in lift_files[:2]]
    rows = habit_rows(Scripted.load(model), lifts, read_calibration(model), 1, 0)
    assert [row["habit"] for row in rows] == list(HABITS)
    assert rows[0]["cost_points"] == 0
    for row in rows:
        assert row["verdicts"]["per_picture"]["judged"] == 12
        assert row["verdicts"]["per_passage"]["judged"] == 4
    careful = rows[0]["verdicts"]["per_picture"]["right"]
    for row in rows:
        right = row["verdicts"]["per_picture"]["right"]
        assert abs(row["cost_points"] - 100 * (careful - right) / 12) < 1e-9
    table = habits_section({"rows": rows})
    assert all(habit in table for habit in HABITS)
