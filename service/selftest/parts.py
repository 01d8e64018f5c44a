"""What a self-test needs of the service."""

from __future__ import annotations

from typing import Protocol

from lifts.decision.arming import Arming
from service.domain.camera import CameraStatus, Snapshot
from service.domain.masks import MaskVersion
from service.domain.passage import Passage
from service.host.awaited import Awaited, Watchers


class LivePath(Protocol):
    """The pipeline, from a passage to its commit."""

    def on_event(self, event: Passage) -> None:
        """Take a passage as a camera's process reports it; never blocks."""

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that passages are judged by."""

    def check_arming(self, lift_id: str) -> Arming:
        """Find out whether the lift is armed; blocks while pictures are judged again."""

    @property
    def shown(self) -> Watchers:
        """Told when a camera has shown another picture."""

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the camera's newest picture, if there was one yet."""


class CameraStates(Protocol):
    """The cameras' states."""

    def status(self, lift_id: str) -> CameraStatus | None:
        """Return the camera's state; None if none is watched."""


class Feed(Protocol):
    """What tells subscribers of committed alarms."""

    @property
    def last_seq(self) -> int:
        """The newest seq that was handed to subscribers."""

    @property
    def handed(self) -> Watchers:
        """Told when that has changed."""


class ProbedOutputs(Protocol):
    """The outputs to other systems."""

    def names(self) -> tuple[str, ...]:
        """Return those that are switched on."""

    def ping(self, name: str, seq: int, waits: Awaited) -> str | None:
        """Return why an output does not work, in words; None if it does.

        seq: of an entry of the outbox that it must have passed on, or passes on within seconds; 0: none.
        waits: by its end the answer comes at once, whatever it is.
        """
