"""Codes for why a passage cannot be judged; the sentences for people are written in the user interfaces."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a picture must not be judged, or why a passage's verdict is `unknown`.

    The codes are stored and are part of the API: codes may be added, but a code never changes its meaning.
    """

    # Of one picture, found in the picture itself.
    DARK = "dark"
    OVER_EXPOSED = "over_exposed"
    NO_CONTRAST = "no_contrast"
    NO_STRUCTURE = "no_structure"
    DAMAGED = "damaged"
    NOT_REGISTERED = "not_registered"
    NOT_SEEN = "not_seen"
    NOT_FINITE = "not_finite"

    # Of the camera while the carrier passed.
    CAMERA_FROZEN = "camera_frozen"
    LENS_COVERED = "lens_covered"
    LENS_PARTLY_COVERED = "lens_partly_covered"
    BLURRED = "blurred"
    ANOTHER_VIEW = "another_view"
    CAMERA_MOVED = "camera_moved"
    NO_FRAMES = "no_frames"
    NO_CARRIERS = "no_carriers"
    SLOW_CAMERA = "slow_camera"
    TOO_FEW_PICTURES = "too_few_pictures"

    # Of the passage as a whole.
    NO_PICTURES = "no_pictures"
    PICTURES_UNUSABLE = "pictures_unusable"
    NOT_THIS_LIFT = "not_this_lift"
    TOO_CLOSE = "too_close"
    MOVING = "moving"
    NO_MASKS = "no_masks"
    MASKS_NOT_EMBEDDED = "masks_not_embedded"

    # Of the machine.
    WORKER_DOWN = "worker_down"
    OVERLOADED = "overloaded"
    LATE = "late"
    FAILED = "failed"

    # In records of earlier versions: a sentence that has no code.
    UNSPECIFIED = "unspecified"
