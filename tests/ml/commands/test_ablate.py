"""`barwatch ablate`: rows by seed, nothing twice, and it goes on after a sitting that ended."""

import inspect
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ml.commands.common import UnseenLifts
from ml.commands.systems import read_sets
from ml.commands.training import ablate as command
from ml.data import benchmark as data
from ml.data.counts import TABLE, Counts
from ml.papers.comparison.orderings import Ordering
from ml.papers.listed.measure import Measurement, Row, Setting, compared
from ml.papers.listed.named import MEASUREMENTS
from ml.papers.plans.named import PLANS, Plan, TrainedRow
from ml.train.run import Run
from service import cli

TINY = Counts("S3", train=(3, 3), validation=(3, 3), test=(3, 3), large=(3, 3))
SMALL = ("side=48",)


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One plan of two rows of one training and one of another, one measurement, one tiny lift."""

    def rows(setting: Setting) -> list[Row]:
        return compared({"base": [[True, False]] * setting.seeds, "new": [[True, True]]}, [0, 1], "base")

    plan = Plan(
        "a plan",
        (
            TrainedRow("as-is", "classifier", SMALL),
            TrainedRow("as-is-blurred", "classifier", SMALL, run="as-is", blurred=True),
            TrainedRow("focal", "classifier", (*SMALL, "loss=focal")),
            TrainedRow("absent", "classifier", SMALL, weights="nowhere.pt"),
        ),
        (Ordering("focal over none", "focal", "as-is", ("seen", "rare")),),
    )
    monkeypatch.setattr(data, "TABLE", (TINY,))
    monkeypatch.setitem(PLANS, "tiny", plan)
    monkeypatch.setitem(MEASUREMENTS, "counted", Measurement("counted", "a paper", rows))
    monkeypatch.setattr(command, "NAMES", ("counted", "tiny"))
    folders = ["--benchmark", str(tmp_path / "pictures"), "--cache", str(tmp_path / "cache")]
    out = ["--preset", "smoke", "--out", str(tmp_path), "--device", "cpu", "--threads", "1"]
    return ["ablate", *out, *folders]


def run(*more: str) -> Result:
    done = CliRunner().invoke(cli.app, list(more), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def test_a_measurement_is_kept(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are printed as a table, and a second sitting measures nothing."""
    monkeypatch.setattr("sys.argv", ["barwatch", "ablate", "tiny", "counted", "--seeds", "2"])
    first = run(*words, "counted", "--seeds", "2")
    listed = tmp_path / "smoke" / "listed" / "counted.json"
    kept = json.loads(listed.read_text())
    assert [row["right, %"] for row in kept["rows"]] == [50.0, 100.0]
    assert kept["command"] == "barwatch ablate counted --seeds 2"
    stamp = listed.stat().st_mtime_ns
    second = run(*words, "counted")
    assert first.stdout == second.stdout
    assert "| new | 100.0 |" in second.stdout
    assert listed.stat().st_mtime_ns == stamp


@pytest.mark.slow
def test_a_plan_is_run_over_two_sittings(words: list[str], tmp_path: Path) -> None:
    """The first ends after an epoch; the second trains on, judges each row once, and compares them."""
    first = run(*words, "tiny", "--seeds", "1", "--minutes", "1e-9")
    assert "the same command goes on" in " ".join(first.stderr.split())
    log = tmp_path / "smoke" / "runs" / "as-is" / "rate-0.03" / "log.csv"
    assert len(log.read_text().splitlines()) == 2, "a header and one epoch"
    assert not list(tmp_path.glob("smoke/systems/*.json"))
    second = run(*words, "--seeds", "1")
    assert len(log.read_text().splitlines()) == 3
    found = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("smoke/systems/*.json")}
    assert set(found) == {"as-is", "as-is-blurred", "focal"}
    assert [found[name]["faces_blurred"] for name in ("as-is", "as-is-blurred")] == [False, True]
    assert found["as-is"]["trained_by"] == found["as-is-blurred"]["trained_by"]
    assert "nowhere.pt is missing" in " ".join(second.stderr.split())
    assert "focal over none" in second.stdout
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    run(*words, "--seeds", "1")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")} == stamps, "nothing twice"


def test_an_unknown_name_is_refused(words: list[str]) -> None:
    done = CliRunner().invoke(cli.app, [*words, "nothing"])
    assert done.exit_code == 2
    assert "expected one of" in " ".join(done.output.split())


def test_pictures_are_judged_at_all_moments_of_a_passage() -> None:
    """Of each lift's open and closed pictures begin, middle and end: every third one is one of them alone."""
    every = inspect.signature(command.ablate).parameters["every"].default
    at = 0
    for counts in TABLE:
        for count in counts.test:
            assert {number % 3 for number in range(count) if (at + number) % every == 0} == {0, 1, 2}
            at += count
    for multiple in (3, 6):
        with pytest.raises(typer.BadParameter, match="no multiple of 3"):
            read_sets(UnseenLifts(0, 1, 2), multiple, False, Run())
