"""What the embedder's worker computes on: an accelerator as long as one works, else the processor.

An accelerator may be lost at any moment: pulled off its bus, claimed by an update of its driver, stuck until
the machine is restarted. Carriers are then judged on the processor: later, but they are judged.
"""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)

CPU = "cpu"
MAX_FAILURES = 2
"""An accelerator is given up after this many lost workers in a row, each within `STEADY_S` of its start."""

STEADY_S = 30.0


class Devices:
    """Decides which device the next worker uses. Changed by the engine's own thread; read from any.

    An accelerator that was given up is not tried again before the service's next start: each attempt would
    cost a worker, and a person has to look at it anyway.

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

    def ready(self, device: str) -> None:
        """Note that a worker is ready and computes on `device`, e.g. "cuda:0 float16"."""
        if _is_accelerator(self.used) and not _is_accelerator(device):
            self.give_up(f"{self.used.split()[0]} is not there any more")
        self.used = device

    def ended(self, reason: str, lived_s: float) -> None:
        """Note that a worker was lost `lived_s` seconds after it had been ready."""
        if not _is_accelerator(self.used):
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


def _is_accelerator(device: str) -> bool:
    """Return whether a worker reported an accelerator; "auto", before any has reported, does not count."""
    return device.startswith(("cuda", "xpu", "mps"))
