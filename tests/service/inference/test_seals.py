"""What decides is sealed: an edited, damaged or unsigned manifest is refused, or is another model."""

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lifts.artefact.passages import GoldenPassage, judge_golden
from lifts.artefact.seal import seal, unseal
from ml.export.sealing import write
from service.domain.errors import ArtefactError
from service.inference.artefact import read_manifest, verify
from service.inference.engine import WorkerEngine
from service.inference.model import EmbeddingModel
from tests.service.tiny_model import write_artefact, write_seated
from tests.tools.manifests import edit

RELEASED = Path(__file__).parents[3] / "ml" / "released" / "barwatch.json"


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_artefact.parent, tmp_path / "copy")
    return tmp_path / "copy" / tiny_artefact.name


def _numbers(content: Any, at: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(content, dict | list):
        keys = content if isinstance(content, dict) else range(len(content))
        for key in keys:
            yield from _numbers(content[key], f"{at}.{key}" if at else str(key))
    elif isinstance(content, int | float):
        yield at, content


@pytest.mark.fault(27)
def test_200_flipped_bits_of_the_released_manifest_are_refused(tmp_path: Path) -> None:
    """Wherever a bit of the file flips, it is refused with a reason before the network is read."""
    content, path, rng = RELEASED.read_bytes(), tmp_path / "barwatch.json", random.Random(27)
    for bit in rng.sample(range(8 * len(content)), 200):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(flipped)
        with pytest.raises(ArtefactError, match=r"barwatch\.json: the model's manifest is refused: it "):
            read_manifest(path)
    path.write_bytes(content)
    assert read_manifest(path) == read_manifest(RELEASED)


@pytest.mark.thorough
@pytest.mark.fault(27)
def test_each_number_of_the_calibration_decides(tmp_path: Path) -> None:
    """Changed without its digests: refused. With digests made anew: refused as well, or another identity."""
    content, path = unseal(RELEASED.read_bytes()), tmp_path / "barwatch.json"
    identity = read_manifest(RELEASED).identity
    keys = dict(_numbers(content["calibration"], "calibration"))
    assert len(keys) >= 30
    keys |= {"embedding_dim": content["embedding_dim"], "golden.tolerance": content["golden"]["tolerance"]}
    keys |= {
        f"golden_passages.0.{key}": content["golden_passages"][0][key] for key in ("margin", "occupancy")
    }
    refused = 0
    for key, value in keys.items():
        other = value + 1 if isinstance(value, int) else value * 0.99 + 1e-4
        path.write_bytes(RELEASED.read_bytes())
        edit(path, key, other, sealed=False)
        with pytest.raises(ArtefactError, match="edited, damaged"):
            read_manifest(path)
        path.write_bytes(RELEASED.read_bytes())
        edit(path, key, other)
        try:
            assert read_manifest(path).identity != identity, key
        except ArtefactError:
            refused += 1
    assert 0 < refused < len(keys)


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("calibration.offset", -5.0, r"calibration\.offset: -5 is outside"),
        ("calibration.occupancy_threshold", 0.999, r"occupancy_threshold: 0\.999 is outside"),
        ("calibration.scale", "30", r"calibration\.scale: Input should be a valid number"),
        ("calibration.scale", True, r"calibration\.scale: Input should be a valid number"),
        ("embedding_dim", 100.0, "embedding_dim: Input should be a valid integer"),
        ("calibration.mercy", 1.0, r"calibration\.mercy: Extra inputs"),
        ("golden.mercy", 1.0, r"golden\.mercy: Extra inputs"),
        ("golden.tolerance", 0.5, r"golden\.tolerance"),
        ("calibration.bar_map_cells", 11, "more cells than embedding_dim"),
        ("golden_passages", [], "golden_passages: none of them is open and occupied"),
        ("golden_passages.3", None, "golden_passages: none of them must be unknown"),
        ("golden_passages.2", None, "golden_passages: none of them is empty"),
        ("golden_passages.1.pictures_base64.0", "!", r"golden_passages\.1: not base64"),
        ("golden_passages.1.close_mask_png_base64", "aGVsbG8=", r"golden_passages\.1: not a PNG picture"),
        ("golden_passages.1.verdict", "perhaps", r"golden_passages\.1\.verdict"),
    ],
)
def test_a_right_digest_over_the_wrong_thing_is_refused(
    copy: Path, key: str, value: Any, reason: str
) -> None:
    """Whoever can make digests still cannot serve numbers out of range, of another type, or unproven ones."""
    edit(copy, key, value)
    with pytest.raises(ArtefactError, match=reason):
        verify(copy)


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (
            "calibration.offset",
            0.6,
            r"golden_passages\.3 \(unknown\) is judged otherwise .*: confidence 0\.6",
        ),
        ("golden_passages.0.verdict", "closed", "none of them is open"),
        (
            "golden_passages.0.margin",
            -0.5,
            r"golden_passages\.0 \(open and occupied\) .*: margin -1\.\d+, not -0\.5",
        ),
        ("golden_passages.2.occupancy", 0.1, r"golden_passages\.2 \(open and empty\) .*: occupancy 0"),
        ("golden_passages.3.reasons", ["not_this_lift"], r"reasons too_close, not not_this_lift"),
    ],
)
def test_what_judges_otherwise_than_recorded_is_refused(
    copy: Path, key: str, value: Any, reason: str
) -> None:
    """Numbers inside their ranges, with right digests: the golden passages show that they judge otherwise."""
    edit(copy, key, value)
    with pytest.raises(ArtefactError, match=reason):
        EmbeddingModel.load(copy, "cpu", threads=1)


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("key", "value"), [("calibration.seat.offset", -5.0), ("calibration.occupancy_threshold", 0.999)]
)
def test_numbers_by_which_no_alarm_is_ever_raised_are_refused(tmp_path: Path, key: str, value: float) -> None:
    """The released model with an offset or a threshold by which nobody ever sits there: out of its range."""
    path = tmp_path / "barwatch.json"
    shutil.copy(RELEASED, path)
    edit(path, key, value)
    with pytest.raises(ArtefactError, match=f"{re.escape(key)}: {value:g} is outside"):
        read_manifest(path)


def test_seats_of_golden_passages_are_checked(tmp_path: Path) -> None:
    """A seat calibration that takes riders for nobody fails on the occupied ones."""
    path = write_seated(tmp_path)
    EmbeddingModel.load(path, "cpu", threads=1)
    edit(path, "calibration.seat.offset", -2.5)
    with pytest.raises(ArtefactError, match=r"golden_passages\.0 .*: (seat|occupancy)"):
        EmbeddingModel.load(path, "cpu", threads=1)


def test_the_released_model_is_proven_in_either_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its passages of both states are judged as recorded, in bfloat16 too; every kind is there."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    for limit in ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(limit, raising=False)
    model = EmbeddingModel.load(RELEASED, "cpu", threads=1)
    assert model.precision == "bfloat16"
    assert [(one.verdict, one.seat) for one in model.manifest.golden_passages] == [
        ("open", "occupied"),
        ("closed", "occupied"),
        ("open", "empty"),
        ("unknown", "unclear"),
    ]
    assert model.manifest.golden_passages[3].reasons == ("not_this_lift",)


@pytest.mark.fault(27)
def test_an_old_manifest_says_what_to_do(copy: Path) -> None:
    """One without digests, as before 0.7, is refused with the command that helps."""
    manifest = copy.with_suffix(".json")
    content = json.loads(manifest.read_text())
    del content["digest"], content["file_digest"], content["golden_passages"]
    manifest.write_text(json.dumps(content, indent=1))
    with pytest.raises(ArtefactError, match=r"no digest of the numbers that decide.*barwatch seal"):
        verify(copy)


@pytest.mark.fault(19)
@pytest.mark.fault(27)
def test_files_of_two_releases_do_not_mix(tmp_path: Path) -> None:
    """Another release's network or manifest beside this one's, a folder or a link to nowhere: refused."""
    one, other = write_artefact(tmp_path / "one"), write_seated(tmp_path / "other")
    shutil.copy(other, tmp_path / "network.ts")
    shutil.copy(other, one)
    with pytest.raises(ArtefactError, match="damaged or not the released model"):
        verify(one)
    one.unlink()
    one.symlink_to(tmp_path / "network.ts")
    with pytest.raises(ArtefactError, match="damaged or not the released model"):
        verify(one)
    one.unlink()
    one.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ArtefactError, match="model file is missing"):
        verify(one)
    one.unlink()
    one.mkdir()
    with pytest.raises(ArtefactError, match="model file is no regular file"):
        verify(one)


@pytest.mark.thorough
@pytest.mark.fault(19)
def test_a_worker_takes_no_other_model_than_the_service_began_with(copy: Path, tmp_path: Path) -> None:
    """Both files are exchanged by a release before the worker loads: refused, not judged by half of each."""
    engine = WorkerEngine(copy, device="cpu", threads=1)
    shutil.copytree(write_seated(tmp_path / "other").parent, copy.parent, dirs_exist_ok=True)
    with pytest.raises(ArtefactError, match=r"replaced by tiny-1\.0"):
        engine.start()
    engine.stop()


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_demanded_signature(copy: Path) -> None:
    """By the right key, as PEM or as its one line: taken. None, or another's: refused."""
    key, manifest = Ed25519PrivateKey.generate(), copy.with_suffix(".json")
    public = _public(key)
    with pytest.raises(ArtefactError, match="not signed, and BARWATCH_MODEL_PUBLIC_KEY demands it"):
        verify(copy, public)
    unsigned = unseal(manifest.read_bytes())
    write(manifest, unsigned, key)
    signed = unseal(manifest.read_bytes())
    assert verify(copy, public) == verify(copy, public.splitlines()[1]) == verify(copy)
    assert verify(copy).identity == read_manifest(copy, public).identity
    EmbeddingModel.load(copy, "cpu", threads=1, public_key=public)
    refused = "signature is not by the key"
    with pytest.raises(ArtefactError, match=refused):
        verify(copy, _public(Ed25519PrivateKey.generate()))
    for change in ({"training": {"seed": 1}}, {"version": "1.1"}, {"signature": "AAAA"}, {"signature": "!"}):
        manifest.write_text(seal({**signed, **change}))
        with pytest.raises(ArtefactError, match=refused):
            verify(copy, public)
    manifest.write_text(seal({**signed, "signature": 7}))
    with pytest.raises(ArtefactError, match="not signed"):
        verify(copy, public)


def test_what_is_no_key_is_said(copy: Path) -> None:
    """Another kind of key, or none at all, is no reason to take any model."""
    curve = generate_private_key(SECP256R1()).public_key()
    other = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (other, "", "abc", "-----BEGIN PUBLIC KEY-----"):
        with pytest.raises(ArtefactError, match="BARWATCH_MODEL_PUBLIC_KEY is no public Ed25519 key"):
            verify(copy, text)


def test_flipped_bits_of_a_signed_manifest_are_refused(copy: Path) -> None:
    """The signature's own characters are sealed too, even where nobody demands a signature."""
    manifest = copy.with_suffix(".json")
    write(manifest, unseal(manifest.read_bytes()), Ed25519PrivateKey.generate())
    whole = manifest.read_bytes()
    begin = whole.index(b'"signature": "')
    for bit in range(8 * begin, 8 * (begin + 100), 7):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << (bit % 8)
        manifest.write_bytes(flipped)
        with pytest.raises(ArtefactError):
            read_manifest(manifest)


def test_a_passage_knows_its_differences(copy: Path) -> None:
    """A number that is not one differs as well."""
    passage = read_manifest(copy).golden_passages[0]
    assert isinstance(passage, GoldenPassage)
    odd = passage.model_copy(update={"margin": float("nan")})
    model = EmbeddingModel.load(copy, "cpu", threads=1)
    (found,) = judge_golden([passage], model, model.manifest.calibration)
    assert passage.difference(found) is None
    assert odd.difference(found) is not None
