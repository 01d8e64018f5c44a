"""Clips as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.api.schemas.base import Shape
from service.domain.evidence.clip import AFTER_S, BEFORE_S, TOLERANCE_S, NoClip, StoredClip
from service.store import alarms


class ClipOut(Shape):
    """An alarm's clip, or why there is none."""

    alarm_id: str
    url: str | None = Field(description="Where the file is; null where there is none.")
    reason: NoClip | None = Field(description="Why there is none.")
    at: datetime = Field(description="The alarm's moment: TF, or when it was raised.")
    begins_s: float = Field(description="Of the first picture, seconds from the moment: about -8.")
    ends_s: float = Field(description="Of the last picture, seconds from the moment: about 4.")
    begins_late: bool = Field(description="Less than 8 s before the moment are there.")
    ends_early: bool = Field(
        description="Less than 4 s after the moment are there: the camera was lost, or `cut_short`."
    )
    cut_short: bool = Field(description="The service was stopped before all of it had come.")
    codec: str = Field(description="`h264`, which every browser plays, or `hevc`, which some do.")
    bytes: int
    sha256: str | None = Field(description="Of the file, also once it is gone.")
    shows_people: bool = Field(description="Whether people are hidden in all else that is stored.")

    @classmethod
    def of(cls, clip: StoredClip, root_path: str, *, hides: bool) -> ClipOut:
        """Take what the API shows; root_path: below which addresses lie. hides: of the settings."""
        there = clip.file is not None
        return cls(
            alarm_id=clip.alarm_id,
            url=root_path + alarms.clip_url(clip.alarm_id) if there else None,
            reason=clip.none,
            at=clip.at,
            begins_s=clip.begins_s,
            ends_s=clip.ends_s,
            begins_late=there and clip.begins_s > -BEFORE_S + TOLERANCE_S,
            ends_early=there and clip.ends_s < AFTER_S - TOLERANCE_S,
            cut_short=clip.cut_short,
            codec=clip.codec,
            bytes=clip.bytes,
            sha256=clip.sha256,
            shows_people=hides,
        )
