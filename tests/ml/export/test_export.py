"""The artefact: TorchScript equals eager, the manifest describes what was written."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.decision.calibration import Calibration
from lifts.decision.clusters import fit_clusters
from lifts.decision.seat import rider_shares
from ml.artefact.folding import unfold
from ml.artefact.torchscript import Scripted, read_weights, script
from ml.commands.common import RELEASED
from ml.data.rendered import load
from ml.export.release import photographs_of, release
from ml.models.barwatch import BarwatchNetwork, prepare_masks, prepare_pictures
from ml.train.barwatch import BarwatchLearner
from ml.train.config import PRESETS, TrainConfig


def test_torchscript_equals_eager() -> None:
    """Folded and frozen, the artefact answers as the network that was trained."""
    torch.manual_seed(0)
    model = BarwatchNetwork().eval()
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
    seen = scripted.look(images)
    embedding, occupancy = seen.embedding, seen.occupancy
    np.testing.assert_allclose(embedding, eager.embedding.numpy(), atol=1e-5)
    np.testing.assert_allclose(occupancy, eager.occupancy_logits.sigmoid().numpy(), atol=1e-5)
    np.testing.assert_allclose(seen.riders, eager.rider_logits.numpy(), atol=1e-4)
    np.testing.assert_allclose(scripted.masks(masks), eager_masks.numpy(), atol=1e-5)
    batch = torch.from_numpy(images)
    with torch.inference_mode():
        np.testing.assert_allclose(scripted.module.embed(batch).numpy(), embedding, atol=1e-6)
        np.testing.assert_allclose(scripted.module.occupancy(batch).numpy(), occupancy, atol=1e-6)
        np.testing.assert_allclose(
            scripted.module.bar_map(batch).numpy(), eager.bar_logits.sigmoid().numpy(), atol=1e-5
        )


def test_the_scripted_match_equals_eager() -> None:
    """`compare` is `look` and `match`, and both are what the network that was trained says."""
    torch.manual_seed(0)
    model = BarwatchNetwork().eval()
    with torch.no_grad():
        model.matcher.answer.weight.normal_()
    scripted = Scripted(script(model))
    images = np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    references = (np.random.default_rng(1).random((3, 5000)) / 50).astype(np.float32)
    seen = scripted.look(images)
    margin, fit = scripted.match(seen, references)
    with torch.inference_mode():
        eager = model(prepare_pictures(torch.from_numpy(images)))
        opened, closed, always = torch.from_numpy(references)[:, None].expand(-1, 2, -1)
        found = model.match(eager.embedding, eager.features, opened, closed, always[:, :2500])
        batch = torch.from_numpy(references).expand(2, -1, -1)
        compared = scripted.module.compare(torch.from_numpy(images), batch)
    np.testing.assert_allclose(margin, found.margin.numpy(), atol=1e-5)
    np.testing.assert_allclose(fit, found.fit_logits.sigmoid().numpy(), atol=1e-5)
    for one, other in zip(compared, (seen.embedding, seen.occupancy, margin, fit, seen.riders), strict=True):
        np.testing.assert_allclose(one.numpy(), other, atol=1e-5)
    assert np.abs(margin - (found.margin - found.margin.mean()).numpy()).max() > 0.01  # it says something


def test_training_can_go_on_from_an_artefact(tmp_path: Path) -> None:
    """Its weights, in a network that trains, compute what the artefact does; another network's is refused."""
    torch.manual_seed(0)
    model = BarwatchNetwork().eval()
    with torch.no_grad():
        for p in model.parameters():  # gains of either sign, and filters that are not centred
            p.add_(0.3 * torch.randn_like(p))
    scripted = script(model)
    scripted.save(str(tmp_path / "barwatch.ts"))
    again = BarwatchNetwork().eval()
    again.load_state_dict(read_weights(tmp_path / "barwatch.ts"))
    images = prepare_pictures(torch.randint(0, 256, (2, 200, 200, 3), dtype=torch.uint8))
    with torch.inference_mode():
        for ours, first in zip(again(images), model(images), strict=True):
            torch.testing.assert_close(ours, first, atol=1e-4, rtol=1e-4)
    younger = {name: w for name, w in scripted.state_dict().items() if "seat25" not in name}
    assert unfold(younger).keys() == {n for n in model.state_dict() if "seat25" not in n}
    with pytest.raises(ValueError, match="not of this network"):
        unfold({})


def test_training_goes_on_from_what_ships_where_it_left_off() -> None:
    """The repository's artefact and the network that trains on from it say the same, in training too."""
    path = RELEASED / "barwatch.ts"
    again = BarwatchNetwork().train()
    again.load_state_dict(read_weights(path))
    images = torch.from_numpy(
        np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8),
    )
    with torch.no_grad():
        said, shipped = again(prepare_pictures(images)), Scripted.load(path).module(images)
    for ours, theirs in zip(said, shipped, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


def test_the_artefact_can_become_half_precision() -> None:
    """Its weights are no constants: bfloat16, which a CPU has, answers as float32 does, to two digits."""
    torch.manual_seed(0)
    images = np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    module = script(BarwatchNetwork())
    with torch.inference_mode():
        whole = module.embed(torch.from_numpy(images))
        half = module.to(torch.bfloat16).embed(torch.from_numpy(images))
    assert not torch.equal(half.float(), whole)
    np.testing.assert_allclose(half.float().numpy(), whole.numpy(), atol=0.01)


def test_the_artefact_refuses_a_wrong_size() -> None:
    """TorchScript keeps the checks: a camera frame or a colour mask is an error, not a verdict."""
    module = script(BarwatchNetwork())
    with pytest.raises(Exception, match=r"expected pictures uint8\[N, 200, 200, 3\]"):
        module.embed(torch.zeros(1, 720, 1280, 3, dtype=torch.uint8))
    with pytest.raises(Exception, match=r"expected masks uint8\[N, 200, 200\]"):
        module.embed_mask(torch.zeros(1, 100, 100, dtype=torch.uint8))


def test_a_picture_is_judged_alone_as_in_a_batch() -> None:
    """The answer does not depend on who else is in the batch."""
    torch.manual_seed(0)
    scripted = Scripted(script(BarwatchNetwork()))
    images = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)
    together = scripted.look(images).embedding
    alone = np.concatenate([scripted.look(image[None]).embedding for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.fixture(scope="module")
def released(lift_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artefact of an untrained network."""
    folder = tmp_path_factory.mktemp("released")
    learner = BarwatchLearner(PRESETS["smoke"], torch.device("cpu"))
    state = {"machine": {"precision": "bfloat16"}}
    data = {**learner.content(), "state": state, **learner.state_dict()}
    return release(data, lift_files, folder, "9.9.9", "barwatch export --test")


def test_the_manifest_describes_the_file(released: Path, lift_files: list[Path]) -> None:
    """Hash, dimension, golden vectors and origin are those of the artefact beside it."""
    manifest = json.loads(released.with_suffix(".json").read_text())
    assert manifest["sha256"] == hashlib.sha256(released.read_bytes()).hexdigest()
    assert (manifest["file"], manifest["version"]) == ("barwatch.ts", "9.9.9")
    assert manifest["embedding_dim"] == len(manifest["golden"]["embed"]) == 5000
    network = Scripted.load(released)
    seen = network.look(load(lift_files[0]).images[1:2])
    np.testing.assert_allclose(seen.embedding[0], manifest["golden"]["embed"], atol=1e-4)
    references = np.zeros((3, 5000), np.float32)
    references[0] = manifest["golden"]["embed_mask"]
    np.testing.assert_allclose(
        np.concatenate(network.match(seen, references)), manifest["golden"]["match"], atol=1e-4
    )
    np.testing.assert_allclose(rider_shares(seen.riders).ravel(), manifest["golden"]["riders"], atol=1e-4)
    assert manifest["calibrated_on"]["textured_lifts_for_the_seat"] == "none"
    assert manifest["training"]["preset"] == "smoke"
    assert manifest["training"]["precision"] == "bfloat16"  # as the checkpoint says
    assert all(m["command"] == "barwatch export --test" for m in manifest["metrics"])


def test_the_manifest_names_photographs_that_were_trained_on_with_their_licences() -> None:
    """None where the textures were drawn; as the list in the repository has them otherwise."""
    assert photographs_of(TrainConfig()) == []
    config = TrainConfig.from_dict(TrainConfig(photographs=("grass", "Dune")).as_dict())
    found = {entry["name"]: entry for entry in photographs_of(config)}
    assert found["grass"]["licence"] == "CC0-1.0"
    assert found["Dune"]["package"] == "mate-backgrounds"
    assert all(len(entry["sha256"]) == 64 for entry in found.values())


def test_the_calibration_can_be_used(released: Path) -> None:
    """Thresholds are in order and the bank holds the unshifted mask."""
    calibration = json.loads(released.with_suffix(".json").read_text())["calibration"]
    assert 0 < calibration["unknown_low"] < 0.5 < calibration["unknown_high"] < 1
    assert 0 < calibration["occupancy_threshold"] < 1
    assert calibration["min_separation"] <= calibration["min_separation_good"]
    assert 0 <= calibration["fit_threshold"] <= 1
    assert calibration["bar_map_cells"] == 50
    assert calibration["scale_on_site"] > 0
    assert calibration["seat"]["cells"] == 25
    assert 0 < calibration["seat"]["unclear_low"] < calibration["seat"]["unclear_high"] < 1
    prior = Calibration.model_validate(calibration).clusters
    assert prior is not None
    assert np.isfinite(fit_clusters([-0.2, 0.2], prior).threshold)


def test_the_artefact_is_small(released: Path) -> None:
    """At most 10 MB."""
    assert released.stat().st_size <= 10_000_000
