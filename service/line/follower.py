"""The line's movement: learns its carriers' movie, follows them through it, notices when it has lost them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction
from lifts.schema import MaskPair, Track
from service.domain.frame import Frame
from service.line.clip import Clip
from service.line.interval import find_interval, near_interval
from service.line.learnt import LearntLine
from service.line.movie import Movie
from service.line.odometer import SPEEDS, Odometer
from service.line.placing import Placer, Placing
from service.line.roi import Roi
from service.line.timetable import Timetable

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

_LOOK_EVERY_S = 0.8
_AGAIN = (1.7, 2.7, 3.7)  # intervals after which the movie is made, from all that was seen till then
_LAG_S, _LEAST_LAG_S, _MOST_LAG_S = 0.4, 0.12, 0.8
_SURE = 0.75
_LOST_CARRIERS = 4
_LEAST_FRAMES = 16
_THERE = 0.15  # of what the movie shows of a carrier: less is none, if the place is seen as ever
_RESTLESS = 0.5  # of the change a running line makes: a line that stands does not


class Line:
    """Steps clip, movie and odometer together.

    known: whether the carriers are followed. fresh: whether a movie was made at this very step, so that what
    the clip shows may be looked at anew. roi: what of the frames is looked at.
    """

    def __init__(
        self,
        track: Track,
        size: tuple[int, int],
        masks: MaskPair | None,
        references: dict[str, Bytes],
        *,
        aside: bool = False,
    ) -> None:
        """See PassageExtractor; aside: make movies on a thread, so that a live camera's frames go on."""
        self.roi = Roi(track, *size)
        self.known = False
        self.fresh = False
        self.clip: Clip | None = Clip(self.roi, track)
        self._track = track
        self._middle = middle_fraction(track)
        self._placer = Placer(track, self.roi, masks, references)
        self._pool = ThreadPoolExecutor(1, "line-learning") if aside else None
        self._pending: tuple[Future[Placing], float, float] | None = None
        self._past: deque[tuple[float, Floats]] = deque(maxlen=12)
        self._movie: Movie | None = None
        self._odometer: Odometer | None = None
        self._placing = Placing(1.0, 0.0)
        self._origin = 0.0
        self._made = 0
        self._look_s = 0.0
        self._running = 0.0
        self._restless_s = 0.0
        self._absent = 0
        self._seen: dict[int, list[float]] = {}

    @property
    def interval_s(self) -> float | None:
        """Seconds between carriers at the line's usual speed; None while unknown."""
        return self._odometer.interval_s if self.known and self._odometer is not None else None

    @property
    def speed(self) -> float:
        """The line's speed in ways (begin to end) a second, 0 while unknown."""
        if not self.known or self._odometer is None:
            return 0.0
        return self._odometer.speed * self.usual

    @property
    def way_per_carrier(self) -> float:
        """How far, in ways, each carrier is behind the one before."""
        return self._placing.speed

    @property
    def usual(self) -> float:
        """Its usual speed in ways a second, 0 while unknown."""
        return self._placing.speed / self._odometer.interval_s if self._odometer is not None else 0.0

    def step(self, frame: Frame, elapsed_s: float) -> None:
        """Take in a frame; elapsed_s since the one before.

        Damaged ones too: with one packet in fifty lost, most frames hang on one that is. What they show
        wrongly is no carrier's, and what they show of carriers is still enough to follow the line by.
        """
        self.fresh = False
        small = self.roi.small(frame.luma)
        feature = self.roi.features(small)
        if self.clip is not None:
            self.clip.add(frame, small, feature)
        if self.known:
            self._follow(frame.t_s, feature, elapsed_s)
        self._past.append((frame.t_s, feature))
        if self._pending is not None:
            self._take()
        elif self.clip is not None and frame.t_s - self._look_s >= _LOOK_EVERY_S:
            self._look_s = frame.t_s
            self._look()

    def sightings(self) -> Timetable | None:
        """Return when carriers passed in a clip that has ended before the line could be learnt."""
        if self.known or self.clip is None or len(self.clip) < _LEAST_FRAMES:
            return None
        sighting = self._placer.sight(self.clip)
        return None if sighting is None else Timetable(sighting, self._middle)

    @property
    def learnt(self) -> LearntLine | None:
        """What is known of the line; None while it is being learnt."""
        if self._movie is None or self._odometer is None or self.clip is not None or not self.known:
            return None
        return self._movie.learnt(self._odometer.interval_s, self._placing.speed, self._origin)

    def resume(self, learnt: LearntLine) -> bool:
        """Begin with what was learnt before, but not where carriers are; say whether it is of this view."""
        if learnt.frames.shape[1] != 2 * self.roi.size[0] * self.roi.size[1]:
            return False
        self._movie = Movie.of_learnt(learnt)
        self._odometer = Odometer(self._movie.phases, learnt.interval_s)
        self._odometer.lose()
        self._placing = Placing(learnt.speed, learnt.origin + self._middle / learnt.speed)
        self._origin, self._made = learnt.origin, len(_AGAIN)
        self.known, self.clip = True, None
        return True

    def lose(self) -> None:
        """Frames are missing for long: where the carriers are is unknown, what they look like is not."""
        self._past.clear()
        self._seen.clear()
        if self._odometer is not None:
            self._odometer.lose()
        if self.clip is not None:
            self.clip.clear()
            self.known, self._made, self._pending = False, 0, None

    def number(self, t_s: float) -> float | None:
        """Return how many carriers had begun at a media time; its fraction is the newest one's way."""
        read = None if self._odometer is None else self._odometer.at(t_s)
        return None if read is None else read - self._origin

    def way(self, carrier: int, t_s: float) -> float | None:
        """Return where carrier number so-and-so was, 0 at begin and 1 at end; None if not known."""
        number = self.number(t_s)
        return None if number is None else (number - carrier) * self._placing.speed

    def time_of(self, carrier: int, way: float) -> float | None:
        """Return when a carrier was, or if all goes on will be, at a place; None if not known."""
        if self._odometer is None:
            return None
        return self._odometer.time_of(carrier + self._origin + way / self._placing.speed)

    def move(self, way: float) -> None:
        """Carriers are known to be so much farther than was thought."""
        self._origin -= way / self._placing.speed

    def there(self, carrier: int) -> bool:
        """Say whether a carrier was there at all, told once when it has passed: ropes have gaps."""
        seen = self._seen.pop(carrier, [])
        there = len(seen) < 3 or float(np.mean(seen)) >= _THERE
        self._absent = 0 if there else self._absent + 1
        for old in [number for number in self._seen if number < carrier - 3]:
            del self._seen[old]
        return there

    def _follow(self, t_s: float, feature: Floats, elapsed_s: float) -> None:
        movie, odometer = self._movie, self._odometer
        if movie is None or odometer is None:
            return
        before = odometer.speed
        odometer.step(t_s, self._evidence(t_s, feature, movie, odometer))
        steady = odometer.sure >= _SURE and 0.7 < odometer.speed < 1.35
        if steady and abs(odometer.speed - before) < 0.1 and self.clip is None:
            movie.learn(feature, odometer.carriers, elapsed_s)
            change, _ = self._change(t_s, feature)
            if change is not None:
                movie.learn_change(change, odometer.carriers)
        self._notice(feature, elapsed_s, steady)

    def _evidence(self, t_s: float, feature: Floats, movie: Movie, odometer: Odometer) -> Floats | None:
        change, elapsed_s = self._change(t_s, feature)
        if change is None:
            return None
        return movie.evidence(change, SPEEDS, elapsed_s / odometer.interval_s)

    def _change(self, t_s: float, feature: Floats) -> tuple[Floats | None, float]:
        """Return the features' change since a little while ago, and how long ago; None where unknown."""
        usable = [past for past in self._past if _LEAST_LAG_S <= t_s - past[0] <= _MOST_LAG_S]
        if not usable:
            return None, 0.0
        then_s, then = min(usable, key=lambda past: abs(t_s - past[0] - _LAG_S))
        return feature - then, t_s - then_s

    def _notice(self, feature: Floats, elapsed_s: float, steady: bool) -> None:
        """Gather what tells whether carriers are there, and whether the line is followed at all."""
        movie, odometer = self._movie, self._odometer
        if movie is None or odometer is None or not self._past:
            return
        number = odometer.carriers - self._origin
        first, last = int(np.floor(number - 1.0 / self._placing.speed)), int(np.floor(number))
        for carrier in range(first, last + 1):
            if 0.2 <= (number - carrier) * self._placing.speed <= 0.9:
                self._seen.setdefault(carrier, []).append(movie.presence(feature, odometer.carriers))
        change = float(((feature - self._past[-1][1]) ** 2).sum()) / max(elapsed_s, 0.02)
        if steady:
            self._running += (change - self._running) * min(elapsed_s / 10.0, 1.0)
        restless = odometer.speed < 0.4 and change > _RESTLESS * self._running > 0.0
        self._restless_s = max(0.0, self._restless_s + (elapsed_s if restless else -elapsed_s))
        if self._restless_s > 2.0 * odometer.interval_s or self._absent >= _LOST_CARRIERS:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """The view no longer fits the movie: learn it again. Until then nothing is known."""
        self.known, self._made, self._absent, self._restless_s = False, 0, 0, 0.0
        self._pending = None
        self.clip = Clip(self.roi, self._track)
        self._odometer = None
        self._seen.clear()

    def _look(self) -> None:
        """Make the movie if enough has been seen, and again from more; then the clip is no longer needed."""
        clip = self.clip
        if clip is None:
            return
        times = clip.times
        known_s = self._odometer.interval_s if self._odometer is not None and self.known else None
        if known_s is None:
            found = find_interval(times, clip.gram)
            if found is None or clip.seconds < _AGAIN[0] * found.seconds:
                return
            interval_s = found.seconds
        else:
            if clip.seconds < _AGAIN[self._made] * known_s:
                return
            interval_s = near_interval(times, clip.gram, known_s)
        self._made = max(self._made + 1, sum(clip.seconds >= part * interval_s for part in _AGAIN))
        if self._pool is None:
            self._make(clip, clip.times[0], interval_s, self._placer.place(clip, interval_s))
        else:
            placing = self._pool.submit(self._placer.place, clip.snapshot(), interval_s)
            self._pending = placing, float(clip.times[0]), interval_s

    def _take(self) -> None:
        """Go on with what was being learnt aside, once it is."""
        if self._pending is None or self.clip is None or not self._pending[0].done():
            return
        placing, first_s, interval_s = self._pending
        self._pending = None
        self._make(self.clip, first_s, interval_s, placing.result())

    def release(self) -> None:
        """What was to be taken from the clip is taken: let it go once the movie is as good as it gets."""
        if self._made >= len(_AGAIN) and self._pending is None:
            self.clip = None

    def _make(self, clip: Clip, first_s: float, interval_s: float, placing: Placing) -> None:
        """Make movie and odometer from a clip, and follow the line through it from its first frame on.

        first_s: when the phase was 0, by the placing.
        """
        times, features = clip.times, clip.features
        phases = (times - first_s) / interval_s
        movie = self._movie_of(phases, times, features, interval_s)
        self._placing = placing
        self._origin = self._placing.middle - self._middle / self._placing.speed
        self._seen.clear()
        self.known = self.fresh = True
        self._replay(movie, times, features)

    def _movie_of(self, phases: Doubles, times: Doubles, features: Floats, interval_s: float) -> Movie:
        movie = Movie(phases, features, interval_s)
        self._past.clear()
        for t_s, phase, feature in zip(times, phases, features, strict=True):
            change, _ = self._change(float(t_s), feature)
            if change is not None:
                movie.learn_change(change, float(phase))
            self._past.append((float(t_s), feature))
        return movie

    def _replay(self, movie: Movie, times: Doubles, features: Floats) -> None:
        """Follow the line through a clip with a new odometer."""
        self._movie = movie
        self._odometer = odometer = Odometer(movie.phases, movie.interval_s)
        self._past.clear()
        before_s = float(times[0])
        for t_s, feature in zip(times, features, strict=True):
            odometer.step(float(t_s), self._evidence(float(t_s), feature, movie, odometer))
            self._notice(feature, float(t_s) - before_s, odometer.speed > 0.7)
            self._past.append((float(t_s), feature.copy()))
            before_s = float(t_s)
