"""An embedder on a node: the network in a process of Ray's. One call carries a batch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from service.cluster.embedding.pieces import Batch, cut, joined
from service.host.folders.scratch import scratch
from service.host.imports import importing
from service.inference.requests import KEPT, LOOK, MASKS, PICTURES


@dataclass(frozen=True, slots=True)
class EmbedderModel:
    """The network that embedders load: its two files as they are where it was checked first.

    digest, public_key, device, precision: see EmbeddingModel.load. threads: of the processor, in a pass.
    dim, cells: of its answers (EmbedderOptions).
    """

    manifest_name: str
    manifest: bytes
    file_name: str
    file: bytes
    digest: str
    public_key: str | None
    device: str
    precision: Literal["auto", "float32"]
    threads: int
    dim: int
    cells: int


class ClusterEmbedder:
    """Runs in a worker of Ray's, which makes it and calls it, one call after the other.

    Raises:
        ArtefactError: what arrived is not the model that is expected, or this machine refuses it.
    """

    def __init__(self, model: EmbedderModel) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # see service.inference.worker.worker_main
        with importing(stays=True):
            from service.inference.model import EmbeddingModel  # noqa: PLC0415 - no torch in the driver

        with scratch("bw-model-") as folder:
            path = folder / model.manifest_name
            path.write_bytes(model.manifest)
            (folder / model.file_name).write_bytes(model.file)
            self._model: Any = EmbeddingModel.load(
                path,
                model.device,
                threads=model.threads,
                precision=model.precision,
                public_key=model.public_key,
                digest=model.digest,
            )
        self._dim = model.dim

    def ready(self) -> tuple[str, int]:
        """Return what it computes on, and its process id."""
        return f"{self._model.device} {self._model.precision}", os.getpid()

    def answer(self, pieces_back: int, *pieces: bytes) -> tuple[bytes, ...] | bytes:
        """Do what a batch asks; its answer comes back in so many pieces.

        Raises:
            RuntimeError, ValueError: the network failed.
        """
        batch: Batch = joined(pieces)
        if batch.kind == LOOK:
            found: Any = self._model.look(batch.images)
        elif batch.kind == MASKS:
            found = self._model.masks(batch.images)
        else:
            compare = {PICTURES: self._model.pictures, KEPT: self._model.kept}[batch.kind]
            found = compare(batch.images, batch.references_of_each(self._dim))
        answer = cut(found, pieces_back)
        return answer if pieces_back > 1 else answer[0]
