"""What a server for industrial peers shows, and what it may ask of the service."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from service.domain.alarm import Alarm, AlarmChange
from service.industry.report.nouns import AcknowledgeWanted, PlantReport
from service.industry.report.terms import ServerIdentity


@dataclass(frozen=True, slots=True)
class PeerChoice:
    """What one server shows. lifts: whose state; None: all. wants: which alarms it tells and counts.

    Whether a lift is seen, armed and well, and how many of its bars are open, does not follow from `wants`.
    """

    lifts: Collection[str] | None = None
    wants: Callable[[Alarm], bool] = lambda _: True


class PeerSource(Protocol):
    """Safe from any thread; raises StoreError if the database cannot answer."""

    def report(self, choice: PeerChoice) -> PlantReport:
        """Return what is now, as far as it was chosen."""

    def newest(self) -> int:
        """Return the newest seq, 0 if there was no alarm yet."""

    def page(self, after: int, limit: int) -> tuple[AlarmChange, ...]:
        """Return the changes above `after`, oldest first."""

    def standing(self, before: int) -> tuple[AlarmChange, ...]:
        """Return the last change of each alarm that stands, as far as it is not above `before`."""

    def acknowledge(self, wanted: AcknowledgeWanted, choice: PeerChoice) -> str:
        """Acknowledge alarms that are shown; return the code of the refusal, empty if it was done."""

    def identity(self) -> ServerIdentity:
        """Return who an OPC UA server of this installation is; raises OSError: its certificate is lost."""
