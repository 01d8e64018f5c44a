"""ABIR's attention as it ships: what the trained network says, in half the bytes, with a true manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional
from typer.testing import CliRunner

from ml import cli
from ml.artefact.torchscript import script_attention
from ml.systems.base import prepared
from ml.systems.named import RECIPES, as_values, system_of
from ml.train.trainer import save
from tests.tools.attention_model import SIDE, network_of, untrained

RUN = CliRunner()


def test_torchscript_equals_eager() -> None:
    """Both maps, in the order of the levels, brought to 50x50; half precision moves them by little."""
    network = network_of(untrained())
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    module = script_attention(network, SIDE).float()
    images = torch.randint(
        0, 256, (2, 200, 200, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
    )
    with torch.inference_mode():
        maps = module(images)
        attention = network.attend(prepared(images, SIDE)).attention
        eager = torch.cat(
            [
                functional.interpolate(level, (50, 50), mode="bilinear", align_corners=False)
                for level in (attention.conv3_3, attention.conv4_3)
            ],
            1,
        )
    assert maps.dtype == torch.float32
    torch.testing.assert_close(maps, eager, atol=3e-3, rtol=0)
    assert eager.std() > 3e-2  # so that maps of something else would show
    after = network.state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())
    with pytest.raises(Exception, match=r"expected pictures uint8\[N, 200, 200, 3\]"):
        module(torch.zeros(1, 100, 100, 3, dtype=torch.uint8))


def test_a_weight_that_half_precision_cannot_hold_is_refused() -> None:
    """An infinite weight would be NaN in every map."""
    network = network_of(untrained())
    with torch.no_grad():
        next(network.features.parameters())[0] = 1e5
    with pytest.raises(ValueError, match="65504"):
        script_attention(network, SIDE)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command makes of a checkpoint, as training leaves one."""
    folder = tmp_path_factory.mktemp("abir")
    system = untrained()
    content = {
        "recipe": {**as_values("abir", system.recipe), "weights": "vgg16.pth"},
        "network": system.network.state_dict(),
        "state": {"epoch": 7, "best": 0.875},
    }
    save(content, folder / "best.pt")
    out = folder / "made" / "abir-attention.ts"
    done = RUN.invoke(
        cli.app, ["export-attention", "--checkpoint", str(folder / "best.pt"), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    return out


def test_the_manifest_describes_the_file(exported: Path) -> None:
    """Hash, origin, recipe with the weights it began with, and maps that the file really gives."""
    manifest = json.loads(exported.with_suffix(".json").read_text())
    assert manifest["sha256"] == hashlib.sha256(exported.read_bytes()).hexdigest()
    assert (manifest["name"], manifest["file"]) == ("abir-attention", exported.name)
    assert manifest["command"].startswith("barwatch")
    assert manifest["git_commit"]
    training = manifest["training"]
    assert (training["system"], training["side"], training["weights"]) == ("abir", SIDE, "vgg16.pth")
    assert training["state"] == {"epoch": 7, "best": 0.875}
    golden = np.array(manifest["golden"]["attention"])
    assert golden.shape == (2, 10, 10)
    assert (golden > 0).all()
    assert (golden < 1).all()
    assert golden[0].std() > 0
    assert exported.stat().st_size < 32e6
    assert exported.with_suffix(".json").stat().st_size < 200e3


def test_what_is_no_abir_is_refused(exported: Path, tmp_path: Path) -> None:
    """Another system's checkpoint, a missing one, another kind of file: usage errors that say so."""
    system = system_of(RECIPES["classifier"])
    content = {
        "recipe": as_values("classifier", system.recipe),
        "network": system.network.state_dict(),
        "state": {},
    }
    save(content, tmp_path / "best.pt")

    def refused(checkpoint: Path, out: str) -> str:
        words = ["export-attention", "--checkpoint", str(checkpoint), "--out", str(tmp_path / out)]
        done = RUN.invoke(cli.app, words, env={"COLUMNS": "300"})
        assert done.exit_code == 2, done.output
        return done.stderr

    assert "expected ABIR" in refused(tmp_path / "best.pt", "x.ts")
    assert "is not there" in refused(tmp_path / "none.pt", "x.ts")
    assert "expected a file *.ts" in refused(exported.parents[1] / "best.pt", "x.onnx")
    assert not list(tmp_path.glob("x.*"))
