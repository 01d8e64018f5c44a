"""Of several services on one database, the one that leads: its cameras watch, it alone judges and alarms."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Leader:
    """A service's claim to lead.

    fence: grows with each claim; a claim ends with the next one. address: where other services reach it.
    secret: what another service shows it, to be believed for whom it asks.
    """

    fence: int
    address: str = ""
    secret: str = field(default="", repr=False)


ALONE = Leader(0)
"""The one service of a database that no other can use."""
