"""What is timed gives the answers that it should, from the same bytes."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lifts.arrays import UInt8
from ml.artefact.torchscript import load, script
from ml.bench import systems
from ml.bench.systems import (
    IMAGENET_MEAN,
    IMAGENET_SPREAD,
    ImageNetInput,
    alternative_systems,
    artefact_systems,
    paper_system,
)
from ml.commands.common import RESULTS
from ml.models.barwatch import BarwatchNetwork
from ml.models.paper import PaperNetwork, prepare
from ml.systems.named import RECIPES, system_of

needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="the extra `bench` is not installed"
)


def pictures(count: int) -> UInt8:
    return np.random.default_rng(count).integers(0, 256, (count, 200, 200, 3), dtype=np.uint8)


class Older(nn.Module):
    """An artefact that cannot judge by masks."""

    def forward(self, images: Tensor) -> Tensor:
        return self.embed(images)

    @torch.jit.export
    def embed(self, images: Tensor) -> Tensor:
        return images.float().mean((1, 2))


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artefact of an untrained network."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("artefact") / "barwatch.ts"
    torch.jit.save(script(BarwatchNetwork()), str(path))
    return path


@pytest.mark.thorough
def test_the_papers_network_answers_as_it_does_eagerly() -> None:
    """Scripted and frozen, from bytes, whatever the batch."""
    torch.manual_seed(0)
    eager = PaperNetwork().eval()
    torch.manual_seed(0)
    system = paper_system()
    for count in (1, 3):
        images = pictures(count)
        with torch.inference_mode():
            expected = eager(prepare(torch.from_numpy(images)))
        found = system.prepare_call(images, 1)()
        assert isinstance(found, Tensor)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.thorough
def test_the_artefact_embeds_and_judges(artefact: Path) -> None:
    """Two systems: embeddings as the artefact gives them, and a margin for each picture."""
    embeds, judges = artefact_systems(artefact)
    images = pictures(2)
    embedding = embeds.prepare_call(images, 1)()
    assert isinstance(embedding, Tensor)
    torch.testing.assert_close(embedding, load(artefact).embed(torch.from_numpy(images)))
    judged = judges.prepare_call(images, 1)()
    assert isinstance(judged, tuple)
    torch.testing.assert_close(judged[0], embedding)
    assert judged[2].shape == (2,)


def test_an_artefact_that_cannot_judge_only_embeds(tmp_path: Path) -> None:
    """The row for judging is left away."""
    torch.jit.save(torch.jit.script(Older()), str(tmp_path / "older.ts"))
    assert [system.name for system in artefact_systems(tmp_path / "older.ts")] == ["barwatch"]


@pytest.mark.thorough
def test_an_artefact_is_halved_unless_its_weights_are_constants(artefact: Path, tmp_path: Path) -> None:
    """Half precision stays near the full one; a frozen file is refused with its reason."""
    images = torch.from_numpy(pictures(1))
    with torch.inference_mode():
        full, half = load(artefact).embed(images), load(artefact, dtype=torch.float16).embed(images)
    assert 0 < float((full - half).abs().max()) < 1e-2
    torch.jit.save(load(artefact), str(tmp_path / "frozen.ts"))
    with pytest.raises(ValueError, match="another precision"):
        load(tmp_path / "frozen.ts", dtype=torch.float16)


def test_without_openvino_the_rows_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, with what to install."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    found, missing = alternative_systems()
    assert found == []
    assert [row["system"] for row in missing] == ["MobileNetV2", "ResNet-50"]
    assert all("[bench]" in row["left_out"] for row in missing)


def test_bytes_are_normalised_for_imagenet_by_channel() -> None:
    """255 becomes (1 - mean) / spread of its own channel."""
    images = torch.zeros(1, 4, 5, 3, dtype=torch.uint8)
    images[0, 1, 2] = 255
    x = ImageNetInput(nn.Identity())(images)
    assert x.shape == (1, 3, 4, 5)
    expected = [(1 - mean) / spread for mean, spread in zip(IMAGENET_MEAN, IMAGENET_SPREAD, strict=True)]
    assert x[0, :, 1, 2].tolist() == pytest.approx(expected, rel=1e-5)
    assert x[0, 0, 0, 0].item() == pytest.approx(-IMAGENET_MEAN[0] / IMAGENET_SPREAD[0])


@needs_openvino
def test_openvino_answers_as_torch_does() -> None:
    """A convolution in float32, from the same bytes, for the batch and the threads that were asked for."""
    openvino = systems._openvino()
    torch.manual_seed(0)
    convolution = nn.Conv2d(3, 4, 5, 5)
    network = ImageNetInput(nn.Sequential(convolution, nn.BatchNorm2d(4), nn.Flatten())).eval()
    images = pictures(3)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images)).numpy()
    ready = systems.compile_with(openvino.Core(), lambda: systems.convert(network), "f32")
    found = ready(images, 1)()
    np.testing.assert_allclose(found[0], expected, rtol=1e-3, atol=1e-3)  # type: ignore[index]


@needs_openvino
def test_openvino_reports_nothing_to_its_maker() -> None:
    """Its telemetry is not imported: what would send is its own stub."""
    assert systems._openvino() is not None
    assert sys.modules["openvino_telemetry"] is None
    assert sys.modules["openvino.tools.ovc.telemetry_utils"].tm.__name__.endswith("telemetry_stub")


@needs_openvino
def test_both_others_are_there_in_float32() -> None:
    """So that nothing but the network and what runs it differs; bfloat16 comes besides."""
    found, missing = alternative_systems()
    assert missing == []
    named = {(system.name, system.runtime) for system in found}
    assert {("MobileNetV2", "OpenVINO, float32"), ("ResNet-50", "OpenVINO, float32")} <= named


def test_the_systems_that_were_timed_are_those_of_the_code() -> None:
    """Of every one the published speed is its own network's: as many weights."""
    timed = json.loads((RESULTS / "speed-systems.json").read_text(encoding="utf-8"))["rows"]
    with torch.device("meta"):
        sizes = {
            name: sum(weights.numel() for weights in system_of(recipe).network.parameters())
            for name, recipe in RECIPES.items()
        }
    assert {row["system"]: row["parameters"] for row in timed} == {**sizes, "barwatch": None}
