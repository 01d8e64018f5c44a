"""What the use cases need of the service: the API's runtime has it, and so has a test's."""

from __future__ import annotations

from typing import Protocol

from service.domain.masks import MaskVersion
from service.inference.protocol import Engine
from service.store.database import Store


class ServiceParts(Protocol):
    """The parts that a use case works with."""

    @property
    def store(self) -> Store:
        """The database."""

    @property
    def engine(self) -> Engine:
        """What runs the network."""

    def active_masks(self, lift_id: str) -> MaskVersion:
        """Return the masks that the lift is judged by; raises ConflictError if it has none."""

    def masks_changed(self, lift_id: str) -> None:
        """Judge and register by the lift's active masks from now on."""
