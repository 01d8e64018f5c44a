"""The commands write what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lifts.folder import read_lift_folder
from ml.commands.render import SAMPLES, app, sample_video_schedule, textured_rows
from ml.scene.sampling import sample_lift


def test_lift_writes_a_readable_folder_with_labelled_pictures(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["lift", "--seed", "3", "--pictures", "3", "--out", str(tmp_path / "a")])
    assert result.exit_code == 0, result.output
    folder = read_lift_folder(tmp_path / "a")
    assert folder.lift.id == "scene-3"
    labels = json.loads((tmp_path / "a" / "labels.json").read_text())
    assert [label["position"] for label in labels] == [0, 1, 2]
    assert len({label["is_open"] for label in labels}) == 1
    assert (tmp_path / "a" / "pictures" / labels[0]["file"]).exists()
    assert (tmp_path / "a" / "sheet.jpg").exists()


def test_an_unknown_sample_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["samples", "--out", str(tmp_path), "--only", "demo-none"])
    assert result.exit_code != 0
    assert "demo-quad" in result.output


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_shipped_samples_show_open_and_closed_occupied_and_empty(sample: object) -> None:
    chosen = next(s for s in SAMPLES if s is sample)
    scene = sample_lift(chosen.seed)
    schedule = sample_video_schedule(chosen, scene)
    alarms = [p for p in schedule.carriers if p.opening > 0.12 and any(p.riders)]
    assert len(schedule.carriers) >= 8
    assert len(alarms) >= 3
    assert 45 <= schedule.duration_s <= 60


def test_a_sheet_shows_the_cases_of_textured_lifts_before_drawn_patterns() -> None:
    """It is published: no photograph is behind the carriers, which need none to be collected."""
    rows = textured_rows(1)
    assert [row[0].label for row in rows] == ["empty", "occupied", "child", "legs", "behind"]
    assert all(row[0].image.shape == (200, 200, 3) for row in rows)
