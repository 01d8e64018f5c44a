"""The artefact: TorchScript equals eager, the manifest describes what was written."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.heaps import Prior, heaps_of
from ml.data.rendered import load
from ml.export.release import release
from ml.export.torchscript import Scripted, script
from ml.models.barwatch import Embedder, prepare_masks, prepare_pictures
from ml.train.config import PRESETS
from ml.train.loop import Trainer


def test_torchscript_equals_eager() -> None:
    """Folded and frozen, the artefact answers as the network that was trained."""
    torch.manual_seed(0)
    model = Embedder().eval()
    with torch.no_grad():
        for p in model.parameters():  # biases away from zero, so that a lost one shows
            p.add_(0.05 * torch.randn_like(p))
    scripted = Scripted(script(model))
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    masks = np.where(rng.random((2, 200, 200)) < 0.05, 255, 0).astype(np.uint8)
    with torch.inference_mode():
        eager = model(prepare_pictures(torch.from_numpy(images)))
        eager_masks = model(prepare_masks(torch.from_numpy(masks))).embedding
    embedding, occupancy = scripted.pictures(images)
    np.testing.assert_allclose(embedding, eager.embedding.numpy(), atol=1e-5)
    np.testing.assert_allclose(occupancy, eager.occupancy_logits.sigmoid().numpy(), atol=1e-5)
    np.testing.assert_allclose(scripted.masks(masks), eager_masks.numpy(), atol=1e-5)
    batch = torch.from_numpy(images)
    with torch.inference_mode():
        np.testing.assert_allclose(scripted.module.embed(batch).numpy(), embedding, atol=1e-6)
        np.testing.assert_allclose(scripted.module.occupancy(batch).numpy(), occupancy, atol=1e-6)
        np.testing.assert_allclose(
            scripted.module.bar_map(batch).numpy(), eager.bar_logits.sigmoid().numpy(), atol=1e-5
        )


def test_the_artefact_refuses_a_wrong_size() -> None:
    """TorchScript keeps the checks: a camera frame or a colour mask is an error, not a verdict."""
    module = script(Embedder())
    with pytest.raises(Exception, match=r"expected pictures uint8\[N, 200, 200, 3\]"):
        module.embed(torch.zeros(1, 720, 1280, 3, dtype=torch.uint8))
    with pytest.raises(Exception, match=r"expected masks uint8\[N, 200, 200\]"):
        module.embed_mask(torch.zeros(1, 100, 100, dtype=torch.uint8))


def test_a_picture_is_judged_alone_as_in_a_batch() -> None:
    """The answer does not depend on who else is in the batch."""
    torch.manual_seed(0)
    scripted = Scripted(script(Embedder()))
    images = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)
    together = scripted.pictures(images)[0]
    alone = np.concatenate([scripted.pictures(image[None])[0] for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.fixture(scope="module")
def released(lift_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artefact of an untrained network."""
    folder = tmp_path_factory.mktemp("released")
    Trainer(PRESETS["smoke"], torch.device("cpu")).save(folder / "checkpoint.pt")
    data = torch.load(folder / "checkpoint.pt", weights_only=True)
    return release(data, lift_files, folder, "9.9.9", "barwatch export --test")


def test_the_manifest_describes_the_file(released: Path, lift_files: list[Path]) -> None:
    """Hash, dimension, golden vectors and origin are those of the artefact beside it."""
    manifest = json.loads(released.with_suffix(".json").read_text())
    assert manifest["sha256"] == hashlib.sha256(released.read_bytes()).hexdigest()
    assert (manifest["file"], manifest["version"]) == ("barwatch.ts", "9.9.9")
    assert manifest["embedding_dim"] == len(manifest["golden"]["embed"]) == 5000
    answer, _ = Scripted.load(released).pictures(load(lift_files[0]).images[1:2])
    np.testing.assert_allclose(answer[0], manifest["golden"]["embed"], atol=1e-4)
    assert manifest["training"]["preset"] == "smoke"
    assert all(m["command"] == "barwatch export --test" for m in manifest["metrics"])


def test_the_calibration_can_be_used(released: Path) -> None:
    """Thresholds are in order and the bank holds the unshifted mask."""
    calibration = json.loads(released.with_suffix(".json").read_text())["calibration"]
    assert 0 < calibration["unknown_low"] < 0.5 < calibration["unknown_high"] < 1
    assert 0 < calibration["occupancy_threshold"] < 1
    assert calibration["min_separation"] <= calibration["min_separation_good"]
    assert [0, 0] in calibration["mask_shifts_px"]
    assert calibration["scale_on_site"] > 0
    assert np.isfinite(heaps_of([-0.2, 0.2], Prior(**calibration["heaps"])).threshold)


def test_the_artefact_is_small(released: Path) -> None:
    """At most 10 MB."""
    assert released.stat().st_size <= 10_000_000
