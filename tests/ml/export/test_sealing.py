"""What seals a manifest when it is written: golden passages, digests, former names, signatures."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner

from lifts.arrays import Float32, UInt8
from lifts.artefact.passages import GoldenPassage, missing
from lifts.artefact.seal import seal, unseal
from lifts.decision.calibration import Calibration
from lifts.decision.reasons import Reason
from lifts.decision.verdict import NO_RIDERS, Inference, Seat, Verdict
from ml.commands import export
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import score_rendered
from ml.export.sealing import golden_passages, refusal, sealed_again, write
from service import cli
from service.inference.artefact import read_manifest, verify
from tests.tools.tiny_model import CALIBRATION, TinyEmbedder, draw_mask, draw_picture

RELEASED = Path(__file__).parents[3] / "ml" / "released" / "barwatch.json"
CALIBRATED = Calibration.model_validate(
    CALIBRATION | {"mask_shifts_px": [], "fit_threshold": 0.5, "scale_on_site": None}
)
RUN = CliRunner()


@dataclass(frozen=True)
class Features:
    """What the network below makes of pictures."""

    embedding: Float32
    occupancy: Float32

    @property
    def riders(self) -> Float32:
        """It has none."""
        return NO_RIDERS

    def take(self, rows: Any) -> Features:
        """The same of some of them."""
        return Features(self.embedding[rows], self.occupancy[rows])


class TwoStepNetwork:
    """The tiny network in two steps; what is near neither mask is another lift's."""

    def look(self, images: UInt8) -> Features:
        seen: Inference = TinyEmbedder().pictures(images)
        return Features(seen.embeddings, seen.occupancy)

    def match(self, seen: Features, references: Float32) -> tuple[Float32, Float32]:
        away = np.linalg.norm(seen.embedding[:, None] - references[None, :2], axis=2)
        return away[:, 0] - away[:, 1], (away.min(1) < 0.5).astype(np.float32)

    def masks(self, masks: UInt8) -> Float32:
        return TinyEmbedder().masks(masks)


def _lift(seed: int, open_y: int, close_y: int, lengths: tuple[int, ...] = (100,)) -> RenderedLift:
    """A passage for either state with somebody and with nobody, for each length of bar."""
    shown = [
        (y, occupied, length) for length in lengths for y in (open_y, close_y) for occupied in (True, False)
    ]
    return RenderedLift(
        seed=seed,
        images=np.stack([draw_picture(y, occupied=o, length_px=n) for y, o, n in shown for _ in range(3)]),
        bars=np.zeros((0, 200, 200), np.uint8),
        riders=np.zeros((0, 200, 200), np.uint8),
        is_open=np.repeat([y == open_y for y, _, _ in shown], 3),
        occupied=np.repeat([occupied for _, occupied, _ in shown], 3),
        open_mask=draw_mask(open_y),
        close_mask=draw_mask(close_y),
    )


def _chosen(lifts: list[RenderedLift]) -> list[GoldenPassage]:
    network = TwoStepNetwork()
    strangers = [
        replace(lift, open_mask=other.open_mask, close_mask=other.close_mask)
        for lift, other in zip(lifts, lifts[1:] + lifts[:1], strict=True)
    ]
    own, others = ([score_rendered(network, lift) for lift in shown] for shown in (lifts, strangers))
    return golden_passages(network, lifts, own, others, CALIBRATED)


def test_a_passage_of_each_kind_is_chosen_and_recorded() -> None:
    """Both states with somebody, an empty carrier, and another lift's; as the judge says of them."""
    found = _chosen([_lift(1, 50, 130), _lift(2, 30, 110)])
    assert [(one.verdict, one.seat) for one in found] == [
        (Verdict.OPEN, Seat.OCCUPIED),
        (Verdict.CLOSED, Seat.OCCUPIED),
        (Verdict.OPEN, Seat.EMPTY),
        (Verdict.UNKNOWN, Seat.UNCLEAR),
    ]
    assert missing(found) is None
    assert found[3].reasons == (Reason.NOT_THIS_LIFT,)
    assert found[0].margin == pytest.approx(-found[1].margin, abs=0.02)
    assert len(found[0].pictures_base64) == 3


def test_what_is_judged_wrongly_is_no_example() -> None:
    """Passages whose truth is another than the verdict are left out; so is a kind without any."""
    lift, other = _lift(1, 50, 130), _lift(2, 30, 110)
    swapped = replace(lift, is_open=~lift.is_open)
    found = _chosen([swapped, replace(other, is_open=~other.is_open)])
    assert [one.verdict for one in found] == [Verdict.UNKNOWN]
    assert missing(found) == "is open and occupied"
    assert refusal({"calibration": CALIBRATION, "golden_passages": []}) == (
        "golden_passages: none of them is open and occupied"
    )
    silent = {"calibration": CALIBRATION | {"offset": -5.0}, "golden_passages": []}
    assert str(refusal(silent)).startswith("calibration.offset: -5 is outside")


def test_sealing_again_keeps_the_former_name() -> None:
    """An old manifest's model was named by its file's hash; the same passages again change nothing."""
    passages = _chosen([_lift(1, 50, 130), _lift(2, 30, 110)])
    old = {
        "name": "n",
        "version": "1",
        "sha256": "a" * 64,
        "calibration": CALIBRATION,
        "training": {"seed": 1},
    }
    once = sealed_again(old, passages)
    assert once["formerly"] == ["n-1+aaaaaaaaaaaa"]
    assert {key: once[key] for key in old} == old
    content = unseal(seal(once).encode())
    assert sealed_again(content, passages) == once
    fewer = sealed_again(content, passages[:3])
    assert fewer["formerly"] == ["n-1+aaaaaaaaaaaa", f"n-1+{content['digest'][:12]}"]


def test_the_released_manifest_says_what_it_was_called() -> None:
    """Weights and numbers are those of 0.6.0, whose identity ended with the hash of its file."""
    manifest = read_manifest(RELEASED)
    assert manifest.formerly == (f"barwatch-0.6.0+{manifest.sha256[:12]}",)


def _keys(folder: Path, password: bytes | None = None) -> tuple[Path, str]:
    key = Ed25519PrivateKey.generate()
    locked = NoEncryption() if password is None else BestAvailableEncryption(password)
    path = folder / "model.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return path, public.decode()


@pytest.mark.parametrize("password", [None, b"of a person"])
def test_the_command_signs(tmp_path: Path, password: bytes | None) -> None:
    """With a key, locked or not: the service that demands its signature takes the model."""
    shutil.copytree(RELEASED.parent, tmp_path / "model")
    path, public = _keys(tmp_path, password)
    model = tmp_path / "model" / "barwatch.ts"
    words = ["sign", "--key", str(path), "--model", str(model)]
    done = RUN.invoke(cli.app, words, input=None if password is None else f"{password.decode()}\n")
    assert done.exit_code == 0, done.output
    assert verify(model, public).identity == read_manifest(RELEASED).identity


def test_a_key_as_openssl_writes_it(tmp_path: Path) -> None:
    """The commands in docs/artefact.md make a pair that signs and is demanded."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    shutil.copytree(RELEASED.parent, tmp_path / "model")
    for words in (
        ("genpkey", "-algorithm", "ed25519", "-out", "model.key"),
        ("pkey", "-in", "model.key", "-pubout", "-out", "model.pub"),
    ):
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)
    model = tmp_path / "model" / "barwatch.ts"
    done = RUN.invoke(cli.app, ["sign", "--key", str(tmp_path / "model.key"), "--model", str(model)])
    assert done.exit_code == 0, done.output
    verify(model, (tmp_path / "model.pub").read_text())


def test_what_cannot_sign_is_said(tmp_path: Path) -> None:
    """A missing file, another kind of key, a wrong password, an edited manifest: a reason each."""
    shutil.copytree(RELEASED.parent, tmp_path / "model")
    model = tmp_path / "model" / "barwatch.ts"
    rsa = tmp_path / "rsa.key"
    key = generate_private_key(65537, 2048)
    rsa.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    locked, _ = _keys(tmp_path, b"right")

    def refused(key: Path, said: str, typed: str | None = None) -> None:
        words = ["sign", "--key", str(key), "--model", str(model)]
        done = RUN.invoke(cli.app, words, input=typed)
        assert done.exit_code == 2, done.output
        assert said in " ".join(done.output.replace("│", " ").split())

    refused(tmp_path / "none.key", "No such file")
    refused(rsa, "no Ed25519 key")
    refused(locked, "key", "wrong\n")
    manifest = model.with_suffix(".json")
    manifest.write_text(manifest.read_text().replace('"scale": 23', '"scale": 22'))
    path, _ = _keys(tmp_path)
    refused(path, "edited, damaged")


@pytest.mark.thorough
def test_the_command_seals_an_old_artefact(
    tmp_path: Path, lift_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The released one as it was before 0.7: same network and numbers, its former name, digests, passages."""
    shutil.copytree(RELEASED.parent, tmp_path / "model")
    manifest = tmp_path / "model" / "barwatch.json"
    new = json.loads(manifest.read_text())
    old = {
        key: new[key] for key in new if key not in {"digest", "file_digest", "golden_passages", "formerly"}
    }
    manifest.write_text(json.dumps(old))
    monkeypatch.setattr(export, "prepare_lifts", lambda *_: lift_files)
    model = tmp_path / "model" / "barwatch.ts"
    done = RUN.invoke(cli.app, ["seal", "--model", str(model)])
    assert done.exit_code == 0, done.output
    again = unseal(manifest.read_bytes())
    assert {key: again[key] for key in old} == old
    assert again["formerly"] == ["barwatch-0.6.0+210aa44e5d38"]
    assert again["golden_passages"]
    for damage, said in (
        (b"no network", "another network than barwatch.json describes"),
        (None, "No such file"),
    ):
        model.unlink() if damage is None else model.write_bytes(damage)
        done = RUN.invoke(cli.app, ["seal", "--model", str(model)])
        assert (done.exit_code, said in " ".join(done.output.replace("│", " ").split())) == (2, True)
    shutil.copy(RELEASED.with_suffix(".ts"), model)
    # An edited manifest that has digests is not sealed: what was edited would be trusted.
    write(manifest, again)
    manifest.write_text(manifest.read_text().replace('"scale": 23', '"scale": 22'))
    done = RUN.invoke(cli.app, ["seal", "--model", str(model)])
    assert done.exit_code == 2
