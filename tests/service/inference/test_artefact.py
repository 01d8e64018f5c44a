"""A model file that is not exactly the released one never gets as far as being loaded."""

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences, reference_embeddings
from lifts.decision.verdict import Verdict
from service.domain.errors import ArtefactError
from service.inference.artefact import read_manifest, verify
from service.inference.model import EmbeddingModel
from tests.service.tiny_model import (
    CLOSE,
    DIM,
    OPEN,
    SEATED,
    Coarse,
    Comparing,
    Seated,
    Stubborn,
    Tiny,
    passage,
    picture,
    write_artefact,
    write_seated,
)
from tests.tools.manifests import edit


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_artefact.parent, tmp_path / "copy")
    return tmp_path / "copy" / tiny_artefact.name


def test_the_true_artefact_is_taken_by_either_name(copy: Path) -> None:
    """The model file and its manifest name the same model."""
    assert verify(copy) == verify(copy.with_suffix(".json")) == read_manifest(copy)
    assert read_manifest(copy).identity.startswith("tiny-1.0+")


@pytest.mark.thorough
@pytest.mark.fault(19)
def test_200_bit_flips_are_all_refused(copy: Path) -> None:
    """Whichever bit of the file flips, the reason says damaged, by the hash, before anything is loaded."""
    content = copy.read_bytes()
    rng = random.Random(19)
    refused = 0
    for bit in rng.sample(range(8 * len(content)), 200):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << (bit % 8)
        copy.write_bytes(flipped)
        with pytest.raises(ArtefactError, match="damaged"):
            verify(copy)
        refused += 1
    copy.write_bytes(content)
    assert refused == 200
    verify(copy)


def test_loading_goes_through_the_same_check(copy: Path) -> None:
    """A flipped bit in a weight would load silently; `load` refuses the file."""
    flipped = bytearray(copy.read_bytes())
    flipped[len(flipped) // 2] ^= 4
    copy.write_bytes(flipped)
    with pytest.raises(ArtefactError, match=r"tiny\.ts: damaged"):
        EmbeddingModel.load(copy, "cpu")


@pytest.mark.parametrize(
    ("gone", "reason"), [(".ts", "model file is missing"), (".json", "manifest is missing")]
)
def test_a_missing_file_is_named(copy: Path, gone: str, reason: str) -> None:
    """Without either file the start stops, and says which."""
    copy.with_suffix(gone).unlink()
    with pytest.raises(ArtefactError, match=reason):
        EmbeddingModel.load(copy, "cpu")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("sha256", "0" * 64, "SHA-256"),
        ("sha256", None, "sha256: Field required"),
        ("sha256", "xyz", "sha256"),
        ("file", "other.ts", "describes another file"),
        ("file", "../tiny.ts", "file"),
        ("embedding_dim", DIM + 1, f"expected embedding_dim = {DIM + 1}"),
        ("calibration.scale", -1.0, r"calibration\.scale"),
        ("calibration.unknown_low", 0.9, "above unknown_high"),
        ("golden.image_png_base64", "!", "not base64"),
        ("golden.mask_png_base64", "aGVsbG8=", "not a PNG"),
        ("golden.embed", [0.5] * DIM, "embed differs"),
        ("golden.embed_mask", [0.5] * DIM, "embed_mask differs"),
        ("golden.occupancy", 0.25, "occupancy differs"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_key(copy: Path, key: str, value: Any, reason: str) -> None:
    """Whatever the manifest says wrongly, the reason names it."""
    edit(copy, key, value)
    with pytest.raises(ArtefactError, match=reason):
        EmbeddingModel.load(copy, "cpu")


def test_a_manifest_that_is_not_json_is_refused(copy: Path) -> None:
    """A truncated manifest is a clear reason, not a traceback."""
    manifest = copy.with_suffix(".json")
    manifest.write_text(manifest.read_text()[:-20])
    with pytest.raises(ArtefactError, match="not JSON"):
        verify(copy)


def test_a_file_that_is_no_model_is_refused_even_with_the_right_hash(tmp_path: Path) -> None:
    """A right hash over the wrong thing is still not a model."""
    path = write_artefact(tmp_path)
    path.write_bytes(b"not a model")
    edit(path, "sha256", "0" * 64)
    with pytest.raises(ArtefactError, match="SHA-256 is") as caught:
        verify(path)
    edit(path, "sha256", str(caught.value).split("SHA-256 is ")[1][:64])
    with pytest.raises(ArtefactError, match="not a TorchScript model"):
        EmbeddingModel.load(path, "cpu")


def test_shapes_and_numbers(tiny_artefact: Path) -> None:
    """Pictures and masks come back with the promised shapes; the bar's cell holds what was drawn there."""
    model = EmbeddingModel.load(tiny_artefact, "cpu", threads=1)
    embeddings, occupancy, *_ = model.pictures(np.stack([picture(OPEN), picture(CLOSE, occupied=False)] * 20))
    masks = model.masks(np.stack([OPEN, CLOSE]))
    assert embeddings.shape == (40, DIM)
    assert embeddings.dtype == occupancy.dtype == masks.dtype == np.float32
    assert occupancy[:2].tolist() == [1.0, 0.0]
    # 12 of the 20 rows of cell (2, 4) are bar.
    assert masks.reshape(2, 10, 10)[0, 2, 4] == pytest.approx(0.6)
    assert masks.reshape(2, 10, 10)[0, 7, 4] == 0.0
    np.testing.assert_allclose(embeddings[1], masks[1], atol=1e-6)


def test_a_model_that_compares_judges_each_picture_by_its_own_masks(tmp_path: Path) -> None:
    """Masks of 6 cells of 0.6 and of half as many: the margin is their difference; more than a batch.

    What always shows is passed on as well: this network adds it to the margin.
    """
    model = EmbeddingModel.load(write_artefact(tmp_path, Comparing), "cpu", threads=1)
    whole, half = model.masks(np.stack([OPEN, np.where(np.arange(200) < 100, OPEN, 0).astype(np.uint8)]))
    pictures = np.stack([picture(CLOSE, occupied=False)] * 40)
    one, other = (
        reference_embeddings(np.stack([whole, half])),
        reference_embeddings(np.stack([half, whole]), background_embedding=half),
    )
    by = np.stack([one, other] * 20)
    matches = model.pictures(pictures, by).matches
    assert matches[:, 0].tolist() == pytest.approx([-1.8, 1.8 + 1.8] * 20, abs=1e-5)
    assert matches[:, 1].tolist() == pytest.approx([0.6] * 40, abs=1e-5)
    assert model.pictures(pictures[:3], one).matches[:, 0].tolist() == pytest.approx([-1.8] * 3)
    with pytest.raises(ValueError, match=r"expected references float32\[3, 100\] or \[3, 3, 100\]"):
        model.pictures(pictures[:3], by)


def test_a_match_that_is_no_number_is_no_verdict_by_distances(tmp_path: Path) -> None:
    """A network that compares and answers NaN is not judged as one that only gives distances."""
    model = EmbeddingModel.load(write_artefact(tmp_path, Comparing), "cpu", threads=1)
    masks = model.masks(np.stack([OPEN, CLOSE]))
    references = LiftReferences(masks[:, None], None, 1, model.manifest.identity)
    shown = passage("p", [picture(CLOSE)] * 3, 0.0).pictures
    compared = reference_embeddings(masks)
    compared[2] = np.nan
    inference = model.pictures(np.stack([each.image for each in shown]), compared)
    assert np.isnan(inference.matches[:, 0]).all()
    found = judge(shown, inference, references, model.manifest.calibration)
    assert (found.verdict, found.reasons) == (Verdict.UNKNOWN, (Reason.NOT_FINITE,))


def test_another_margin_than_the_golden_one_is_refused(tmp_path: Path) -> None:
    """The golden match is a part of what a model must answer as its manifest says."""
    path = write_artefact(tmp_path, Comparing)
    # The golden mask is the close bar: 6 cells of 0.6 on the open side; the picture's brightest cell is red.
    edit(path, "golden.match", [-3.6, 0.6])
    EmbeddingModel.load(path, "cpu", threads=1)
    edit(path, "golden.match", [-3.5, 0.6])
    with pytest.raises(ArtefactError, match=r"match differs from the manifest's golden vector by 0\.1"):
        EmbeddingModel.load(path, "cpu", threads=1)


def test_rider_maps_are_those_of_each_picture(tmp_path: Path) -> None:
    """A model that is judged by them gives one for each picture, none for none, and answers as promised.

    The same network without the calibration of the seat is judged as before.
    """
    path = write_seated(tmp_path)
    model = EmbeddingModel.load(path, "cpu", threads=1)
    riders = model.pictures(np.stack([picture(OPEN), picture(OPEN, occupied=False)] * 20)).riders
    assert riders.shape == (40, 10, 10)
    assert riders[:2, 0, 0].tolist() == pytest.approx([4.0, -4.0])
    assert model.pictures(np.zeros((0, 200, 200, 3), np.uint8)).riders.shape == (0, 10, 10)
    edit(path, "golden.riders.7", 0.3)
    with pytest.raises(ArtefactError, match="riders differs from the manifest's golden vector by 0"):
        EmbeddingModel.load(path, "cpu", threads=1)
    edit(path, "golden.riders", None)
    with pytest.raises(ArtefactError, match=r"golden\.riders: 0 numbers, expected 100"):
        EmbeddingModel.load(path, "cpu", threads=1)
    former = EmbeddingModel.load(write_artefact(tmp_path / "former", Seated), "cpu", threads=1)
    assert len(former.pictures(picture(OPEN)[None]).riders) == 0


def test_a_model_without_the_maps_that_it_is_judged_by_is_refused(tmp_path: Path) -> None:
    """The manifest promises rider maps, the network has none: a plain error."""
    path = write_artefact(tmp_path, Comparing)
    edit(path, "calibration.seat", SEATED)
    edit(path, "golden.riders", [0.5] * 100)
    with pytest.raises(ArtefactError, match="gives no rider maps"):
        EmbeddingModel.load(path, "cpu", threads=1)


def test_no_pictures_and_wrong_pictures(tiny_artefact: Path) -> None:
    """An empty batch is an empty answer; another shape or type is refused by name."""
    model = EmbeddingModel.load(tiny_artefact, "cpu", threads=1)
    embeddings, occupancy, *_ = model.pictures(np.zeros((0, 200, 200, 3), np.uint8))
    assert embeddings.shape == (0, DIM)
    assert occupancy.shape == (0,)
    with pytest.raises(ValueError, match=r"expected uint8\[N, 200, 200, 3\], got uint8\[1, 200, 200\]"):
        model.pictures(OPEN[None])
    with pytest.raises(ValueError, match="got float32"):
        model.masks(OPEN[None].astype(np.float32))
    with pytest.raises(ArtefactError, match="unknown device"):
        EmbeddingModel.load(tiny_artefact, "abacus")


RELEASED = Path(__file__).parents[3] / "ml" / "released" / "barwatch.ts"


@pytest.fixture
def native_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that says it multiplies bfloat16; torch computes it on every one, only slower."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    for limit in ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(limit, raising=False)


@pytest.mark.thorough
@pytest.mark.usefixtures("native_bfloat16")
def test_reduced_precision_says_nearly_the_same() -> None:
    """The released model on its own golden picture, in both: margins are a hundredth apart at most."""
    reduced, full = (
        EmbeddingModel.load(RELEASED, "cpu", threads=1, precision=p) for p in ("auto", "float32")
    )
    assert (reduced.precision, full.precision) == ("bfloat16", "float32")
    golden = full.manifest.golden
    mask = full.masks(golden.mask()[None])[0]
    by = reference_embeddings(np.stack([mask, np.zeros_like(mask)]))
    seen = [model.pictures(golden.image()[None], by) for model in (reduced, full)]
    np.testing.assert_allclose(seen[0].matches, seen[1].matches, atol=0.03)
    np.testing.assert_allclose(seen[0].matches[:, 0], seen[1].matches[:, 0], atol=0.01)
    assert np.linalg.norm(seen[0].embeddings - seen[1].embeddings) < 0.05
    assert (seen[0].embeddings != seen[1].embeddings).any()


def test_a_processor_without_it_computes_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emulated, bfloat16 would be slower than float32."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_f": True})
    assert EmbeddingModel.load(RELEASED, "cpu", threads=1).precision == "float32"


@pytest.mark.usefixtures("native_bfloat16")
@pytest.mark.parametrize("weights", [Stubborn, Coarse])
def test_a_model_that_does_not_bear_it_computes_in_full(tmp_path: Path, weights: type[Tiny]) -> None:
    """One cannot run in another precision, one comes to another answer: both serve, in float32."""
    model = EmbeddingModel.load(write_artefact(tmp_path, weights), "cpu", threads=1)
    assert model.precision == "float32"
    assert model.pictures(picture(OPEN)[None]).embeddings.shape == (1, DIM)
