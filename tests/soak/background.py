"""What goes on beside the soak, each on a thread of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """Works from `start` to `stop`; patience_s: how long `stop` waits for the work to end."""

    patience_s = 20.0

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(self.patience_s)

    @abstractmethod
    def _work(self) -> None:
        """Work until `_stopping` is set."""
