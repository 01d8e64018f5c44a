"""The released model's manifest, and the checks that a file must pass before a byte of it is loaded.

TorchScript loads a file with a flipped bit without complaint. So the SHA-256 is checked on the very bytes
that are then loaded, and the manifest is sealed as well (`lifts.artefact.seal`): nothing that decides changes
unseen. Its numbers must lie in their ranges (`lifts.artefact.limits`), and the loaded network must reproduce
its golden vectors and judge its golden passages as recorded. Needs no torch.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lifts.artefact.limits import outside
from lifts.artefact.passages import Embedder, GoldenPassage, judge_golden, missing, read_picture
from lifts.artefact.seal import signed_bytes, unseal
from lifts.decision.calibration import Calibration, Share
from lifts.decision.clusters import Finite
from lifts.decision.references import reference_embeddings
from lifts.decision.seat import rider_shares
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Record(BaseModel):
    """A part of a manifest."""

    # The manifest also carries training data, metrics and the like, which the service only passes on.
    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


class Golden(Record, extra="forbid"):
    """One picture and one mask with the network's outputs for them, within an absolute `tolerance`.

    match: margin and chance with that mask as the open one and zeros as the close one; of a model that has
        `compare`. riders: the rider map row by row, as probabilities; of a model that is judged by it.
    """

    image_png_base64: str
    mask_png_base64: str
    embed: tuple[Finite, ...]
    embed_mask: tuple[Finite, ...]
    occupancy: Share
    tolerance: Annotated[float, Field(gt=0, le=0.02)]
    match: tuple[Finite, Finite] | None = None
    riders: tuple[Share, ...] | None = None

    def image(self) -> Image:
        """Return the picture, uint8[200, 200, 3] RGB; raises ValueError."""
        return np.ascontiguousarray(read_picture(self.image_png_base64, cv2.IMREAD_COLOR)[:, :, ::-1])

    def mask(self) -> Image:
        """Return the mask, uint8[200, 200]; raises ValueError."""
        return read_picture(self.mask_png_base64, cv2.IMREAD_GRAYSCALE)


class Manifest(Record):
    """A released model's description of itself (barwatch.json).

    digest: SHA-256 of everything that decides. file_digest: of the manifest's bytes, as it was sealed.
    formerly: earlier identities of the same numbers, under which an installation may have stored embeddings
    and site calibrations that are as good as this model's.
    """

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    digest: Sha256
    file_digest: Sha256 | None = None
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    sha256: Sha256
    embedding_dim: Annotated[int, Field(ge=1, le=65536)]
    golden: Golden
    golden_passages: tuple[GoldenPassage, ...] = ()
    calibration: Calibration
    formerly: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Identifies the model: name, version and the beginning of the digest of all that decides."""
        return f"{self.name}-{self.version}+{self.digest[:12]}"


def manifest_path(path: Path) -> Path:
    """Return the manifest beside a model file (or `path` itself if it is the manifest)."""
    return path if path.suffix == ".json" else path.with_suffix(".json")


def read_manifest(path: Path, public_key: str | None = None) -> Manifest:
    """Read the manifest of a model, named by either of its two files.

    Args:
        path: either file.
        public_key: the Ed25519 key whose signature it must carry: PEM, or the line within; None: any.

    Raises:
        ArtefactError: missing, not as it was sealed or signed, or a key that is missing, wrong or out of its
            range; the message names file and key.
    """
    source = manifest_path(Path(path))
    try:
        content = unseal(_read(source, "model's manifest"))
    except ValueError as error:
        raise ArtefactError(f"{source}: the model's manifest is refused: {error}") from None
    if public_key is not None:
        _check_signature(source, content, public_key)
    try:
        manifest = Manifest.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        raise ArtefactError(f"{source}: {key}: {problem['msg']}") from None
    _check(manifest, source)
    return manifest


def read_verified(path: Path, public_key: str | None = None) -> tuple[Manifest, bytes]:
    """Read the manifest and the model file; returns the very bytes whose hash was right.

    Raises:
        ArtefactError: either is missing or wrong; the message says which and why.
    """
    manifest = read_manifest(path, public_key)
    file = manifest_path(Path(path)).parent / manifest.file
    if Path(path).suffix != ".json" and Path(path).name != manifest.file:
        raise ArtefactError(f"{path}: its manifest describes another file, {manifest.file}")
    content = _read(file, "model file")
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.sha256:
        raise ArtefactError(
            f"{file}: damaged or not the released model: SHA-256 is {found}, "
            f"the manifest says {manifest.sha256}"
        )
    return manifest, content


def verify(path: Path, public_key: str | None = None) -> Manifest:
    """Check manifest and file without loading the network (see model.EmbeddingModel.load for the rest).

    Raises:
        ArtefactError: with the reason.
    """
    return read_verified(path, public_key)[0]


def check_golden(manifest: Manifest, embedder: Embedder, slack: float = 1.0) -> None:
    """Compare a loaded network with the golden vectors, within `slack` times their tolerance.

    Raises:
        ArtefactError: something differs; the message says what, and by how much.
    """
    golden = manifest.golden
    mask = embedder.masks(golden.mask()[None])[0]
    seen = embedder.pictures(
        golden.image()[None], reference_embeddings(np.stack([mask, np.zeros_like(mask)]))
    )
    pairs: list[tuple[str, Float32, tuple[float, ...]]] = [
        ("embed", seen.embeddings[0], golden.embed),
        ("embed_mask", mask, golden.embed_mask),
        ("occupancy", seen.occupancy, (golden.occupancy,)),
    ]
    if golden.match is not None:
        pairs.append(("match", seen.matches[0], golden.match))
    if golden.riders is not None:
        pairs.append(("riders", rider_shares(seen.riders).reshape(-1), golden.riders))
    for name, found, expected in pairs:
        difference = float(np.abs(found - np.asarray(expected, dtype=np.float32)).max())
        # `not <=` so that a NaN fails as well.
        if not difference <= slack * golden.tolerance:
            raise ArtefactError(
                f"{manifest.file}: the network's {name} differs from the manifest's golden vector by "
                f"{difference:.3g}, more than {slack * golden.tolerance:.3g}"
            )


def check_passages(manifest: Manifest, embedder: Embedder) -> None:
    """Judge the golden passages with a loaded network, in whatever precision.

    Raises:
        ArtefactError: a judgement is not as it was recorded; the message says which, and how it differs.
    """
    found = judge_golden(manifest.golden_passages, embedder, manifest.calibration)
    for number, (passage, judged) in enumerate(zip(manifest.golden_passages, found, strict=True)):
        if (difference := passage.difference(judged)) is not None:
            raise ArtefactError(
                f"{manifest.file}: golden_passages.{number} ({passage.shows}) is judged otherwise than at "
                f"the release: {difference}"
            )


def _check(manifest: Manifest, source: Path) -> None:
    golden = manifest.golden
    cells, riders = manifest.calibration.rider_cells, golden.riders or ()
    if len(riders) != cells * cells:
        raise ArtefactError(
            f"{source}: golden.riders: {len(riders)} numbers, expected {cells * cells} by calibration.seat"
        )
    for name, vector in (("embed", golden.embed), ("embed_mask", golden.embed_mask)):
        if len(vector) != manifest.embedding_dim:
            raise ArtefactError(
                f"{source}: golden.{name}: {len(vector)} numbers, expected embedding_dim = "
                f"{manifest.embedding_dim}"
            )
    if manifest.calibration.bar_map_cells**2 > manifest.embedding_dim:
        raise ArtefactError(f"{source}: calibration.bar_map_cells: more cells than embedding_dim")
    if (reason := outside(manifest.calibration)) is not None:
        raise ArtefactError(f"{source}: calibration.{reason}")
    if (kind := missing(manifest.golden_passages)) is not None:
        raise ArtefactError(f"{source}: golden_passages: none of them {kind}")
    pictures: list[tuple[str, Callable[[], object]]]
    pictures = [("golden.image_png_base64", golden.image), ("golden.mask_png_base64", golden.mask)]
    for number, passage in enumerate(manifest.golden_passages):
        at = f"golden_passages.{number}"
        pictures += [(at, passage.masks), (at, passage.images)]
    for key, read in pictures:
        try:
            read()
        except ValueError as error:
            raise ArtefactError(f"{source}: {key}: {error}") from None


def _read(path: Path, what: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ArtefactError(f"{path}: the {what} is no regular file")
        return path.read_bytes()
    except FileNotFoundError:
        raise ArtefactError(f"{path}: the {what} is missing") from None
    except OSError as error:
        raise ArtefactError(f"{path}: the {what} cannot be read: {error}") from error


def _check_signature(source: Path, content: dict[str, object], public_key: str) -> None:
    # Only where a key is demanded: importing it takes longer than all else here.
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    text = public_key.strip()
    if not text.startswith("-----"):
        text = f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----"
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ArtefactError(f"{source}: BARWATCH_MODEL_PUBLIC_KEY is no public Ed25519 key in PEM")
    signature = content.get("signature")
    if not isinstance(signature, str):
        raise ArtefactError(f"{source}: the model is not signed, and BARWATCH_MODEL_PUBLIC_KEY demands it")
    try:
        key.verify(base64.b64decode(signature, validate=True), signed_bytes(content))
    except (binascii.Error, ValueError, InvalidSignature):
        raise ArtefactError(
            f"{source}: the model's signature is not by the key in BARWATCH_MODEL_PUBLIC_KEY"
        ) from None
