"""Reduces a stream's rate: which pictures are handed out, and which need not even be decoded."""

from __future__ import annotations

import av
import numpy as np


class FrameGate:
    """Lets frames through at most `max_fps` times a second of media time."""

    def __init__(self, max_fps: float | None) -> None:
        self._interval_s = 0.0 if max_fps is None else 1.0 / max_fps - 0.002  # stamps are rounded to ms
        self._last_s: float | None = None

    def passes(self, t_s: float) -> bool:
        """Take in a frame's media time; say whether it is due."""
        if self._last_s is not None and t_s - self._last_s < self._interval_s:
            return False
        self._last_s = t_s
        return True


class Thinning:
    """Leaves pictures undecoded that are not wanted, as long as enough others come.

    Pictures from which no other is predicted (most B pictures) can be skipped without harm. Of
    a stream that is at least twice as fast as wanted, 50 pictures are decoded first. Then these pictures are
    skipped if the others alone, through the same gate, keep four fifths of the wanted rate at every moment.
    If they do not, all are decoded again for the rest of the connection. Streams without such pictures,
    which most cameras send, are always decoded completely.
    """

    _SAMPLE = 50

    def __init__(self, context: av.VideoCodecContext, wanted_fps: float | None) -> None:
        self._context, self._wanted_fps = context, wanted_fps or 0.0
        self._seen: list[tuple[float, bool]] = []
        self._interval_s = 0.0
        self._fed = self._given = 0
        self._settled = wanted_fps is None
        self.active = False

    def picture(self, raw_s: float, skippable: bool) -> None:
        """Take in a decoded picture: its stamp, and whether it would have been skipped."""
        if self._settled or self.active:
            return
        self._seen.append((raw_s, skippable))
        if len(self._seen) < self._SAMPLE:
            return
        span_s = self._seen[-1][0] - self._seen[0][0]
        gate = FrameGate(self._wanted_fps)
        kept = [at_s for at_s, skippable in self._seen if not skippable and gate.passes(at_s)]
        gaps = np.diff([self._seen[0][0], *kept, self._seen[-1][0]])
        fast = 0.0 < span_s <= (self._SAMPLE - 1) / (1.9 * self._wanted_fps)
        if fast and len(kept) < self._SAMPLE and float(gaps.max()) <= 1.0 / (0.8 * self._wanted_fps) + 0.002:
            self._interval_s = span_s / (self._SAMPLE - 1)
            self.active = any(skippable for _, skippable in self._seen)
            self._context.skip_frame = "NONREF" if self.active else "DEFAULT"
        self._settled = not self.active
        self._seen.clear()

    def packet(self, pictures: int) -> None:
        """Note how many pictures a packet gave; decode all of them again if they have become too few."""
        if not self.active:
            return
        self._fed, self._given = self._fed + 1, self._given + pictures
        if self._fed < self._SAMPLE:
            return
        if self._given < 0.8 * self._wanted_fps * self._fed * self._interval_s - 1:
            self._context.skip_frame = "DEFAULT"
            self.active, self._settled = False, True
        self._fed = self._given = 0
