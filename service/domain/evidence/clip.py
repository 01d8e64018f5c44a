"""Clips of alarms: what is asked of a camera's process, what it gives, and why there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.alarm import AlarmKind
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
    PENDING = "pending"
    """It is being recorded: seconds after the alarm. What is so noted and found at a start never came."""
    SERVICE_ENDED = "service_ended"
    """The service ended before it came: by force, or its camera's process did not answer in time."""
    NOT_MADE = "not_made"
    """None was made: the service ended meanwhile, or clips were off at that time."""
    KIND = "kind"
    """Alarms of this kind have none."""
    OFF = "off"
    """Clips are switched off."""
    HIDDEN = "hidden"
    """People are hidden in what is stored, and nobody has decided that clips, which show them, are kept."""


CLIP_KINDS = frozenset(
    {
        AlarmKind.BAR_OPEN,
        AlarmKind.CAMERA_LOST,
        AlarmKind.CAMERA_FROZEN,
        AlarmKind.VIEW_CHANGED,
        AlarmKind.LOW_VISIBILITY,
    }
)
"""Alarms that have clips: what they are about can be seen."""


@dataclass(frozen=True, slots=True)
class ClipRules:
    """Whether clips are made, and what is kept of them.

    none: why no clips are made, None if they are.
    """

    none: NoClip | None = NoClip.HIDDEN
    max_age_days: float = 3.0
    most_bytes: int = 10_000_000_000


@dataclass(frozen=True, slots=True)
class ClipWanted:
    """What the service asks a camera's process for.

    passage_id: whose carrier's moment at TF counts, None: `at_mono_s` does.
    at_mono_s: time.monotonic() of the alarm's moment.
    at_once: the service ends: cut what has come, whether or not it was asked for before.
    """

    alarm_id: str
    passage_id: str | None
    at_mono_s: float
    at_once: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ClipMade:
    """What the process gives.

    content: uint8[N], an MP4 file; nothing where there is none, for the reason `none`.
    codec: as FFmpeg calls it. begins_s, ends_s: of its first and last picture, seconds from the moment.
    cut_short: the service ended before all of it had come.
    """

    alarm_id: str
    content: Image | None
    codec: str = ""
    begins_s: float = 0.0
    ends_s: float = 0.0
    none: NoClip | None = None
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class StoredClip:
    """An alarm's clip as it is recorded.

    at: the alarm's moment. none: why there is no file, None while there is one.
    file: below the clips' folder. sha256, bytes: of the file, also once it is gone.
    codec, begins_s, ends_s, cut_short: see ClipMade.
    """

    alarm_id: str
    lift_id: str
    at: datetime
    none: NoClip | None
    file: str | None = None
    sha256: str | None = None
    bytes: int = 0
    codec: str = ""
    begins_s: float = 0.0
    ends_s: float = 0.0
    cut_short: bool = False
