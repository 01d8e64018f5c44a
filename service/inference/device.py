"""What the embedder's worker computes on: an accelerator as long as one works, else the processor.

An accelerator may be gone at any moment: pulled off its bus, claimed by an update of its driver, wedged until
the machine starts again. Carriers are then judged on the processor, later and rightly, and not by nobody.
"""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)

CPU = "cpu"
MAX_FAILURES = 2
"""So many workers in a row that an accelerator may cost, each within `STEADY_S` of its start."""

STEADY_S = 30.0


class Devices:
    """Which device the next worker is to use. Kept by the engine's own thread; read from any.

    An accelerator that was given up is not tried again before the service's next start: it would cost a
    worker each time, and a person has to look at it anyway.

    Args:
        wanted: "auto", "cpu", "cuda" or "cuda:1", as for EmbeddingModel.load.
    """

    def __init__(self, wanted: str) -> None:
        self.wanted = self.next = wanted
        self.used = wanted
        """Where, and in what precision, the newest worker computes."""
        self.lost = ""
        """Why the accelerator was given up; empty where it was not."""
        self._failures = 0

    def ready(self, said: str) -> None:
        """A worker is ready and computes on what it said, e.g. "cuda:0 float16"."""
        if _accelerator(self.used) and not _accelerator(said):
            self.give_up(f"{self.used.split()[0]} is not there any more")
        self.used = said

    def ended(self, reason: str, lived_s: float) -> None:
        """A worker that had been ready was lost."""
        if not _accelerator(self.used):
            return
        self._failures = 1 if lived_s > STEADY_S else self._failures + 1
        if self._failures >= MAX_FAILURES:
            self.give_up(reason)

    def give_up(self, reason: str) -> None:
        """Use the processor from now on."""
        self.next = CPU
        if not self.lost:
            self.lost = reason
            log.warning("accelerator lost: carriers are judged on the processor", reason=reason)


def _accelerator(said: str) -> bool:
    """Say whether a worker said that it computes on one; before any did, nothing is known."""
    return said.startswith(("cuda", "xpu", "mps"))
