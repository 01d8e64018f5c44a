"""The state in which the line is learnt: frames are kept until the movie of carriers is made from them."""

from __future__ import annotations

from collections.abc import Callable

from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.line.clip import Clip
from service.line.placing import Placer
from service.line.roi import Roi
from service.line.timetable import Timetable
from service.line.work import Work
from service.passages.departures import Departures, Now
from service.vision.interval import find_interval, refine_interval

EVERY_S = 0.075
"""Between the frames that the line is learnt from."""

_TRY_EVERY_S = 0.8
_LEAST_FRAMES = 16
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
        if known_s is not None and clip.seconds < _MOVIES[self._made] * known_s:
            return None
        # Looked for again each time: the first is found from two carriers, and a wrong one does not mend.
        found = find_interval(clip.times, clip.gram)
        if found is not None:
            interval_s = found.seconds
        elif known_s is not None:
            interval_s = refine_interval(clip.times, clip.gram, known_s)
        else:
            return None
        if clip.seconds < _MOVIES[0] * interval_s:
            return None
        self._made = max(self._made + 1, sum(clip.seconds >= part * interval_s for part in _MOVIES))
        return interval_s


def sight(
    clip: Clip, placer: Placer, middle: float, departures_at: Callable[[float], Departures]
) -> Work[list[Passage]]:
    """Report the carriers of a clip that has ended before the line could be learnt.

    Args:
        clip: what was seen. placer: finds them. middle: progress of the middle pose.
        departures_at: makes what reports them, from the line's progress per second.
    """
    if len(clip) < _LEAST_FRAMES:
        return []
    sighting = yield from placer.sight(clip)
    if sighting is None:
        return []
    seen, newest = Timetable(sighting, middle), clip.frames[-1]
    departures = departures_at(seen.nominal_speed)
    yield from departures.moments.learn_backgrounds(clip)
    yield from departures.moments.recall(clip, seen, range(len(seen)))
    if not (yield from departures.learn_appearances(range(len(seen)))):
        return []
    passages: list[Passage] = []
    whole = [carrier for carrier in range(len(seen)) if seen.time_of(carrier, 1.0) <= newest.t_s]
    for carrier in whole:
        passages += departures.report(carrier, seen, Now(newest.t_s, newest.t_mono_s), refine=True)
        yield
    return passages
