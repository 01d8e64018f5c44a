"""Carriers that were each seen to pass, of a line that nothing else is known of."""

from __future__ import annotations

from service.line.placing import Sighting


class Timetable:
    """Carriers that were seen to pass, each by itself: what `Line` says of a line that it follows.

    Args:
        sighting: when they passed. middle: the way at which they did.
    """

    clip = None
    interval_s = None

    def __init__(self, sighting: Sighting, middle: float) -> None:
        self.usual = sighting.speed
        self._middles_s, self._middle = list(sighting.middles_s), middle

    def __len__(self) -> int:
        return len(self._middles_s)

    def way(self, carrier: int, t_s: float) -> float:
        """See `Line.way`."""
        return self._middle + (t_s - self._middles_s[carrier]) * self.usual

    def time_of(self, carrier: int, way: float) -> float:
        """See `Line.time_of`."""
        return self._middles_s[carrier] + (way - self._middle) / self.usual

    def there(self, _carrier: int) -> bool:
        """See `Line.there`."""
        return True

    def move(self, way: float) -> None:
        """See `Line.move`."""
        self._middles_s = [middle_s - way / self.usual for middle_s in self._middles_s]
