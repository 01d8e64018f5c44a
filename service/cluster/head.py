"""Whether a cluster's head answers, asked by who has Ray loaded. Calls to a dead one may block for long."""

from __future__ import annotations

import importlib
import time
from typing import Any

from service.host.runner import Runner

ASK_S = 0.25
ANSWER_S = 1.0


class HeadWatch:
    """Asks the head again and again on a thread of its own.

    A head that was started anew in the place of the one that was joined does not count: it knows nobody.

    Args:
        address: HOST:PORT.
    """

    def __init__(self, address: str) -> None:
        self._client: Any = importlib.import_module("ray._raylet").GcsClient(address=address)
        self._errors: Any = importlib.import_module("ray.exceptions")
        self._heard_mono_s = time.monotonic()
        Runner("head", self._ask, every_s=ASK_S).start()

    @property
    def silent_s(self) -> float:
        """For how long it has not answered, in seconds."""
        return time.monotonic() - self._heard_mono_s

    def _ask(self) -> None:
        try:
            self._client.internal_kv_get(b"session_name", b"session", timeout=ANSWER_S)
        except self._errors.RayError:
            return
        self._heard_mono_s = time.monotonic()
