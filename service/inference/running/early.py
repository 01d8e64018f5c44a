"""The embedder, started before anything else: loading the network takes longer than all the rest together.

It imports little, so that the worker starts while the service's other parts are still being imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from service.domain.errors import ConfigurationError
from service.domain.health import Health
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.inference.running.switching import SwitchingEngine
from service.settings import Settings


class EarlyEngine:
    """A started engine that keeps its reports until there is a listener.

    Raises:
        ConfigurationError: the settings name an engine that does not exist.
        ArtefactError: the model's manifest or file is invalid.
    """

    def __init__(self, settings: Settings, runners: Runners | None = None) -> None:
        if settings.engine != "local":
            raise ConfigurationError(
                f"engine {settings.engine!r}: this version runs the embedder in a local worker only: "
                "use --engine local"
            )
        self.runners = runners or Runners()
        """Owns the threads of the service, the engine's first."""
        self._lock = threading.Lock()
        self._listener: Callable[[Health], None] | None = None
        self._kept: list[Health] = []
        first = WorkerEngine(
            settings.manifest_path(),
            device=settings.device,
            precision=settings.precision,
            public_key=settings.model_key(),
            on_health=self._report,
            runners=self.runners,
        )
        first.start(wait_ready=False)
        self.engine = SwitchingEngine(first)

    def listen(self, listener: Callable[[Health], None]) -> None:
        """Report to `listener` from now on, beginning with what was kept so far."""
        with self._lock:
            self._listener = listener
            for health in self._kept:
                listener(health)
            self._kept.clear()

    def _report(self, health: Health) -> None:
        with self._lock:
            if self._listener is None:
                self._kept.append(health)
            else:
                self._listener(health)
