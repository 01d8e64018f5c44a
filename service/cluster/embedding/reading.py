"""Reads a model's files for the embedders of a cluster, checked as the local engine checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from service.cluster.embedding.actor import EmbedderModel
from service.cluster.embedding.pool import EmbedderShare
from service.domain.errors import ArtefactError
from service.inference.artefact import Manifest, manifest_path, read_verified


def read_model(
    path: Path,
    expected: Manifest,
    share: EmbedderShare,
    device: str,
    precision: Literal["auto", "float32"],
    public_key: str | None,
) -> EmbedderModel:
    """Return what every embedder loads.

    Raises:
        ArtefactError: the files are missing, damaged, or no more the ones that `expected` describes.
    """
    source = manifest_path(Path(path))
    manifest, content = read_verified(source, public_key)
    if manifest.digest != expected.digest:
        raise ArtefactError(f"{path}: the model was replaced by {manifest.identity} just now: start again")
    try:
        written = source.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{source}: cannot be read: {error}") from error
    return EmbedderModel(
        manifest_name=source.name,
        manifest=written,
        file_name=manifest.file,
        file=content,
        digest=manifest.digest,
        public_key=public_key,
        device=device,
        precision=precision,
        threads=max(1, round(share.cpus)),
        dim=manifest.embedding_dim,
        cells=manifest.calibration.rider_cells,
    )
