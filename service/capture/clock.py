"""Media time: time stamps made strictly increasing, whatever a camera sends or a file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


class MediaClock:
    """Turns raw time stamps into seconds from the first frame, strictly increasing.

    A stamp that runs backwards, stands still or leaps forward (a camera that sets its clock, a file that
    starts again) is taken as a new beginning: the frame is put one frame interval after the one before it.
    """

    def __init__(self, nominal_interval_s: float = 0.04, max_leap_s: float = 5.0) -> None:
        self._nominal_s = nominal_interval_s
        self._max_leap_s = max_leap_s
        self._offset_s: float | None = None
        self._last_s = 0.0

    def stamp(self, raw_s: float, elapsed_s: float | None = None) -> float:
        """Return the media time of a frame.

        Args:
            raw_s: the decoder's stamp in seconds, any origin.
            elapsed_s: monotonic seconds since the frame before, if known: live cameras that leap by as much
                as truly went by are believed, and new beginnings are placed by it.
        """
        if self._offset_s is None:
            self._offset_s = -raw_s
            return self._last_s
        t_s = raw_s + self._offset_s
        leap_s = t_s - self._last_s
        allowed_s = self._max_leap_s if elapsed_s is None else max(self._max_leap_s, 2.0 * elapsed_s)
        if not 0.0 < leap_s <= allowed_s:
            t_s = self._last_s + max(self._nominal_s, elapsed_s or 0.0)
            self._offset_s = t_s - raw_s
        self._last_s = t_s
        return t_s


class RecordingClock:
    """Times of a recording's pictures by the file's own stamps, seconds from where its first stream starts.

    Strictly increasing, and the same each time: no clock of this machine is asked. A gap stays a gap. Where
    stamps go back, another clip was joined behind the first; it goes on one picture later. A stamp that its
    neighbours contradict is not believed.

    Args:
        interval_s: between pictures by the file's own account: used until two have come.
    """

    _LEAP_S = 5.0
    """A stamp so far ahead is looked at twice."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._offset_s = 0.0
        self._last_s: float | None = None
        self.joins_s: list[float] = []
        """When a clip begins that was joined behind another."""

    def timed(self, pictures: Iterable[tuple[float, T]], start_s: float | None) -> Iterator[tuple[float, T]]:
        """Yield each picture with its time. Call it again for each further file that is joined behind.

        Args:
            pictures: of one file: stamp in seconds, and anything.
            start_s: the stamp at which that file's first stream starts; None: its first picture's.
        """
        held: tuple[float, T] | None = None
        first = True
        for raw_s, picture in pictures:
            if first:
                first = False
                yield self._begin(raw_s, start_s), picture
                continue
            if held is not None:
                yield self._settle(held[0], raw_s), held[1]
                held = None
            if self._follows(raw_s):
                yield self._next(raw_s + self._offset_s), picture
            else:
                held = raw_s, picture
        if held is not None:
            yield self._settle(held[0], None), held[1]

    def _begin(self, raw_s: float, start_s: float | None) -> float:
        if self._last_s is not None:
            return self._join(raw_s)
        # A container's start is rounded: a stream that starts with it starts at 0.
        self._offset_s = -raw_s if start_s is None or abs(raw_s - start_s) < 1e-3 else -start_s
        self._last_s = raw_s + self._offset_s
        return self._last_s

    def _follows(self, raw_s: float) -> bool:
        return self._last_s is None or 0.0 < raw_s + self._offset_s - self._last_s <= self._LEAP_S

    def _settle(self, raw_s: float, next_s: float | None) -> float:
        """Return the time of a picture whose stamp leaps; next_s: the next one's stamp, None at the end."""
        last_s, t_s = self._last_s or 0.0, raw_s + self._offset_s
        if next_s is not None and self._follows(next_s) and not 0.0 < next_s - raw_s <= self._LEAP_S:
            return self._next(0.5 * (last_s + next_s + self._offset_s))
        return self._next(t_s) if t_s > last_s else self._join(raw_s)

    def _join(self, raw_s: float) -> float:
        t_s = (self._last_s or 0.0) + self._interval_s
        self._offset_s = t_s - raw_s
        self.joins_s.append(t_s)
        return self._next(t_s)

    def _next(self, t_s: float) -> float:
        step_s = t_s - (self._last_s or 0.0)
        if step_s <= 1.0:
            self._interval_s = step_s
        self._last_s = t_s
        return t_s
