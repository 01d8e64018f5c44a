"""A camera's one stream while the line stands: from when on key frames may be enough, and until when."""

from __future__ import annotations

from typing import Protocol

from service.capture.packets.sparing import Sparing
from service.vision.still import StillView

LEAST_S = 4.0
"""For so long the line must have stood, whatever its interval."""

INTERVALS = 1.5
"""For so many intervals: of a line that runs a carrier would have come by then, where none is in view."""


class WatchedLine(Protocol):
    """What is asked of a station; see `Station`."""

    @property
    def line_runs(self) -> bool:
        """Whether the line is followed and does not stand."""

    @property
    def interval_s(self) -> float | None:
        """Seconds between carriers at nominal speed; None while they are not followed."""

    def at_rest(self, now_s: float) -> bool:
        """Say whether the line surely stands, and the camera sees it as it should."""

    def still_view(self) -> StillView | None:
        """Return what tells by key frames whether the line stands on; None if it does not stand."""


class StandingLine:
    """Tells a camera's `Sparing` whether the line stands; for the thread that follows the line.

    Args:
        sparing: the camera's. Its reader, on another thread, does what follows from it.
    """

    def __init__(self, sparing: Sparing) -> None:
        self._sparing = sparing
        self._since_s: float | None = None

    def step(self, station: WatchedLine, now_s: float) -> None:
        """Take in how the line runs after a frame; now_s: as the station's."""
        sparing = self._sparing
        sparing.line_runs = station.line_runs
        if not station.at_rest(now_s):
            self._since_s = None
            sparing.withdraw()
        elif self._since_s is None or sparing.over:
            # Whatever ended it, the line is followed by all frames for a while before it is tried again.
            self._since_s = now_s
            sparing.withdraw()
        elif sparing.view is None and now_s - self._since_s >= self._least_s(station):
            sparing.view = station.still_view()

    def _least_s(self, station: WatchedLine) -> float:
        return max(LEAST_S, INTERVALS * (station.interval_s or 0.0))
