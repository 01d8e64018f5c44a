"""Settings of what is kept: for how long, and which copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from service.store.upkeep.classes import Retention
from service.store.upkeep.plan import BackupPlan, ClipChoice, PictureChoice
from service.variables.evidence import EvidenceVariables


class KeepingVariables(EvidenceVariables):
    """The data folder, BARWATCH_DATABASE_…, BARWATCH_RETENTION_… and BARWATCH_BACKUP_…"""

    data: Path = Field(default=Path("data"), description="Folder of the database and the pictures.")
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://USER:PASSWORD@HOST/DATABASE; a file of SQLite in the data folder if unset.",
    )
    database_url_file: Path | None = Field(default=None, description="A file that holds it.")
    standby: Literal["warm", "cold", "never"] = Field(
        default="warm",
        description="While another service leads with the same database: keep the network loaded; load it "
        "when this one comes to lead; never lead.",
    )
    peer_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/@]+$",
        description="Where other services of the same database reach this one; its host and port if unset.",
    )
    retention_days: float = Field(
        default=8, gt=0, description="How long passages without an alarm are kept, with their pictures."
    )
    retention_alarm_days: float = Field(
        default=30, gt=0, description="How long alarms of the bar are kept, with their passages and pictures."
    )
    retention_health_days: float = Field(default=30, gt=0, description="How long other alarms are kept.")
    retention_review_days: float = Field(
        default=365, gt=0, description="How long reviewed passages are kept, without pictures."
    )
    retention_report_days: float = Field(
        default=1100,
        gt=0,
        description="How long the counts are kept that reports are made of: three seasons.",
    )
    backup_to: Path | None = Field(
        default=None, description="Folder of the backups; in the data folder if unset."
    )
    backup_hour: int = Field(
        default=3, ge=-1, le=23, description="The hour of the daily backup, in this machine's zone; -1: none."
    )
    backup_keep: int = Field(default=7, ge=1, description="How many scheduled backups are kept.")
    backup_pictures: PictureChoice = Field(
        default=PictureChoice.ALARMS, description="Pictures in scheduled backups: all, alarms or none."
    )
    backup_clips: ClipChoice = Field(
        default=ClipChoice.HELD, description="Clips in scheduled backups: all, held or none."
    )

    def backup_folder(self) -> Path:
        """Return where backups are."""
        return self.backup_to or self.data / "backups"

    def backup_plan(self) -> BackupPlan:
        """Return when backups are made, and of what. Raises ConfigurationError."""
        return BackupPlan(
            self.backup_folder(),
            None if self.backup_hour < 0 else self.backup_hour,
            self.backup_keep,
            self.backup_pictures,
            self.backup_clips,
            self.evidence_address(),
        )

    def retention(self) -> Retention:
        """Return how long each class of what is stored is kept."""
        return Retention(
            max_age_days=self.retention_days,
            max_alarm_age_days=self.retention_alarm_days,
            max_health_age_days=self.retention_health_days,
            max_review_age_days=self.retention_review_days,
            max_report_age_days=self.retention_report_days,
        )
