"""Follows the line by its carriers' movie, and notices when it has lost it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np

from service.domain.arrays import Float32
from service.line.clip import Clip
from service.line.learnt import LearntLine
from service.line.movie import Movie
from service.line.odometer import MOVING, SPEEDS, SURE, Odometer
from service.line.placing import Placing
from service.line.recent import Recent
from service.line.work import Work

_UNSURE = 0.5  # of an interval: moving for so long and not certain where, its phase is lost
_LOST_CARRIERS = 4
_PRESENT = 0.3  # of the carrier in the movie: with less there is none, if the view behind it is seen
_VIEW_SEEN = 0.35  # of the view without carriers: with less, something hides it
_BLIND, _SEEING = 0.15, 0.25  # of the movie's mean energy: blind below the first, seeing above the second
_CLEAR, _CONTRAST_S = 0.6, 2.0  # of that energy: with less, the view is in fog; and how fast that is noticed
_LEAST_SAMPLES = 3
_RESTLESS = 0.5  # of the change that a running line makes; the view of a stopped line changes less


class Bearing(NamedTuple):
    """Where the line was when that was last certain: media seconds, phase, and fraction of nominal speed."""

    t_s: float
    phase: float
    fraction: float


class Presence(Enum):
    """What was seen at a carrier's place on the rope while it passed."""

    PRESENT = "present"
    ABSENT = "absent"
    """The view behind it, and no carrier: a gap on the rope."""
    HIDDEN = "hidden"
    """Neither: something is before the lens, or the camera was moved."""
    UNWATCHED = "unwatched"
    """Too few frames to say."""


class LineFollower:
    """Knows the line's phase: how many carriers have begun, and where on the track each one is.

    Carriers are numbered as they come; progress is 0 at begin and 1 at end. See `Movie` and `Odometer`.

    Attributes:
        lost: the view no longer fits the movie; the line must be learnt again.
        located: whether the phase is certain; not so at first after frames were missing for long, nor once
            frames of a moving line have not told it for half an interval.
        certain: where the line was when the phase was last certain; None before.
    """

    def __init__(self, movie: Movie, odometer: Odometer, placing: Placing, origin: float) -> None:
        """origin: what the odometer reads when carrier 0 is at begin."""
        self._movie, self._odometer, self._placing, self._origin = movie, odometer, placing, origin
        self._recent = Recent()
        self._running = 0.0
        self._restless_s = 0.0
        self._absent = 0
        self._samples: dict[int, list[tuple[float, float]]] = {}
        self._blind = False
        self._energy: float | None = None
        self.lost = False
        self.located = True
        self.certain: Bearing | None = None
        self._unsure_s = 0.0

    @classmethod
    def from_clip(
        cls,
        clip: Clip,
        first_s: float,
        interval_s: float,
        placing: Placing,
        middle: float,
        before: LineFollower | None,
    ) -> Work[LineFollower]:
        """Make the movie from a clip, and follow the line through it from its first frame to its last.

        Frames that are added to the clip meanwhile are followed too.

        Args:
            clip: what was seen. first_s: when the placing's phase was 0. interval_s: between carriers.
            placing: where carriers are. middle: progress of the middle pose.
            before: the follower that this one replaces, if any.
        """
        times, features = clip.times, clip.features.copy()
        phases = (times - first_s) / interval_s
        movie = Movie(phases, features, interval_s)
        yield
        recent = Recent()
        for number, (t_s, phase, feature) in enumerate(zip(times, phases, features, strict=True)):
            change, _ = recent.change(float(t_s), feature)
            if change is not None:
                movie.learn_change(change, float(phase))
            recent.add(float(t_s), feature)
            if number % 40 == 0:
                yield
        odometer = Odometer(movie.phases, movie.interval_s, placing.middle)
        follower = cls(movie, odometer, placing, placing.middle - middle / placing.speed)
        if before is not None:
            follower._running, follower._absent = before._running, before._absent
            follower._restless_s = before._restless_s
        yield from follower.replay(clip)
        return follower

    @classmethod
    def from_learnt(cls, learnt: LearntLine, middle: float) -> LineFollower:
        """Begin with what was learnt before, but not where carriers are."""
        movie = Movie.from_learnt(learnt)
        placing = Placing(learnt.speed, learnt.origin + middle / learnt.speed, learnt.place_certain)
        odometer = Odometer(movie.phases, learnt.interval_s, placing.middle)
        odometer.lose_phase()
        follower = cls(movie, odometer, placing, learnt.origin)
        follower.located = False
        return follower

    @property
    def learnt(self) -> LearntLine:
        """What is known of the line, for another one to begin with."""
        return self._movie.learnt(
            self._odometer.interval_s, self._placing.speed, self._origin, self.place_certain
        )

    @property
    def place_certain(self) -> bool:
        """Whether it is certain where on the track carriers are; see `Placing`."""
        return self._placing.certain

    @property
    def interval_s(self) -> float:
        """Seconds between carriers at the line's nominal speed."""
        return self._odometer.interval_s

    @property
    def speed(self) -> float:
        """The line's speed: progress per second."""
        return self._odometer.speed * self.nominal_speed

    @property
    def nominal_speed(self) -> float:
        """The speed at which it mostly runs: progress per second."""
        return self._placing.speed / self._odometer.interval_s

    @property
    def fraction(self) -> float:
        """The line's speed, as a fraction of nominal speed."""
        return self.speed / max(self.nominal_speed, 1e-9)

    @property
    def at_rest(self) -> bool:
        """Whether the line surely stands, and its phase is not lost."""
        return self.located and self._odometer.at_rest and not self._blind and self._restless_s == 0.0

    @property
    def progress_per_carrier(self) -> float:
        """How far each carrier is behind the one before it, in progress."""
        return self._placing.speed

    def step(self, t_s: float, feature: Float32, elapsed_s: float, *, adapt: bool) -> None:
        """Take in a frame.

        Args:
            t_s: its media time. elapsed_s: since the frame before, 0..1.
            feature: float32[D], see `Roi.features`.
            adapt: let the movie follow what carriers look like.
        """
        movie, odometer = self._movie, self._odometer
        before = odometer.speed
        odometer.step(t_s, self._evidence(t_s, feature))
        certain = odometer.confidence >= SURE
        if certain:
            self.located = True
            self.certain, self._unsure_s = Bearing(t_s, odometer.carriers - self._origin, self.fraction), 0.0
        elif odometer.speed > MOVING:  # a line that stands is where it was
            self._unsure_s += elapsed_s
            self.located = self.located and self._unsure_s < _UNSURE * odometer.interval_s
        steady = certain and 0.7 < odometer.speed < 1.35
        if steady and abs(odometer.speed - before) < 0.1 and adapt:
            movie.learn(feature, odometer.carriers, elapsed_s)
            change, _ = self._recent.change(t_s, feature)
            if change is not None:
                movie.learn_change(change, odometer.carriers)
        self._notice(feature, elapsed_s, steady)
        self._recent.add(t_s, feature)

    def stand(self, t_s: float, feature: Float32, elapsed_s: float) -> None:
        """Take in a frame until which the line stood, with none between; as `step`."""
        self._odometer.stand(t_s)
        self._restless_s = max(0.0, self._restless_s - elapsed_s)
        self._recent.clear()
        self._recent.add(t_s, feature)

    def check_blind(self, feature: Float32, elapsed_s: float) -> bool:
        """Return whether a frame shows nothing (lens covered, light off), with hysteresis; once a frame."""
        energy = self._movie.relative_energy(feature)
        self._blind = energy < (_SEEING if self._blind else _BLIND)
        before = energy if self._energy is None else self._energy
        self._energy = before + (energy - before) * min(elapsed_s / _CONTRAST_S, 1.0)
        return self._blind

    def lose_phase(self) -> None:
        """Forget the phase, because frames were missing for long; the movie is kept."""
        self._recent.clear()
        self._samples.clear()
        self._odometer.lose_phase()
        self.located, self.certain = False, None

    def doubt(self, share: float) -> None:
        """Take the phase for unknown to this share, 0..1: some frames were missing."""
        self._odometer.doubt(share)

    def phase(self, t_s: float) -> float | None:
        """Return how many carriers had begun at a media time, with fractions; None if unknown."""
        read = self._odometer.at(t_s)
        return None if read is None else read - self._origin

    def progress(self, carrier: int, t_s: float) -> float | None:
        """Return where a carrier was on the track, None if unknown."""
        phase = self.phase(t_s)
        return None if phase is None else (phase - carrier) * self._placing.speed

    def time_of(self, carrier: int, progress: float) -> float | None:
        """Return when a carrier was, or at this speed will be, at a place; None if unknown."""
        return self._odometer.time_of(carrier + self._origin + progress / self._placing.speed)

    def moved(self, share: float) -> float:
        """See `Movie.moved`; in fog the view changes less."""
        return self._contrast * self._movie.moved(share)

    def shift(self, progress: float) -> None:
        """Move every carrier ahead by this much progress."""
        self._origin -= progress / self._placing.speed

    def take_presence(self, carrier: int) -> Presence:
        """Return what was seen at a carrier's place, and forget it; once the carrier has passed."""
        samples = self._samples.pop(carrier, [])
        for old in [number for number in self._samples if number < carrier - 3]:
            del self._samples[old]
        if len(samples) < _LEAST_SAMPLES:
            self._absent = 0
            return Presence.UNWATCHED
        shown, view = (float(np.mean(values)) for values in zip(*samples, strict=True))
        if shown >= _PRESENT:
            self._absent = 0
            return Presence.PRESENT
        self._absent += 1
        return Presence.ABSENT if view >= _VIEW_SEEN else Presence.HIDDEN

    def _evidence(self, t_s: float, feature: Float32) -> Float32 | None:
        change, elapsed_s = self._recent.change(t_s, feature)
        if change is None:
            return None
        return self._movie.evidence(change, SPEEDS, elapsed_s / self._odometer.interval_s, self._contrast)

    @property
    def _contrast(self) -> float:
        """How much of the movie's changes must be expected, 0..1."""
        return 1.0 if self._energy is None else min(self._energy / _CLEAR, 1.0)

    def _notice(self, feature: Float32, elapsed_s: float, steady: bool) -> None:
        """Collect evidence of whether carriers are present and whether the line is still followed."""
        movie, odometer, last_feature = self._movie, self._odometer, self._recent.last
        if last_feature is None:
            return
        phase = odometer.carriers - self._origin
        first, last = int(np.floor(phase - 1.0 / self._placing.speed)), int(np.floor(phase))
        for carrier in range(first, last + 1):
            if 0.2 <= (phase - carrier) * self._placing.speed <= 0.9:
                sample = movie.presence(feature, odometer.carriers), movie.view(feature)
                self._samples.setdefault(carrier, []).append(sample)
        change = float(((feature - last_feature) ** 2).sum()) / max(elapsed_s, 0.02)
        if steady:
            self._running += (change - self._running) * min(elapsed_s / 10.0, 1.0)
        restless = odometer.speed < 0.4 and change > _RESTLESS * self._running > 0.0
        self._restless_s = max(0.0, self._restless_s + (elapsed_s if restless else -elapsed_s))
        self.lost = self._restless_s > 2.0 * odometer.interval_s or self._absent >= _LOST_CARRIERS

    def replay(self, clip: Clip) -> Work[None]:
        """Follow the line through the frames of a clip that were not followed yet, to its newest."""
        before_s = clip.frames[0].t_s if self._recent.last_s is None else self._recent.last_s
        for t_s, feature in clip.growing(self._recent.last_s):
            self._odometer.step(t_s, self._evidence(t_s, feature))
            self._notice(feature, t_s - before_s, self._odometer.speed > 0.7)
            self._recent.add(t_s, feature.copy())
            before_s = t_s
            yield
            if self.lost:
                return
