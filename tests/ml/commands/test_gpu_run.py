"""A rehearsal of `gpu-run` on the processor: every step in small, one folder, one summary."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from ml.artefact.torchscript import Scripted
from ml.commands.common import RESULTS
from ml.commands.training import barwatch, gpu
from ml.machine import steps
from ml.models.barwatch import ModelConfig
from ml.train.config import PRESETS
from service import cli
from tests.ml.commands.learners import alone

RUN = CliRunner()


@pytest.mark.thorough
def test_a_rehearsal_in_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train by the clock on lifts that arrive, and export; tests and bench fail, which costs nothing else."""
    narrow = ModelConfig(widths=(16, 6, 12, 24), matcher_width=8)  # only the stem is as what ships
    tiny = replace(PRESETS["gpu"], lifts=2, textured=0, passages=2, batch_lifts=2, model=narrow)
    monkeypatch.setitem(PRESETS, "gpu", tiny)
    monkeypatch.setattr(barwatch, "BarwatchLearner", alone)
    invoked: list[str] = []

    def here(words: Sequence[str], log: Path, _: float) -> int:
        """Run a command of ours in this process, and none of the tests' and the bench's."""
        invoked.append(words[2] if words[2] == "pytest" else words[3])
        if invoked[-1] in ("ablate", "reproduce"):
            where, name = ("--out", "paper/") if invoked[-1] == "ablate" else ("--results", "")
            done = Path(words[words.index(where) + 1]) / f"{name}systems" / "vgg16-alone.json"
            done.parent.mkdir(parents=True)
            done.write_text("{}")
            log.write_text(" ".join(words) + "\nsystems/abir.json: failed\nsystems/vgg16-alone.json: made\n")
            return 0
        if invoked[-1] in ("pytest", "bench"):
            log.write_text("not here")
            return 1
        result = RUN.invoke(cli.app, list(words[3:]), catch_exceptions=False)
        log.write_text(result.output)
        return result.exit_code

    monkeypatch.setattr(steps, "execute", here)
    out = tmp_path / "out"
    words = ["gpu-run", "--out", str(out), "--minutes", "0.1", "--device", "cpu", "--passages", "4"]
    more = ["--lifts", "3", "--photographs", str(tmp_path / "none"), "--workers", "1"]
    more += ["--papers", "0.2", "--papers-out", str(tmp_path / "papers")]
    ended = RUN.invoke(cli.app, [*words, *more])
    assert ended.exit_code == 1, "a step failed"
    summary = json.loads((out / "summary.json").read_text())
    assert {row["name"]: row["outcome"] for row in summary["steps"]} == {
        "tests": "exit status 1",
        "bench": "exit status 1",
        "training": "done",
        "reproduced": "done",
        "papers": "done",
        "export": "done",
    }, (out / "training.log").read_text()
    assert invoked == ["pytest", "bench", "train", "reproduce", "ablate", "export"]
    assert "--preset paper" in (out / "papers.log").read_text()
    assert f"--known {RESULTS} --together 2 --minutes" in (out / "reproduced.log").read_text()
    for name in ("papers", "reproduced"):
        lacking = {"systems/abir.json": "failed"}
        assert summary["figures"][name] == {"results": ["vgg16-alone"], "lacking": lacking}
        assert (out / name / "systems" / "vgg16-alone.json").exists()
    saved = torch.load(out / "training" / "last.pt", weights_only=True)
    assert 0 < saved["config"]["minutes"] < 0.1, "what is left of it for learning"
    assert "barwatch.ts" in saved["config"]["started_from"]
    assert summary["figures"]["training"]["step"] == saved["step"] > 0
    assert summary["figures"]["artefact"]
    calibrated_on = json.loads((out / "artefact" / "barwatch.json").read_text())["calibrated_on"]
    assert calibrated_on["lifts"] == "seeds 10100 to 10102", "as many as were asked for"
    assert len(Scripted.load(out / "artefact" / "barwatch.ts").masks(torch.zeros(1, 200, 200).byte().numpy()))
    again = RUN.invoke(cli.app, words)
    assert again.exit_code == 2


@pytest.mark.slow
def test_a_rehearsal_with_processes_of_its_own(tmp_path: Path) -> None:
    """Every command as on a machine with a GPU, but for the smoke preset: all are done, in time."""
    words = ["gpu-run", "--out", str(tmp_path / "out"), "--minutes", "12", "--device", "cpu"]
    more = ["--preset", "smoke", "--passages", "4", "--lifts", "6", "--workers", "2"]
    ended = RUN.invoke(cli.app, [*words, *more, "--photographs", str(tmp_path / "none")])
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert ended.exit_code == 0, summary["steps"]
    assert set(summary["figures"]) == {"tests", "gpu", "training", "artefact"}
    assert summary["figures"]["tests"]["failures"] == 0


def test_what_a_step_had_measured_is_kept_when_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole figures are in the summary, half a file is none, and no step after it is missed."""
    out = tmp_path / "out"
    left = {
        "pytest": {"tests.xml": '<testsuites><testsuite tests="3"'},
        "bench": {"speed.json": '{"rows": [], "gpu": {"pictures_per_s": 5.0}}'},
        "train": {
            "training/last.pt": "weights",
            "training/log.csv": "epoch,step,precision,seconds\n1,8,float32,4.0\n2,16,flo",
        },
        "export": {"artefact/barwatch.json": '{"metrics": ['},
    }

    def ended(words: Sequence[str], log: Path, _: float) -> None:
        for name, text in left["pytest" if words[2] == "pytest" else words[3]].items():
            (out / name).parent.mkdir(exist_ok=True)
            (out / name).write_text(text)
        log.write_text("busy")

    monkeypatch.setattr(steps, "execute", ended)
    words = ["gpu-run", "--out", str(out), "--device", "cpu", "--photographs", str(tmp_path / "none")]
    assert RUN.invoke(cli.app, words, catch_exceptions=False).exit_code == 1
    summary = json.loads((out / "summary.json").read_text())
    assert [row["outcome"].partition(" after ")[0] for row in summary["steps"]] == ["ended"] * 4
    trained = {"epoch": 1.0, "step": 8.0, "precision": "float32", "seconds": 4.0, "steps_per_s": 2.0}
    assert summary["figures"] == {"gpu": {"pictures_per_s": 5.0}, "training": trained}
    assert (out / "training" / "last.pt").read_text() == "weights"


def test_without_cuda_a_line_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another torch, or a driver; nothing is written."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for version, said in ((None, "built without CUDA"), ("12.8", "finds no device")):
        monkeypatch.setattr(torch.version, "cuda", version)
        refused = RUN.invoke(cli.app, ["gpu-run", "--out", str(tmp_path / "out")])
        assert refused.exit_code == 2
        assert said in " ".join(refused.stderr.split())
    assert not (tmp_path / "out").exists()


def test_loaders_need_room_in_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 MB, as in many containers: none; two gigabytes: ten, or half of the cores."""
    monkeypatch.setattr(gpu, "_free_shared", lambda: 64 << 20)
    assert gpu.most_loaders(16) == 0
    monkeypatch.setattr(gpu, "_free_shared", lambda: 2 << 30)
    assert (gpu.most_loaders(16), gpu.most_loaders(64)) == (8, 10)
