"""The engine of the command line and `watch`: no worker, no thread."""

from __future__ import annotations

from concurrent.futures import Future

from service.inference.artefact import Embedder, Manifest
from service.inference.protocol import EngineStatus
from service.types import Floats, Image, Seen


class InlineEngine:
    """The same in the caller's own process and thread: for the command line and `watch`."""

    def __init__(self, model: Embedder, manifest: Manifest, device: str = "cpu") -> None:
        self._model = model
        self.manifest = manifest
        self._device = device

    @property
    def status(self) -> EngineStatus:
        """Always ready: it has no worker to lose."""
        return EngineStatus("ready", self._device, None, 0, 0, 0, 0, self.manifest.identity)

    def submit_pictures(self, images: Image, by: Floats | None = None) -> Future[Seen]:
        """See Engine; the future is done when it is returned."""
        future: Future[Seen] = Future()
        future.set_result(self._model.pictures(images, by))
        return future

    def submit_masks(self, masks: Image) -> Future[Floats]:
        """See Engine; the future is done when it is returned."""
        future: Future[Floats] = Future()
        future.set_result(self._model.masks(masks))
        return future
