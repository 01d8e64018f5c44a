"""The engine of the command line and `watch`: no worker, no thread."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np

from lifts.artefact.passages import Embedder
from lifts.decision.verdict import Inference
from service.domain.arrays import Float32, Image
from service.inference.artefact import Manifest
from service.inference.protocol import EngineStatus


class InlineEngine:
    """The network in the caller's own process and thread: for the command line and `watch`."""

    def __init__(self, model: Embedder, manifest: Manifest, device: str = "cpu") -> None:
        self._model = model
        self.manifest = manifest
        self._device = device

    @property
    def status(self) -> EngineStatus:
        """Always ready: it has no worker to lose."""
        return EngineStatus("ready", self._device, None, 0, 0, 0, 0, self.manifest.identity)

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine; the future is done when it is returned."""
        future: Future[Inference] = Future()
        future.set_result(self._model.pictures(images, references))
        return future

    def submit_look(self, images: Image) -> Future[Image]:
        """See Engine; the future is done when it is returned."""
        future: Future[Image] = Future()
        look = getattr(self._model, "look", None)
        future.set_result(np.zeros((len(images), 0), np.uint8) if look is None else look(images))
        return future

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine; the future is done when it is returned."""
        future: Future[Inference] = Future()
        future.set_result(getattr(self._model, "kept")(packed, references))  # noqa: B009 - what looks keeps
        return future

    def submit_masks(self, masks: Image) -> Future[Float32]:
        """See Engine; the future is done when it is returned."""
        future: Future[Float32] = Future()
        future.set_result(self._model.masks(masks))
        return future
