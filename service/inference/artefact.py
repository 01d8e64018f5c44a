"""The released model's manifest, and the checks that a file must pass before a byte of it is loaded.

TorchScript loads a file with a flipped bit without complaint. So the SHA-256 is checked on the very bytes
that are then loaded, and the golden vectors are checked on the loaded network. Needs no torch.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lifts.decision.calibration import Calibration, Share
from lifts.decision.clusters import Finite
from lifts.decision.references import reference_embeddings
from lifts.decision.seat import rider_shares
from lifts.decision.verdict import Inference
from lifts.text import read_text
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError


class Record(BaseModel):
    """A part of a manifest."""

    # The manifest also carries training data, metrics and the like, which the service only passes on.
    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


class Golden(Record):
    """One picture and one mask with the network's outputs for them, within an absolute `tolerance`.

    match: margin and chance with that mask as the open one and zeros as the close one; of a model that has
        `compare`. riders: the rider map row by row, as probabilities; of a model that is judged by it.
    """

    image_png_base64: str
    mask_png_base64: str
    embed: tuple[Finite, ...]
    embed_mask: tuple[Finite, ...]
    occupancy: Share
    tolerance: Annotated[float, Field(gt=0, le=0.1)]
    match: tuple[Finite, Finite] | None = None
    riders: tuple[Share, ...] | None = None

    def image(self) -> Image:
        """Return the picture, uint8[200, 200, 3] RGB; raises ArtefactError."""
        return golden_image(self.image_png_base64)

    def mask(self) -> Image:
        """Return the mask, uint8[200, 200]; raises ArtefactError."""
        return _decode(self.mask_png_base64, cv2.IMREAD_GRAYSCALE, "golden.mask_png_base64")


class Described(Record):
    """The part of every model's manifest that identifies it: name, version, and its file's hash."""

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @property
    def identity(self) -> str:
        """Identifies the model: name, version and the beginning of the hash."""
        return f"{self.name}-{self.version}+{self.sha256[:12]}"


D = TypeVar("D", bound=Described)


class Manifest(Described):
    """A released model's description of itself (barwatch.json)."""

    embedding_dim: Annotated[int, Field(ge=1, le=65536)]
    golden: Golden
    calibration: Calibration


class Embedder(Protocol):
    """A loaded network, wherever it runs."""

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        """uint8[N, 200, 200, 3] RGB, compared with float32[3, D], or each with its own of [N, 3, D]."""

    def masks(self, masks: Image) -> Float32:
        """uint8[N, 200, 200] -> float32[N, D]."""


def manifest_path(path: Path) -> Path:
    """Return the manifest beside a model file (or `path` itself if it is the manifest)."""
    return path if path.suffix == ".json" else path.with_suffix(".json")


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of a model, named by either of its two files.

    Raises:
        ArtefactError: missing, not JSON, or a key that is missing or wrong; the message names file and key.
    """
    manifest = read_described(path, Manifest)
    _check(manifest, manifest_path(Path(path)))
    return manifest


def read_described(path: Path, kind: type[D]) -> D:
    """Read a manifest of some kind, beside the model file or named itself; raises as `read_manifest` does."""
    source = manifest_path(Path(path))
    try:
        data: Any = json.loads(read_text(source))
    except FileNotFoundError:
        raise ArtefactError(f"{source}: the model's manifest is missing") from None
    except json.JSONDecodeError as error:
        raise ArtefactError(f"{source}: the model's manifest is not JSON: {error}") from error
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{source}: the model's manifest cannot be read: {error}") from error
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        raise ArtefactError(f"{source}: {key}: {problem['msg']}") from None


def read_verified(path: Path) -> tuple[Manifest, bytes]:
    """Read the manifest and the model file; returns the very bytes whose hash was right.

    Raises:
        ArtefactError: either is missing or wrong; the message says which and why.
    """
    manifest = read_manifest(path)
    return manifest, read_content(path, manifest)


def read_content(path: Path, manifest: Described) -> bytes:
    """Return the model file's bytes, whose hash is what the manifest says; raises as `read_verified` does."""
    file = manifest_path(Path(path)).parent / manifest.file
    if Path(path).suffix != ".json" and Path(path).name != manifest.file:
        raise ArtefactError(f"{path}: its manifest describes another file, {manifest.file}")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise ArtefactError(f"{file}: the model file is missing") from None
    except OSError as error:
        raise ArtefactError(f"{file}: the model file cannot be read: {error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.sha256:
        raise ArtefactError(
            f"{file}: damaged or not the released model: SHA-256 is {found}, "
            f"the manifest says {manifest.sha256}"
        )
    return content


def verify(path: Path) -> Manifest:
    """Check manifest and file without loading the network (see model.EmbeddingModel.load for the rest).

    Raises:
        ArtefactError: with the reason.
    """
    return read_verified(path)[0]


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
    for key, picture, shape in (
        ("image", golden.image(), (200, 200, 3)),
        ("mask", golden.mask(), (200, 200)),
    ):
        if picture.shape != shape:
            raise ArtefactError(f"{source}: golden.{key}_png_base64: expected a 200x200 picture")


def golden_image(text: str) -> Image:
    """Return a manifest's golden picture, uint8[200, 200, 3] RGB; raises ArtefactError: no PNG."""
    bgr = _decode(text, cv2.IMREAD_COLOR, "golden.image_png_base64")
    return np.ascontiguousarray(bgr[:, :, ::-1])


def _decode(text: str, flags: int, key: str) -> Image:
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError) as error:
        raise ArtefactError(f"{key}: not base64: {error}") from None
    image = cv2.imdecode(data, flags) if data.size else None
    if image is None:
        raise ArtefactError(f"{key}: not a PNG picture")
    return np.asarray(image, dtype=np.uint8)
