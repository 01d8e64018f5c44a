"""Whether a track lets passages be followed."""

from __future__ import annotations

from lifts.schema import Track
from lifts.track import motion_px

LEAST_MOTION_PX = 25.0
"""Canonical pixels of movement from begin to end below which a carrier's times are not to be relied on."""


def track_warnings(track: Track | None) -> list[str]:
    """Say in words what makes passages hard to follow along a track; nothing for a good one or for none."""
    if track is None or (moved := motion_px(track, 0.5)) >= LEAST_MOTION_PX:
        return []
    return [
        (
            f"from begin to end a carrier moves by only {moved:.0f} of the registered picture's 200 pixels "
            f"(at least {LEAST_MOTION_PX:.0f} are needed): when it is where will not be known well. "
            "Move begin and end farther apart, or the camera to where it sees the line more from the side."
        )
    ]
