"""The embedder, started before anything else: loading the network takes longer than all the rest together.

It imports little, so that the worker starts while the service's other parts are still being imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from service.cluster.embedding.joining import make_link, make_local_engine, make_ray_engine
from service.cluster.link import DriverLink
from service.domain.health import Health
from service.host.runner import Runners
from service.inference.running.switching import RunningEngine, SwitchingEngine
from service.settings import Settings


class EarlyEngine:
    """A started engine that keeps its reports until there is a listener.

    Raises:
        ConfigurationError: the settings name a cluster that cannot be joined so.
        ArtefactError: the model's manifest or file is invalid.
    """

    def __init__(self, settings: Settings, runners: Runners | None = None) -> None:
        self.runners = runners or Runners()
        """Owns the threads of the service, the engine's first."""
        self._lock = threading.Lock()
        self._listener: Callable[[Health], None] | None = None
        self._kept: list[Health] = []
        self._link = make_link(settings, self.runners) if settings.engine == "ray" else None
        first = self._make(settings, settings.manifest_path())
        self.engine = SwitchingEngine(first, partial(self._make, settings))
        self._first, self._warm = first, settings.standby == "warm" or settings.database_address() is None
        if self._warm:
            self._start()

    @property
    def link(self) -> DriverLink | None:
        """What joins the cluster; None of a service on one machine."""
        return self._link

    def _make(self, settings: Settings, path: Path) -> RunningEngine:
        if self._link is None:
            return make_local_engine(settings, path, self._report, self.runners)
        return make_ray_engine(settings, path, self._report, self.runners, self._link)

    def stop(self) -> None:
        """End the engine, then the cluster's driver."""
        self.engine.stop()
        if self._link is not None:
            self._link.stop()

    def wait_ready(self) -> None:
        """Wait for the worker, which is started now if it was not to be before it is needed."""
        if not self._warm:
            self._start()
        self.engine.wait_ready()

    def _start(self) -> None:
        self._first.start(wait_ready=False)
        if self._link is not None:
            self._link.start()

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
