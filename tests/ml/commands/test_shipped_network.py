"""ml's commands: smoke runs from rendering to a released artefact, and refuses what would overwrite."""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from ml.commands import bench, export
from ml.commands.training import barwatch as training
from ml.models.barwatch import ModelConfig
from ml.train.config import PRESETS
from ml.train.run import Run
from service import cli
from tests.ml.commands.learners import alone

pytestmark = pytest.mark.thorough

RUN = CliRunner()


def _invoke(*words: str) -> str:
    result = RUN.invoke(cli.app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of the smoke preset, narrow and with few pictures, made by the command."""
    root = tmp_path_factory.mktemp("smoke")
    narrow = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)
    small = replace(PRESETS["smoke"], batch_lifts=2, batch_passages=2, model=narrow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "smoke", small)
        patch.setattr(training, "BarwatchLearner", alone)
        _invoke(
            *("train", "barwatch", "--preset", "smoke", "--steps", "3", "--lifts", "2", "--workers", "1"),
            *("--out", str(root / "run"), "--cache", str(root / "cache"), "--device", "cpu"),
            *("--photographs", str(root / "none")),
        )
    return root


def test_training_leaves_a_checkpoint_and_a_log(trained: Path) -> None:
    """The log has its header and the last step."""
    assert (trained / "run" / "last.pt").exists()
    lines = (trained / "run" / "log.csv").read_text().splitlines()
    assert lines[0].startswith("epoch,step,precision,margin")
    assert lines[-1].startswith("1,3,")


def test_a_preset_with_textured_lifts_renders_them_beside_the_plain_ones(trained: Path) -> None:
    """Two plain lifts as asked for, and the smoke preset's one textured lift."""
    assert len(list((trained / "cache").glob("v*-lift-*.npz"))) == 2
    assert len(list((trained / "cache").glob("t*-any-drawn-*.npz"))) == 1


def test_a_rounds_lifts_take_the_place_of_the_last_rounds(tmp_path: Path) -> None:
    """Seeds go on from round to round; the files of the round before are gone, plain lifts stay."""
    plain = tmp_path / "plain.npz"
    config = replace(PRESETS["smoke"], textured=1, takes=1, passages=2, rounds=2)
    first = training._round_of(config, [plain], None, Run(cache=tmp_path, workers=1), 0)
    second = training._round_of(config, [plain], None, Run(cache=tmp_path, workers=1), 1)
    assert first[0] == second[0] == plain
    assert "40000" in first[1].name
    assert "40001" in second[1].name
    assert not first[1].exists()
    assert second[1].exists()
    later = training._round_of(
        replace(config, rounds=1, first_round=1), [plain], None, Run(cache=tmp_path), 0
    )
    assert later == second


def test_lifts_arrive_while_a_gpu_preset_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In small: a plain and a textured lift come, training draws from both, and the checkpoint says how."""
    monkeypatch.setattr(training, "BarwatchLearner", alone)
    narrow = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)
    monkeypatch.setitem(
        PRESETS, "gpu", replace(PRESETS["gpu"], batch_lifts=2, passages=2, takes=1, model=narrow)
    )
    words = ("train", "barwatch", "--preset", "gpu", "--lifts", "1", "--textured", "1", "--steps", "2")
    folders = (
        "--out",
        str(tmp_path / "run"),
        "--cache",
        str(tmp_path),
        "--photographs",
        str(tmp_path / "no"),
    )
    _invoke(*words, *folders, "--workers", "1", "--device", "cpu")
    assert len(list((tmp_path / "arriving").glob("*.npz"))) == 2
    saved = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    assert (saved["step"], saved["config"]["arriving"], saved["config"]["minutes"]) == (2, True, 9.0)


def test_a_narrow_network_agrees_with_a_wider_one(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A teacher of other widths: the loss has its part, the checkpoint names it; a missing one is refused."""
    monkeypatch.setattr(training, "BarwatchLearner", alone)
    narrow = ModelConfig(widths=(4, 4, 8, 8), matcher_width=4)
    monkeypatch.setitem(PRESETS, "smoke", replace(PRESETS["smoke"], textured=0, batch_lifts=2, model=narrow))
    words = ("train", "barwatch", "--preset", "smoke", "--steps", "2", "--lifts", "2", "--device", "cpu")
    folders = ("--out", str(tmp_path / "run"), "--cache", str(trained / "cache"), "--workers", "1")
    teacher = trained / "run" / "last.pt"
    _invoke(*words, *folders, "--teacher", str(teacher))
    saved = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    assert saved["config"]["teacher"] == str(teacher)
    header, row = (line.split(",") for line in (tmp_path / "run" / "log.csv").read_text().splitlines())
    assert float(row[header.index("taught")]) > 0
    other = ("--out", str(tmp_path / "other"), "--teacher", str(tmp_path / "nobody.pt"))
    refused = RUN.invoke(cli.app, [*words, *folders, *other])
    assert refused.exit_code == 2


def test_more_textured_lifts_than_there_are_seeds_are_refused(tmp_path: Path) -> None:
    """The next seeds belong to the test set."""
    words = ["train", "barwatch", "--textured", "6000", "--rounds", "2", "--out", str(tmp_path)]
    refused = RUN.invoke(cli.app, words)
    assert refused.exit_code == 2
    assert "9940" in refused.stderr


@pytest.mark.parametrize(
    "words", [["evaluate-seats"], ["train", "barwatch", "--preset", "smoke", "--lifts", "1"]]
)
def test_missing_photographs_end_with_the_command_that_collects_them(
    words: list[str], tmp_path: Path
) -> None:
    """A folder that is there but lacks some: neither a traceback nor another set under the same name."""
    folders = ["--photographs", str(tmp_path), "--cache", str(tmp_path), "--workers", "1"]
    out = ["--out", str(tmp_path / "out")]
    refused = RUN.invoke(cli.app, [*words, *folders, *out])
    assert refused.exit_code == 2
    assert "render photographs" in " ".join(refused.stderr.split())


def test_a_checkpoint_is_not_overwritten_by_mistake(trained: Path) -> None:
    """A second run into the same folder needs --resume, and with it finds nothing left to do."""
    words = ["train", "barwatch", "--out", str(trained / "run"), "--cache", str(trained / "cache")]
    refused = RUN.invoke(cli.app, words)
    assert refused.exit_code == 2
    assert "--resume" in refused.stderr
    _invoke(*words, "--resume", "--device", "cpu", "--workers", "1")
    assert (trained / "run" / "log.csv").read_text().splitlines()[-1].startswith("1,3,")


@pytest.fixture(scope="module")
def released(trained: Path) -> Path:
    """The checkpoint's artefact, made by the command on three calibration lifts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "CALIBRATION_SEEDS", range(10_100, 10_103))
        patch.setattr(export, "SEAT_SEEDS", range(49_998, 50_000))
        patch.setattr(export, "SEAT_PASSAGES", 2)
        _invoke(
            *("export", "--checkpoint", str(trained / "run" / "last.pt"), "--workers", "1"),
            *("--out", str(trained / "released"), "--passages", "4", "--cache", str(trained / "cache")),
        )
    return trained / "released" / "barwatch.ts"


def test_export_and_evaluate(trained: Path, released: Path) -> None:
    """From the checkpoint to an artefact, and from that to a report with its command."""
    cache = str(trained / "cache")
    words = ("evaluate", "--model", str(released), "--lifts", "2", "--passages", "2", "--cache", cache)
    out = trained / "report.json"
    report = json.loads(_invoke(*words, "--workers", "1", "--json", "--out", str(out)))
    assert report == json.loads(out.read_text())
    assert (report["pictures"], report["data_seed"]) == (12, 10_000)
    assert 0 <= report["accuracy"] <= 1
    assert report["command"].split()[0] == "barwatch"
    assert report["network"]["sha256"] == hashlib.sha256(released.read_bytes()).hexdigest()
    assert report["network"]["steps_done"] == 3
    assert report["network"]["processor_s"] > 0
    table = _invoke(*words, "--lifts", "1", "--workers", "1")
    assert "seed-10000" in table


def test_what_a_lift_gains_on_site(trained: Path, released: Path) -> None:
    """A row for the masks alone, and one for each share of open carriers among those watched."""
    words = ("evaluate-onsite", "--model", str(released), "--lifts", "1", "--passages", "2", "--watched", "4")
    more = ("--count", "2", "--rounds", "1", "--cache", str(trained / "cache"), "--workers", "1")
    out = trained / "onsite.json"
    table = _invoke(*words, *more, "--out", str(out))
    report = json.loads(out.read_text())
    assert [row["passages"] for row in report["rows"]] == [0, 2, 2, 2, 2, 2]
    assert report["pictures"] == 6
    assert set(report["rows"][1]["accuracy_of_lifts"]) == {"seed-10000"}
    assert "| 2 | 0 | 50 % |" in table


def test_the_benches_print_what_they_measured(released: Path) -> None:
    """Each row says how much was done and at what rate."""
    row = json.loads(_invoke("bench", "render", "--processes", "1", "--lifts", "1", "--passages", "1"))
    assert row["pictures"] == 3
    assert row["pictures_per_s"] > 0
    lines = _invoke("bench", "train", "--batch", "2", "--threads", "1", "--steps", "1").splitlines()
    plain, kept = (json.loads(line) for line in lines)
    assert (plain["keeps_freed_memory"], kept["keeps_freed_memory"]) == (False, True)
    assert kept["ratio"] == pytest.approx(kept["pictures_per_s"] / plain["pictures_per_s"])


def test_what_is_timed_is_kept_when_the_rest_is_cut_short(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The GPU comes first; each pair of threads and batch is in the file once it is measured."""
    out = tmp_path / "speed.json"

    def cut(*_: object) -> Iterator[list[dict[str, Any]]]:
        assert json.loads(out.read_text())["gpu"]
        yield [{"system": "barwatch"}]
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "alternative_systems", lambda: ([], []))
    monkeypatch.setattr(bench, "paper_system", lambda dtype: dtype)
    monkeypatch.setattr(bench, "rates", cut)
    ended = RUN.invoke(cli.app, ["bench", "embed", "--model", str(released), "--out", str(out)])
    assert ended.exit_code == 130
    kept = json.loads(out.read_text())
    assert (kept["rows"], "gpu" in kept) == ([{"system": "barwatch"}], True)


def test_what_embeds_is_timed_beside_the_papers_network(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row for each system, threads and batch, with its ratio; what is not installed is named, not fatal."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    out = tmp_path / "speed.json"
    words = ("bench", "embed", "--model", str(released), "--seconds", "0.01", "--threads", "1")
    printed = json.loads(_invoke(*words, "--batch", "1", "--batch", "2", "--out", str(out), "--json"))
    assert printed == json.loads(out.read_text())
    assert {"cpu", "cores", "torch"} <= printed["machine"].keys()
    timed = [row for row in printed["rows"] if "left_out" not in row]
    assert {(r["system"], r["threads"], r["batch"]) for r in timed} == {
        (system, 1, batch)
        for system in ("barwatch", "barwatch, judged by two masks", "the paper's network")
        for batch in (1, 2)
    }
    papers = {
        r["batch"]: r["pictures_per_s"]
        for r in timed
        if r["system"] == "the paper's network" and r["runtime"] == "TorchScript"
    }
    for row in timed:
        assert row["pictures_per_s"] > 0
        assert row["ratio_to_paper"] == pytest.approx(row["pictures_per_s"] / papers[row["batch"]])
    missing = {r["system"]: r["left_out"] for r in printed["rows"] if "left_out" in r}
    assert missing.keys() == {"MobileNetV2", "ResNet-50"}
    assert "not installed" in missing["ResNet-50"]
    table = _invoke(*words, "--batch", "1", "--default-memory")
    assert "| barwatch | TorchScript |" in table
    assert "Freed memory given back." in table
    assert "ResNet-50 left out: OpenVINO is not installed" in table
