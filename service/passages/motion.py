"""Whether a track lets passages be followed."""

from __future__ import annotations

from lifts.schema import Track
from lifts.track import motion_px

LEAST_MOTION_PX = 25.0
"""If a carrier moves by fewer canonical pixels from begin to end, its times are not reliable."""


def track_warnings(track: Track | None) -> list[str]:
    """Return sentences on what makes passages hard to follow along a track; none for a good one."""
    if track is None or (moved := motion_px(track, 0.5)) >= LEAST_MOTION_PX:
        return []
    return [
        (
            f"from begin to end a carrier moves by only {moved:.0f} of the registered picture's 200 pixels "
            f"(at least {LEAST_MOTION_PX:.0f} are needed), too little to tell where it is at which time. "
            "Move begin and end farther apart, or mount the camera more to the side of the line."
        )
    ]
