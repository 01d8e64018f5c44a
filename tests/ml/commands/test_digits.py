"""`barwatch evaluate-digits`: a smoke run from training to a table and a sheet."""

import json
from pathlib import Path

import cv2
from typer.testing import CliRunner

from service import cli


def test_a_smoke_run_is_judged_and_drawn(tmp_path: Path) -> None:
    """All three networks, from which a run with another recipe does not go on."""
    folder, sheet, out = tmp_path / "run", tmp_path / "cuts.png", tmp_path / "digits.json"
    words = ["evaluate-digits", "--preset", "smoke", "--epochs", "1", "--run", str(folder)]
    done = CliRunner().invoke(cli.app, [*words, "--json", "--out", str(out), "--pictures", str(sheet)])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result == json.loads(out.read_text())
    assert list(result)[:3] == ["command", "git_commit", "data_seed"]
    assert [row["transformer"] for row in result["variants"]] == [0, 3, 6]
    assert [row["transformer"] for row in result["differences"]] == [3, 6]
    assert (result["pairs"], result["pictures"], result["digits"]) == (592, 296, 296)
    picture = cv2.imread(str(sheet))
    assert picture is not None
    assert picture.std() > 10
    other = CliRunner().invoke(cli.app, ["evaluate-digits", "--run", str(folder)])
    assert other.exit_code == 2
