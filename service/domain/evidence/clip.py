"""Clips of alarms: what is asked of a camera's process, what it gives, and why there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.domain.arrays import Image

BEFORE_S, AFTER_S = 8.0, 4.0
"""From how long before the moment of an alarm to how long after it a clip is wanted."""

TOLERANCE_S = 0.3
"""A clip that begins later or ends earlier than wanted by less than this is whole."""


class NoClip(StrEnum):
    """Why an alarm has no clip."""

    CODEC = "codec"
    """No browser plays what the camera sends (MJPEG) in an MP4 file, and nothing is encoded anew."""
    NO_KEY_FRAME = "no_key_frame"
    """The camera's key frames are so far apart that none was held to begin at."""
    NO_PICTURES = "no_pictures"
    """Nothing that came at that time is held: the camera was lost, or the alarm came late."""
    NO_ANSWER = "no_answer"
    """The camera's process ended before it could cut the clip."""
    BUSY = "busy"
    """More clips waited for the disk than are kept in memory."""
    DISK = "disk"
    """The disk has little room, or the file could not be written."""
    MISSING = "missing"
    """Its file was gone when the service started."""
    EXPIRED = "expired"
    """It was kept for its time, or made room for newer ones."""
    DELETED = "deleted"
    """A person had it deleted."""


@dataclass(frozen=True, slots=True)
class ClipWanted:
    """What the service asks a camera's process for.

    passage_id: whose carrier's moment at TF counts, None: `at_mono_s` does.
    at_mono_s: time.monotonic() of the alarm's moment.
    """

    alarm_id: str
    passage_id: str | None
    at_mono_s: float


@dataclass(frozen=True, slots=True, eq=False)
class ClipMade:
    """What the process gives.

    content: uint8[N], an MP4 file; nothing where there is none, for the reason `none`.
    codec: as FFmpeg calls it. begins_s, ends_s: of its first and last picture, seconds from the moment.
    """

    alarm_id: str
    content: Image | None
    codec: str = ""
    begins_s: float = 0.0
    ends_s: float = 0.0
    none: NoClip | None = None
