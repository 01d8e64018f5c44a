"""When carriers pass: what is asked of a line, and its answers where each carrier was seen singly."""

from __future__ import annotations

from typing import Protocol

from service.line.follower import Presence
from service.line.placing import Sighting


class LineSchedule(Protocol):
    """Tells where each carrier is; see `LineFollower`."""

    @property
    def interval_s(self) -> float | None:
        """Seconds between carriers; None if unknown."""

    @property
    def nominal_speed(self) -> float:
        """Progress per second."""

    def progress(self, carrier: int, t_s: float) -> float | None:
        """Return where a carrier was; None if unknown."""

    def time_of(self, carrier: int, progress: float) -> float | None:
        """Return when a carrier was at a place, media seconds; None if unknown."""

    def take_presence(self, carrier: int) -> Presence:
        """Return what was seen at a carrier's place; called once, when the carrier has passed."""

    def shift(self, progress: float) -> None:
        """Move every carrier ahead by this much progress."""


class Timetable:
    """Carriers that were each seen to pass, on a line of which nothing else is known; a `LineSchedule`.

    Args:
        sighting: when they passed. middle: progress of the middle pose, at which they did.
    """

    interval_s = None

    def __init__(self, sighting: Sighting, middle: float) -> None:
        self.nominal_speed = sighting.speed
        self._middles_s, self._middle = list(sighting.middles_s), middle

    def __len__(self) -> int:
        return len(self._middles_s)

    def progress(self, carrier: int, t_s: float) -> float:
        """See `LineFollower.progress`."""
        return self._middle + (t_s - self._middles_s[carrier]) * self.nominal_speed

    def time_of(self, carrier: int, progress: float) -> float:
        """See `LineFollower.time_of`."""
        return self._middles_s[carrier] + (progress - self._middle) / self.nominal_speed

    def take_presence(self, _carrier: int) -> Presence:
        """See `LineFollower.take_presence`."""
        return Presence.PRESENT

    def shift(self, progress: float) -> None:
        """See `LineFollower.shift`."""
        self._middles_s = [middle_s - progress / self.nominal_speed for middle_s in self._middles_s]
