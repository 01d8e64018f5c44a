"""Settings of alarms' clips."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from service.domain.evidence.clip import ClipRules, NoClip

HIDDEN_DAYS = 3.0
"""How long clips are kept by default where people are hidden in all else: what is usual for video of places
where people work and pass, 72 hours."""


class ClipVariables(BaseSettings):
    """BARWATCH_CLIPS and what belongs to it."""

    clips: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Clips of alarms: off, on, or auto: on unless people are hidden (BARWATCH_PRIVACY).",
    )
    retention_clip_days: float | None = Field(
        default=None,
        gt=0,
        description="How long clips are kept; unset: as their alarms, but 3 days while people are hidden.",
    )
    clips_gb: float = Field(
        default=10, gt=0, description="How much of the disk clips take at most, GB: the oldest go first."
    )

    def clip_rules(self, *, hides: bool, alarm_days: float) -> ClipRules:
        """Return whether clips are made and how long they stay.

        hides: whether people are hidden in what is stored. alarm_days: how long alarms of the bar are kept.
        """
        none = NoClip.OFF if self.clips == "off" else None
        if self.clips == "auto" and hides:
            none = NoClip.HIDDEN
        usual = min(HIDDEN_DAYS, alarm_days) if hides else alarm_days
        days = usual if self.retention_clip_days is None else min(self.retention_clip_days, alarm_days)
        return ClipRules(none, days, round(self.clips_gb * 1e9))
