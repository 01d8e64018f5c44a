"""The benchmark's commands, from rendering to a table, on one tiny lift."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from ml.commands import render
from ml.data import benchmark as data
from ml.data.counts import Counts
from service import cli

pytestmark = pytest.mark.thorough

TINY = Counts("S3", train=(6, 6), validation=(3, 3), test=(6, 3), large=(3, 3))


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small set of one lift, its checksums recorded beside it."""
    root = tmp_path_factory.mktemp("benchmark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "TABLE", (TINY,))
        patch.setattr(render, "CHECKSUMS", root / "checksums.json")
        done = run("render", "benchmark", "--out", str(root), "--workers", "1", "--record")
        assert done.exit_code == 0, done.output
        yield root


def test_rendering_compares_with_the_recorded_checksums(folder: Path) -> None:
    """Three files, whose checksums hold; one that does not is named, and the exit code says so."""
    words = ("render", "benchmark", "--out", str(folder), "--workers", "1")
    assert run(*words).exit_code == 0
    recorded = json.loads((folder / "checksums.json").read_text())
    assert sorted(recorded) == ["S03-test", "S03-train", "S03-validation"]
    (folder / "checksums.json").write_text(json.dumps({**recorded, "S03-train": "0" * 64}))
    done = run(*words)
    (folder / "checksums.json").write_text(json.dumps(recorded))
    assert done.exit_code == 1
    assert "S03-train" in done.output
    assert run(*words, "--only", "S99").exit_code == 2


@pytest.fixture(scope="module")
def siamese(folder: Path) -> Path:
    """The paper's network after an epoch with each of two rates: a folder of checkpoints."""
    out = folder / "siamese"
    tried_rates = ("--learning-rate", "0", "--learning-rate", "0.002")
    done = run(*train("siamese", folder, out), *tried_rates)
    assert done.exit_code == 0, done.output
    return out


def train(system: str, folder: Path, out: Path) -> tuple[str, ...]:
    """Words of an epoch on a few pictures."""
    words = ("train", system, "--preset", "smoke", "--epochs", "1", "--benchmark", str(folder))
    return (*words, "--out", str(out), "--device", "cpu", "--threads", "1")


def test_the_papers_network_is_trained_and_judged(folder: Path, siamese: Path, tmp_path: Path) -> None:
    """An epoch with each rate leaves a checkpoint; its table names the better rate and the factors' costs."""
    out = siamese
    assert run(*train("siamese", folder, out)).exit_code == 2  # not overwritten by mistake
    report = tmp_path / "table.json"
    judge = ("evaluate-benchmark", "siamese", "--benchmark", str(folder), "--device", "cpu")
    done = run(*judge, "--checkpoint", str(out / "best.pt"), "--out", str(report), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(report.read_text())
    assert (found["pictures"], found["parameters"], found["training_pictures"]) == (9, 1_248_706, 12)
    again = (
        *("evaluate", "siamese", "--preset", "smoke", "--benchmark", str(folder), "--device", "cpu"),
        "--checkpoint",
        str(out / "best.pt"),
        "--cache",
        str(tmp_path),
        "--workers",
        "1",
        "--json",
    )
    done = run(*again, "--lifts", "1")
    assert done.exit_code == 0, done.output
    everything = json.loads(done.stdout)
    assert (everything["seen"]["pictures"], everything["unseen"]["pictures"]) == (10, 24)
    assert everything["trained_by"] == found["trained_by"]
    assert everything["training_machine"]["cpu"]
    assert (everything["epochs"], everything["epoch"]) == (1, 1)
    assert everything["validation_curve"] == [everything["validation_accuracy"]]
    done = run(*again, "--lifts", "1", "--reviews", "1", "--no-learn")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["adapted"]["pictures"] == 12
    assert run("evaluate", "getnet", "--checkpoint", str(out / "best.pt")).exit_code == 2
    tried = found["validation_accuracy_by_rate"]
    assert tried.keys() == {"0", "0.002"}
    rates = "--set batch=8 --learning-rate 0 --learning-rate 0.002"
    assert found["trained_by"] == f"barwatch train siamese {rates} --epochs 1 --seed 0 --threads 1"
    assert found["validation_accuracy"] == max(tried.values()) == tried[f"{found['learning_rate']:g}"]
    assert found["lifts"][0]["lift"] == "S3"
    assert found["factors"]


@pytest.mark.parametrize("system", ["edge-energy", "edge-correlation", "barwatch"])
def test_what_needs_no_training_is_judged_at_once(folder: Path, system: str) -> None:
    """A Markdown table with the lift's row."""
    done = run("evaluate-benchmark", system, "--benchmark", str(folder))
    assert done.exit_code == 0, done.output
    assert "| S3 | 9 |" in done.stdout


@pytest.mark.parametrize(("system", "plot"), [("siamese", "embedding"), ("getnet", "cutouts")])
def test_what_was_learnt_is_drawn(
    folder: Path, siamese: Path, tmp_path: Path, system: str, plot: str
) -> None:
    """A PNG that is not of one colour, from a checkpoint; none from another system's, or of no lift."""
    learnt = siamese if system == "siamese" else tmp_path
    if system != "siamese":
        done = run(*train(system, folder, learnt))
        assert done.exit_code == 0, done.output
    out, best = tmp_path / "plots" / "plot.png", str(learnt / "best.pt")
    draw = ("--benchmark", str(folder), "--out", str(out))
    of = ("--lift", "S3") if plot == "embedding" else ("--pictures", "4")
    done = run("plot", plot, "--checkpoint", best, *draw, *of)
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(out)
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.std() > 10
    other = "cutouts" if plot == "embedding" else "embedding"
    of = ("--lift", "S3") if other == "embedding" else ("--pictures", "4")
    assert run("plot", other, "--checkpoint", best, *draw, *of).exit_code == 2
    nothing = "--lift" if plot == "embedding" else "--only"
    assert run("plot", plot, "--checkpoint", best, *draw, nothing, "S99").exit_code == 2
