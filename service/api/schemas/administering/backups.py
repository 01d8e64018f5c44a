"""Backups as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.administration.backups import BackupWork
from service.api.schemas.base import Shape
from service.store.upkeep.plan import ClipChoice, PictureChoice


class BackupPlanOut(BaseModel):
    """When and where backups are made by themselves, and what is part of them."""

    folder: str
    hour: int | None = Field(description="In this machine's zone; null: none is made by itself.")
    keep: int = Field(description="So many stay when one is made by itself.")
    pictures: PictureChoice
    clips: ClipChoice


class BackupOut(Shape):
    """A backup; when it is made it is verified at once."""

    name: str
    made_at: datetime
    size_bytes: int
    checked_at: datetime | None = Field(description="When it was verified last because somebody asked.")
    whole: bool | None = Field(description="What came of that.")


class BackupJobOut(BaseModel):
    """What is being done. name: empty of a backup that is being made."""

    work: BackupWork
    name: str
    begun_at: datetime
    by: str


class BackupOutcomeOut(Shape):
    """What came of the last thing that was asked for since the service started."""

    work: BackupWork
    name: str
    at: datetime
    problem: str = Field(description="Why it failed, in English; empty: it did not.")


class BackupsOut(BaseModel):
    """The backups there are, the newest first."""

    items: list[BackupOut]
    plan: BackupPlanOut
    now: BackupJobOut | None
    last: BackupOutcomeOut | None
    restore: str = Field(description="The command that brings the newest back; empty where there is none.")
