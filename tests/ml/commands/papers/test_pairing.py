"""`barwatch evaluate-pairing`: a smoke run from training to a table and a sheet; the plan of all runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from ml.commands import common
from ml.commands.papers.pairing_plan import planned
from ml.data.benchmark import Part
from service import cli


@pytest.mark.thorough
def test_a_smoke_run_is_judged_and_drawn(tmp_path: Path) -> None:
    """Without a transformer, and one beside it; a run with another recipe does not go on from it."""
    sheet, out = tmp_path / "cuts.png", tmp_path / "pairs.json"
    words = ["evaluate-pairing", "digits", "--preset", "smoke", "--intervals", "1", "--run"]
    done = CliRunner().invoke(cli.app, [*words, str(tmp_path / "none"), "--transformer", "0", "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert list(result)[:4] == ["command", "git_commit", "data_seed", "opencv"]
    assert result["opencv"] == cv2.__version__
    assert (result["transformer"], result["pairs"], result["objects"]) == (0, 592, 296)
    drawing = ["--without", str(tmp_path / "none"), "--pictures", str(sheet), "--out", str(out)]
    done = CliRunner().invoke(cli.app, [*words, str(tmp_path / "two"), *drawing])
    assert done.exit_code == 0, done.output
    assert "scikit-learn's digits" in done.stdout
    assert json.loads(out.read_text())["transformer"] == 2
    picture = cv2.imread(str(sheet))
    assert picture is not None
    assert picture.std() > 10
    other = CliRunner().invoke(cli.app, [*words, str(tmp_path / "two"), "--seed", "1"])
    assert other.exit_code == 2
    assert CliRunner().invoke(cli.app, [*words, str(tmp_path / "x"), "--transformer", "4"]).exit_code == 2
    assert CliRunner().invoke(cli.app, [*words, str(tmp_path / "x"), "--naive", "thumbnails"]).exit_code == 2


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """MNIST that was not fetched: the command that fetches it."""
    words = ["evaluate-pairing", "mnist-scaled", "--mnist", str(tmp_path), "--run", str(tmp_path / "run")]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 2
    assert "render mnist" in done.output


@pytest.mark.thorough
def test_carriers_are_rendered_where_they_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three splits, as other systems do it: no checksum of another machine's pictures stops a run."""
    asked: list[str] = []

    def render(folder: Path, wanted: list[Part], workers: int) -> Iterator[tuple[Part, str]]:
        asked.extend(part.name for part in wanted)
        yield from ()

    monkeypatch.setattr(common, "render_parts", render)
    words = ["evaluate-pairing", "carriers", "--benchmark", str(tmp_path), "--run", str(tmp_path / "run")]
    assert CliRunner().invoke(cli.app, words).exit_code == 2  # nothing was rendered, after all
    assert len(set(asked)) == 60


def test_the_plan_makes_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    """80 that need no learning, 75 networks that are paired and 5 sheets of them; none is made again."""
    runs = list(planned(tmp_path, Path("runs")))
    assert len(runs) == len({run.file for run in runs}) == 160
    named = {Path(run.file).stem for run in runs if run.file.endswith(".json")}
    trained = {name for name in named if "untrained" not in name and "thumbnails" not in name}
    assert {name.replace("-seed", "-untrained-seed") for name in trained} < named  # beside every network
    firsts = {Path(run.file).name.split("-0")[0]: run.commands[0] for run in runs if "-0-seed0" in run.file}
    assert firsts["carriers"].startswith("barwatch evaluate-pairing carriers")  # which renders them
    assert firsts["mnist-scaled"] == firsts["mnist-translated"] == "barwatch render mnist --out runs/mnist"
    assert all(run.commands[-1].startswith("barwatch evaluate-pairing") for run in runs)
    assert runs[1].file == "getnet/digits-0-untrained-seed0.json"
    assert [Path(run.file).name for run in runs[80:85]] == [
        *("digits-0-seed0.json", "digits-2-seed0.json", "digits.png"),
        *("digits-whole-seed0.json", "digits-0-seed1.json"),
    ]
    (tmp_path / "getnet").mkdir()
    (tmp_path / "getnet" / "objects-0-seed0.json").write_text("{}")
    words = [
        "reproduce-pairing",
        "objects",
        "--results",
        str(tmp_path),
        "--folder",
        str(tmp_path),
        "--dry-run",
    ]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    assert done.output.count("barwatch evaluate-pairing") == 16 + 14 + 1
    assert "getnet/objects-0-seed0.json: " not in done.output
    assert done.output.count("--pictures") == 1
    (tmp_path / "getnet" / "objects-2-seed0.json").write_text("{}")
    (tmp_path / "getnet" / "objects.png").write_text("a picture")
    done = CliRunner().invoke(cli.app, words)
    assert done.output.count("barwatch evaluate-pairing") == 16 + 13
    assert "--pictures" not in done.output
