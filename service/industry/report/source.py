"""What a server for industrial peers shows, and what it may ask of the service."""

from __future__ import annotations

from typing import Protocol

from service.domain.alarm import AlarmChange
from service.industry.report.nouns import AcknowledgeWanted, PlantReport
from service.industry.report.terms import ServerIdentity


class PeerSource(Protocol):
    """Safe from any thread; raises StoreError if the database cannot answer."""

    def report(self) -> PlantReport:
        """Return what is now."""

    def newest(self) -> int:
        """Return the newest seq, 0 if there was no alarm yet."""

    def page(self, after: int, limit: int) -> tuple[AlarmChange, ...]:
        """Return the changes above `after`, oldest first."""

    def standing(self, before: int) -> tuple[AlarmChange, ...]:
        """Return the last change of each alarm that stands, as far as it is not above `before`."""

    def acknowledge(self, wanted: AcknowledgeWanted) -> str:
        """Acknowledge alarms; return the code of the refusal, empty if it was done."""

    def identity(self) -> ServerIdentity:
        """Return who an OPC UA server of this installation is; raises OSError: its certificate is lost."""
