"""The state in which the line is learnt: frames are kept until the movie of carriers is made from them."""

from __future__ import annotations

from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.domain.frame import Frame
from service.line.clip import Clip
from service.line.roi import Roi
from service.vision.interval import find_interval, refine_interval

EVERY_S = 0.075
"""Between the frames that the line is learnt from."""

_TRY_EVERY_S = 0.8
_MOVIES = (1.7, 2.7, 3.7)  # intervals after which a movie is made, from all that was seen till then


class Learning:
    """Keeps a clip and says when the next movie can be made from it; the third is the last.

    Args:
        roi: the region of the frames that is used. track: the lift's.
    """

    def __init__(self, roi: Roi, track: TrackGeometry) -> None:
        self.clip = Clip(roi, track)
        self._made = 0
        self._tried_s = 0.0

    @property
    def done(self) -> bool:
        """Whether the best movie has been made."""
        return self._made >= len(_MOVIES)

    def add(self, frame: Frame, small: Image, feature: Float32) -> None:
        """Take in a frame, its reduced picture and its features float32[D]."""
        self.clip.add(frame, small, feature)

    def due(self, t_s: float, known_s: float | None) -> float | None:
        """Return the carriers' interval in seconds if a movie is to be made now; asked at each frame.

        known_s: the interval as it is known by then, from the movie before.
        """
        clip = self.clip
        if self.done or t_s - self._tried_s < _TRY_EVERY_S:
            return None
        self._tried_s = t_s
        if known_s is None:
            found = find_interval(clip.times, clip.gram)
            if found is None or clip.seconds < _MOVIES[0] * found.seconds:
                return None
            interval_s = found.seconds
        else:
            if clip.seconds < _MOVIES[self._made] * known_s:
                return None
            interval_s = refine_interval(clip.times, clip.gram, known_s)
        self._made = max(self._made + 1, sum(clip.seconds >= part * interval_s for part in _MOVIES))
        return interval_s
