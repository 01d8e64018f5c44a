"""When and where backups are made, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from service.store.evidence.remote import EvidenceAddress


class PictureChoice(StrEnum):
    """Which pictures a backup holds."""

    ALL = "all"
    ALARMS = "alarms"
    NONE = "none"


class ClipChoice(StrEnum):
    """Which clips a backup holds: they are most of what is stored."""

    ALL = "all"
    HELD = "held"
    """Those of alarms that are held as evidence."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """When and where backups are made. hour: in this machine's zone; None: never. keep: how many.

    evidence: the shared store of pictures and clips; None: they are in the data folder.
    """

    folder: Path
    hour: int | None = 3
    keep: int = 7
    pictures: PictureChoice = PictureChoice.ALARMS
    clips: ClipChoice = ClipChoice.HELD
    evidence: EvidenceAddress | None = None
