"""A set-up's job while its process is at work, as that process reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.host.child import Child
from service.setup.jobs.messages import (
    SetupDone,
    SetupFailed,
    SetupMessage,
    SetupProgress,
    SetupView,
)
from service.setup.jobs.state import SetupJob


@dataclass(eq=False)
class RunningSetup:
    """A job and its process; share: of its step, 0..1. jpeg: what the camera shows."""

    job: SetupJob
    child: Child
    share: float = 0.0
    jpeg: bytes | None = None

    def take(self, message: SetupMessage) -> SetupDone | SetupFailed | None:
        """Take what the process sent; return it if it was the last."""
        update: dict[str, Any] = {}
        if isinstance(message, SetupView):
            self.jpeg = message.jpeg
        elif isinstance(message, SetupProgress):
            self.share, update = message.share, {"step": message.step}
        elif isinstance(message, SetupDone | SetupFailed):
            return message
        else:
            update = {"width": message.width, "height": message.height}
            update |= {"proposed": message.proposal, "proposal": message.proposal}
        self.job = self.job.model_copy(update=update)
        return None
