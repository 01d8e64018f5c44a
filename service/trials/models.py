"""Other models: those that lie in the data folder, and engines of those that are being tried.

DATA/models/NAME holds one manifest and its network; whoever may write there may propose it, nobody else: a
network is code that runs. Each is checked as the one that ships (service.inference.artefact).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from service.domain.errors import ArtefactError, ConflictError, NotFoundError
from service.inference.artefact import verify
from service.inference.protocol import Engine
from service.inference.running.switching import RunningEngine
from service.inference.worker import EmbedderOptions, worker_main
from service.variables.promoted import MODELS, manifest_of

log = structlog.get_logger(__name__)

GENTLE = 10
"""Niceness of a candidate's worker: what counts goes first."""

Make = Callable[[Path], RunningEngine]


@dataclass(frozen=True, slots=True)
class ShelvedModel:
    """A model in the data folder. identity: as it calls itself; empty where it is refused, `problem`: why."""

    name: str
    identity: str
    problem: str = ""


class ModelShelf:
    """The models below DATA/models. public_key: must have signed them, if given."""

    def __init__(self, data: Path, public_key: str | None = None) -> None:
        self._data, self._public_key = data, public_key

    def listing(self) -> list[ShelvedModel]:
        """Return every model there, checked, by name."""
        folder, found = self._data / MODELS, list[ShelvedModel]()
        names = [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
        for name in sorted(names):
            try:
                found.append(ShelvedModel(name, verify(self.path(name), self._public_key).identity))
            except (ArtefactError, NotFoundError) as error:
                found.append(ShelvedModel(name, "", str(error)))
        return found

    def path(self, name: str) -> Path:
        """Return a model's manifest. Raises NotFoundError."""
        found = manifest_of(self._data, name)
        if found is None:
            message = (
                f"no model {name!r}: expected one manifest (.json) in {MODELS}/{name} of the data folder"
            )
            raise NotFoundError(message, "no_model", name=name)
        return found


class CandidateEngines:
    """An engine for each model that is being tried, started when it is first asked for. Safe from any thread.

    Args:
        shelf: where models are.
        make: makes an engine from a manifest's path, not started.
    """

    def __init__(self, shelf: ModelShelf, make: Make) -> None:
        self._shelf, self._make = shelf, make
        self._lock = threading.Lock()
        self._engines: dict[str, RunningEngine] = {}

    def find(self, name: str) -> Engine:
        """Return the engine of a model; blocks while it starts.

        Raises:
            NotFoundError: there is no such model.
            ConflictError: it is refused.
            EngineUnavailableError: it does not start.
        """
        with self._lock:
            known = self._engines.get(name)
            if known is not None:
                return known
            try:
                made = self._make(self._shelf.path(name))
                made.start()
            except ArtefactError as error:
                raise ConflictError(
                    f"model {name!r} is refused: {error}", "model_refused", name=name
                ) from error
            self._engines[name] = made
            log.info("a candidate's model was started", name=name, model=made.manifest.identity)
            return made

    def keep(self, names: Collection[str]) -> None:
        """End the engines of all other models."""
        with self._lock:
            over = [self._engines.pop(name) for name in self._engines.keys() - set(names)]
        for engine in over:
            engine.stop()

    def stop(self) -> None:
        """End all."""
        self.keep(())


def gentle_worker(
    pipe: Connection, inputs: Any, references: Any, outputs: Any, options: EmbedderOptions
) -> None:
    """Run a worker that what counts goes before."""
    os.nice(GENTLE)
    worker_main(pipe, inputs, references, outputs, options)
