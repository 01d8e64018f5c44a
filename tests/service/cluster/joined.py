"""An engine in a cluster, from its start to its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from service.cluster.embedding.engine import RayEngine
from service.cluster.link import DriverLink


class JoinedEngine:
    """Starts a link and an engine, ends them. patience_s: how long `until` waits."""

    def __init__(self, link: DriverLink, engine: RayEngine, patience_s: float) -> None:
        self.link, self.engine, self._patience_s = link, engine, patience_s

    def __enter__(self) -> Self:
        self.link.start()
        self.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.stop()
        self.link.stop()

    def until(self, holds: Callable[[], object], seconds: float | None = None) -> None:
        """Wait for what cannot be awaited: what a driver, or a node, does."""
        until = time.monotonic() + (self._patience_s if seconds is None else seconds)
        while not holds():
            assert time.monotonic() < until
            time.sleep(0.02)
