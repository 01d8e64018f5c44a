"""What the size of packets tells: those of a still view are small, and what moves makes them grow.

Only where a camera encodes by quality. One that keeps to a bit rate spends it on a still view too, and one
whose sensor is noisy spends it on the noise: then sizes say nothing, and that is found out here.
"""

from __future__ import annotations

from collections import deque
from statistics import median

WINDOW = 12
"""Packets that are added up: a whole number of groups of one to three B pictures."""

GROWTH, MOVES = 1.25, 0.1
"""Of the largest window while all stood, and of a running line's more: what is above shows a movement."""

PLAIN = 2.0
"""Sizes say something if half of the windows of a running line are so many times above that."""

_LEAST_RUNNING, _MOST_RUNNING = 20, 240  # windows: 10 s and 2 minutes of a camera of 25 pictures a second
_LEAST_STANDING = 4 * WINDOW
_KEYS = 8  # key frames of a running line


class PacketSizes:
    """The sizes of a stream's pictures between key frames, while the line runs and while it stands."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=WINDOW)
        self._running: deque[int] = deque(maxlen=_MOST_RUNNING)
        self._sum = self._count = 0
        self._usual = self._usual_key = 0.0
        self._keys: deque[int] = deque(maxlen=_KEYS)
        self._key = 0
        self._largest, self._seen = 0, 0

    def packet(self, size: int, line_runs: bool) -> None:
        """Take in a packet of so many bytes. line_runs: the line surely runs."""
        if len(self._recent) == WINDOW:
            self._sum -= self._recent[0]
        self._recent.append(size)
        self._sum += size
        self._count += 1
        if line_runs and self._count % WINDOW == 0 and len(self._recent) == WINDOW:
            self._running.append(self._sum)
            self._usual = median(self._running)

    def key(self, size: int, line_runs: bool) -> None:
        """Take in a key frame of so many bytes: it tells how much the camera spends on what it sees now."""
        self._key = size
        if line_runs:
            self._keys.append(size)
            self._usual_key = median(self._keys)

    def stands(self) -> None:
        """Take the last window as one in which all stood."""
        if len(self._recent) == WINDOW:
            self._largest, self._seen = max(self._largest, self._sum), self._seen + 1

    def begin_standing(self) -> None:
        """Forget what was small before: the line has come to stand anew."""
        self._largest = self._seen = 0
        self.clear()

    def clear(self) -> None:
        """Forget the last window: packets are missing, or come from another connection."""
        self._recent.clear()
        self._sum = 0

    @property
    def usual(self) -> float:
        """What half of a running line's windows would weigh now, bytes.

        The line ran in other light, perhaps, or before fog came or the camera was set otherwise: then key
        frames have become smaller too, and what moves weighs as much less.
        """
        return self._usual * min(1.0, self._key / self._usual_key) if self._usual_key else 0.0

    @property
    def limit(self) -> float:
        """What a window of a still view does not exceed, bytes."""
        return GROWTH * self._largest + MOVES * self.usual

    @property
    def grown(self) -> bool:
        """Whether the last window exceeds it."""
        return self._sum > self.limit

    @property
    def known(self) -> bool:
        """Whether enough was seen of the line that stands."""
        return self._seen >= _LEAST_STANDING

    @property
    def tell(self) -> bool:
        """Whether something that moves would be seen by them at once."""
        enough = self.known and len(self._running) >= _LEAST_RUNNING
        return enough and self.usual >= PLAIN * self.limit
