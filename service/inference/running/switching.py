"""An engine that can take another model while passages are being judged.

    engine = SwitchingEngine(first)
    engine.take(second)                 # ready already; whoever asks from now on asks the second
    engine_of(engine, version.model)    # the engine that embedded a lift's masks

The one before stays for those whose masks it embedded: a passage that is in flight, or that comes before its
lift's masks are embedded anew, is judged by what belongs together. `retire` ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from lifts.decision.verdict import Inference
from service.domain.arrays import Float32, Image
from service.inference.artefact import Manifest
from service.inference.protocol import Engine, EngineStatus


class RunningEngine(Engine, Protocol):
    """An engine that is started and ended: WorkerEngine, RayEngine."""

    def start(self, *, wait_ready: bool = True) -> None:
        """Start it; see WorkerEngine."""

    def wait_ready(self, timeout_s: float | None = None) -> None:
        """Wait until it answers; see WorkerEngine."""

    def stop(self) -> None:
        """End it."""


class SwitchingEngine:
    """The engine of the service: whichever judges now. Safe from any thread.

    Args:
        first: judges until another is taken.
        another: makes an engine of the same kind for a model, not started; raises ArtefactError.
    """

    def __init__(self, first: RunningEngine, another: Callable[[Path], RunningEngine]) -> None:
        self._now, self.another = first, another
        self._former: tuple[RunningEngine, ...] = ()

    def take(self, other: RunningEngine) -> None:
        """Judge by another engine from now on; it is ready."""
        self._former, self._now = (*self._former, self._now), other

    def of(self, model: str) -> Engine:
        """Return the engine of a model, the present one if none is."""
        for one in (self._now, *self._former):
            if one.manifest.identity == model:
                return one
        return self._now

    def retire(self) -> None:
        """End those that judge no more."""
        former, self._former = self._former, ()
        for one in former:
            one.stop()

    @property
    def manifest(self) -> Manifest:
        """See Engine."""
        return self._now.manifest

    @property
    def status(self) -> EngineStatus:
        """See Engine."""
        return self._now.status

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine."""
        return self._now.submit_pictures(images, references)

    def submit_look(self, images: Image) -> Future[Image]:
        """See Engine."""
        return self._now.submit_look(images)

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine."""
        return self._now.submit_kept(packed, references)

    def submit_masks(self, masks: Image) -> Future[Float32]:
        """See Engine."""
        return self._now.submit_masks(masks)

    def wait_ready(self) -> None:
        """Wait for the first worker; see WorkerEngine."""
        self._now.wait_ready()

    def stop(self) -> None:
        """End all."""
        self._now.stop()
        self.retire()


def engine_of(engine: Engine, model: str) -> Engine:
    """Return the engine that embedded what is named after a model; the given one if it cannot switch."""
    return engine.of(model) if isinstance(engine, SwitchingEngine) else engine
