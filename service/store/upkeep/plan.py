"""When and where backups are made, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class PictureChoice(StrEnum):
    """Which pictures a backup holds."""

    ALL = "all"
    ALARMS = "alarms"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """When and where backups are made. hour: in this machine's zone; None: never. keep: how many."""

    folder: Path
    hour: int | None = 3
    keep: int = 7
    pictures: PictureChoice = PictureChoice.ALARMS
