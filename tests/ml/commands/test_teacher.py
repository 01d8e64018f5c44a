"""Teachers, by the command: from what ships on, wider or with a trunk from ImageNet."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from ml.artefact.torchscript import script
from ml.commands.training import barwatch as training
from ml.models.barwatch import ModelConfig
from ml.models.efficientnet import PACKAGE, weights_file
from ml.train.barwatch import BarwatchLearner, network_of
from ml.train.config import PRESETS
from ml.train.loop import save
from service import cli
from tests.ml.commands.learners import alone

RUN = CliRunner()
NARROW = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)
CPU = torch.device("cpu")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A run of one step that starts from a narrow network's checkpoint, but for what makes it a teacher."""
    small = replace(PRESETS["smoke"], lifts=2, passages=2, textured=0, steps=1, batch_lifts=2, model=NARROW)
    learner = BarwatchLearner(small, CPU)
    save({**learner.content(), **learner.state_dict()}, tmp_path / "narrow.pt")
    monkeypatch.setitem(PRESETS, "smoke", replace(small, learning_rate=0.0))
    monkeypatch.setattr(training, "BarwatchLearner", alone)
    folders = ["--out", str(tmp_path / "run"), "--cache", str(tmp_path / "cache"), "--workers", "1"]
    started = ["--start-from", str(tmp_path / "narrow.pt"), "--device", "cpu"]
    return ["train", "barwatch", "--preset", "smoke", *folders, *started]


def _artefact(folder: Path) -> Path:
    """The narrow checkpoint as it would ship: its normalised filters folded, beside its manifest."""
    checkpoint = torch.load(folder / "narrow.pt", weights_only=True)
    path = folder / "barwatch.ts"
    script(network_of(checkpoint)).save(str(path))
    path.with_suffix(".json").write_text(json.dumps({"training": checkpoint["config"]}))
    return path


def _embeddings(checkpoint: Path) -> torch.Tensor:
    x = torch.linspace(-1, 1, 3 * 200 * 200).sin().view(1, 3, 200, 200)
    with torch.no_grad():
        found: torch.Tensor = network_of(torch.load(checkpoint, weights_only=True))(x).embedding
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("ships", [False, True])
def test_a_wider_network_starts_as_the_narrow_one(words: list[str], tmp_path: Path, ships: bool) -> None:
    """Twice the channels of what ships, and after a step at a rate of zero the narrow network's answers.

    From a checkpoint, or from the artefact that was made of it.
    """
    if ships:
        words = [*words, "--start-from", str(_artefact(tmp_path))]
    done = RUN.invoke(cli.app, [*words, "--wider", "2"])
    assert done.exit_code == 0, done.output
    saved = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    assert saved["config"]["model"]["widths"] == (32, 48, 96, 192)
    assert saved["config"]["started_from"].endswith("73 of its 73 tensors")
    torch.testing.assert_close(_embeddings(tmp_path / "run" / "last.pt"), _embeddings(tmp_path / "narrow.pt"))


def test_an_artefact_without_its_manifest_is_refused(words: list[str], tmp_path: Path) -> None:
    """Before anything is rendered: nothing else says of which network it is."""
    artefact = _artefact(tmp_path)
    artefact.with_suffix(".json").unlink()
    refused = RUN.invoke(cli.app, [*words, "--start-from", str(artefact)])
    assert refused.exit_code == 2
    assert "--start-from" in refused.stderr
    said = "".join(each for each in refused.stderr if each not in "│\n ")  # a long path is broken over lines
    assert "barwatch.json" in said
    assert not (tmp_path / "cache").exists()


def test_a_trunk_comes_with_its_weights(words: list[str], tmp_path: Path) -> None:
    """The checkpoint holds what ImageNet taught, untouched at a share of zero."""
    pytest.importorskip(PACKAGE, reason="the ImageNet weights are not installed: barwatch[teacher]")
    done = RUN.invoke(cli.app, [*words, "--trunk", "efficientnet-lite0", "--trunk-share", "0"])
    assert done.exit_code == 0, done.output
    saved = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    file = torch.load(weights_file(), weights_only=True)
    held = {
        n.removeprefix("pretrained."): w for n, w in saved["average"].items() if n.startswith("pretrained.")
    }
    assert len(held) > 200
    assert all(torch.equal(w, file[name]) for name, w in held.items())
    assert saved["config"]["trunk_share"] == 0


def test_a_trunk_without_its_weights_is_refused(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is rendered, with what to install."""
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    refused = RUN.invoke(cli.app, [*words, "--trunk", "efficientnet-lite0"])
    assert refused.exit_code == 2
    assert "barwatch[teacher]" in " ".join(refused.stderr.split())
    assert not (tmp_path / "cache").exists()
