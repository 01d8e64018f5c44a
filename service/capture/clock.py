"""Media time: a decoder's time stamps made strictly increasing, whatever the camera sends."""

from __future__ import annotations


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
