"""A packet as it came from a container, and how a decoder gives what it still has."""

from __future__ import annotations

from typing import NamedTuple

import av
from av.video.frame import VideoFrame


class Came(NamedTuple):
    """A packet as it came.

    stamp_s: when it is to be decoded, seconds; None if it does not say. arrived_s: time.monotonic().
    failed: something of it, or before it, was lost.
    """

    packet: av.Packet[av.VideoStream]
    stamp_s: float | None
    arrived_s: float
    failed: bool


def drained(context: av.VideoCodecContext) -> list[VideoFrame]:
    """Return the pictures that a decoder keeps until others come; it begins anew at the next key frame."""
    pictures = list(context.decode(None))
    context.flush_buffers()
    return pictures
