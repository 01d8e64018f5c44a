"""The movie of one carrier interval: what the view looks like at each phase, averaged over all carriers.

What all carriers share adds up; people, snow and shadows come at any phase and average out. A frame is then
placed in the movie by its likeness to each phase: one product of a matrix and a vector.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float32
from service.line.learnt import LearntLine
from service.vision.rivals import smoothed

_PHASE_S = 0.06
_FEWEST, _MOST = 48, 256
_MEMORY = 12.0  # carriers
_BACKGROUND_S = 40.0
_LEAST = -0.25  # a carrier that looks unlike all others must not count for more than that against a phase
_CHANGE_RATE = 0.2
_STILL = 2.0
_QUIET = 0.15  # the most that counts against a running line because the view is quieter than it mostly is
_VARIES = 1.15  # times what is not the carriers' change is left out
_ANEW = 16  # changes after which it is found anew
_MOVED = 2.5  # a running line changes the view at least this many times as much as a standing one
_STACKS = 64
_IN_VIEW = 0.7  # quantile of the phases' changes: carriers are in view for half of an interval and more
_SEEN = 0.3  # of the expected change that must be seen, whatever riders and weather do


class Movie:
    """Features by phase.

    frames: float32[K, D], what a frame at each phase shows beyond the background. background: float32[D].
    interval_s: seconds between carriers at nominal speed.
    """

    def __init__(self, phases: npt.NDArray[np.float64], features: Float32, interval_s: float) -> None:
        """Build it from a clip.

        Args:
            phases: float64[N], where in the movie each frame is, in intervals; fractions count.
            features: float32[N, D]. interval_s: the carriers' interval.
        """
        self.interval_s = interval_s
        k = min(max(round(interval_s / _PHASE_S), _FEWEST), _MOST)
        self._count = np.zeros(k, np.float32)
        self.frames: Float32 = np.zeros((k, features.shape[1]), np.float32)
        for phase, feature in zip(phases, features, strict=True):
            for bin_, share in self._bins(float(phase)):
                self._count[bin_] += share
                self.frames[bin_] += share * feature
        self._change = np.zeros(k, np.float32)
        self._fill()
        self.background: Float32 = np.asarray(self.frames.mean(axis=0), dtype=np.float32)
        self.frames -= self.background
        self._lengths()

    @classmethod
    def from_learnt(cls, learnt: LearntLine) -> Movie:
        """Return the movie as it was learnt before."""
        movie = cls.__new__(cls)
        movie.interval_s = learnt.interval_s
        movie.frames, movie.background = learnt.frames.astype(np.float32), learnt.background.copy()
        movie._count, movie._change = learnt.count.copy(), learnt.change.copy()
        movie._lengths()
        return movie

    def learnt(self, interval_s: float, speed: float, origin: float, place_certain: bool) -> LearntLine:
        """Return the movie and what else is known of the line, for another process to begin with."""
        frames = self.frames.astype(np.float16)
        background, change, count = self.background.copy(), self._change.copy(), self._count.copy()
        of_line = (interval_s, speed, origin % 1.0, place_certain)
        return LearntLine(frames, background, change, count, *of_line)

    @property
    def phases(self) -> int:
        """The number of phases K."""
        return len(self.frames)

    def presence(self, feature: Float32, phase: float) -> float:
        """Return how much of a phase's carrier is in features float32[D]: about 1, or 0 for no carrier."""
        frame = self.frames[round((phase % 1.0) * self.phases) % self.phases]
        shown = float(((feature - self.background) * frame).sum())
        return shown / max(float((frame * frame).sum()), 1e-9)

    def view(self, feature: Float32) -> float:
        """Return how much of the view behind carriers is in features float32[D]: about 1, or 0 if hidden."""
        return float((feature * self.background).sum()) / max(float((self.background**2).sum()), 1e-9)

    def relative_energy(self, feature: Float32) -> float:
        """Return the energy of features float32[D] relative to the movie's: about 1, or 0 in the dark."""
        return float((feature * feature).sum()) / max(self._energy, 1e-9)

    def evidence(
        self, change: Float32, speeds: npt.NDArray[np.float64], elapsed: float, contrast: float = 1.0
    ) -> Float32:
        """Return float32[S, K]: how well a change of the view is explained by going on to each phase.

        |change|^2 - |change - (frame here - frame before)|^2, as a fraction of the fullest phase: 0 for a
        standing line, 1 for a change fully explained, negative for one that should be seen and is not. What
        does not move plays no part.

        Args:
            change: float32[D], a frame's features less those of a frame before.
            speeds: float64[S], the candidate speeds, as fractions of nominal speed.
            elapsed: the time between the two frames, in intervals.
            contrast: how much of a change must be expected, 0..1: in fog the view changes less.
        """
        along = self._whole @ change
        size, whole = float((change * change).sum()), max(float(self._norm.max()) ** 2, 1e-9)
        k = self.phases
        back = elapsed * speeds * k
        low = np.floor(back).astype(int)
        share = (back - low)[:, None].astype(np.float32)
        twice = np.concatenate([along, along])
        starts = (-low) % k
        near = np.stack([twice[at : at + k] for at in starts])
        far = np.concatenate([near[:, -1:], near[:, :-1]], axis=1)
        before = near + share * (far - near)
        out = np.maximum(
            (2.0 / whole) * (along - before) - (_SEEN / whole) * self._all_apart(np.rint(back)), _LEAST
        )
        # Riders change what moves, not how much moves: stillness is evidence of its own.
        runs = np.minimum(1.0, 2.0 * np.abs(speeds))[:, None].astype(np.float32)
        still = (_STILL / whole) * np.maximum(contrast * self._change * runs - _MOVED * size, 0.0)
        out -= np.minimum(still, (_STILL / whole) * self._carriers_own(round(elapsed * k)) + _QUIET)
        out[speeds == 0.0] = 0.0
        return np.asarray(out, dtype=np.float32)

    def moved(self, share: float) -> float:
        """Return the squared change as the line goes on by a share of an interval, carriers being in view."""
        return float(np.quantile(self._apart(max(1, round(share * self.phases))), _IN_VIEW))

    def _all_apart(self, shifts: npt.NDArray[np.float64]) -> Float32:
        """Return float32[S, K], `_apart` of each shift; cached, as frames mostly come at an even pace."""
        key = shifts.tobytes()
        if key not in self._stacks:
            if len(self._stacks) >= _STACKS:
                self._stacks.clear()
            self._stacks[key] = np.stack([self._apart(int(one)) for one in shifts])
        return self._stacks[key]

    def _apart(self, shift: int) -> Float32:
        """Return float32[K], the squared distance of each phase to the one so many bins before."""
        if shift not in self._distances:
            apart = self._difference(shift)
            # The difference of two phases without a carrier is noise, and it is in all the others too.
            apart = np.maximum(apart - np.quantile(apart, 0.2), 0.0)
            self._distances[shift] = np.asarray(apart, dtype=np.float32)
        return self._distances[shift]

    def _difference(self, shift: int) -> Float32:
        """Return float32[K], the squared difference of each phase from the one so many bins before."""
        # Row by row, which stays in the processor's caches: the frames are some megabytes.
        apart = (self.frames[at] - self.frames[at - shift % self.phases] for at in range(self.phases))
        return np.fromiter(((each * each).sum() for each in apart), np.float32, self.phases)

    def learn(self, feature: Float32, phase: float, elapsed_s: float) -> None:
        """Take in a frame at a phase (in intervals; its fraction counts) that is certain."""
        self.background += (feature - self.background) * min(elapsed_s / _BACKGROUND_S, 0.05)
        new = feature - self.background
        for bin_, share in self._bins(phase):
            self._count[bin_] = min(self._count[bin_] + share, _MEMORY)
            self.frames[bin_] += (new - self.frames[bin_]) * (share / max(self._count[bin_], 1.0))
            self._whole[bin_] = np.rint(self.frames[bin_])
            self._norm[bin_] = _length(self.frames[bin_])

    def learn_change(self, change: Float32, phase: float) -> None:
        """Take in how much the view changes when a running line reaches a phase."""
        size = float((change * change).sum())
        self._changes += 1
        for bin_, share in self._bins(phase):
            rate = share * _CHANGE_RATE if self._change[bin_] > 0.0 else 1.0
            self._change[bin_] += (size - self._change[bin_]) * rate

    def _bins(self, phase: float) -> tuple[tuple[int, float], tuple[int, float]]:
        at = (phase % 1.0) * self.phases
        low = int(at)
        part = at - low
        return (low % self.phases, 1.0 - part), ((low + 1) % self.phases, part)

    def _fill(self) -> None:
        """Divide by the counts; phases that no frame fell on are filled in from their neighbours."""
        k = self.phases
        spread = self._count.copy()
        if float(self._count.min()) < 0.3:
            self.frames = np.asarray(
                self.frames + 0.5 * (np.roll(self.frames, 1, axis=0) + np.roll(self.frames, -1, axis=0)),
                dtype=np.float32,
            )
            spread += 0.5 * (np.roll(spread, 1) + np.roll(spread, -1))
        empty = spread < 0.05
        self.frames /= np.maximum(spread, 0.05)[:, None]
        if empty.any() and not empty.all():
            full = np.flatnonzero(~empty)
            for bin_ in np.flatnonzero(empty):
                near = full[np.argmin(np.minimum((full - bin_) % k, (bin_ - full) % k))]
                self.frames[bin_] = self.frames[near]

    def _lengths(self) -> None:
        self._own_of: tuple[int, int] = (-1, -1)
        self._changes: int = 0
        self._distances: dict[int, Float32] = {}
        self._stacks: dict[bytes, Float32] = {}
        self._whole: Float32 = np.rint(self.frames)  # as the features are: see Roi.features
        self._norm = np.array([_length(frame) for frame in self.frames], dtype=np.float32)
        self._energy = float(np.mean([_length(frame + self.background) ** 2 for frame in self.frames]))

    def _carriers_own(self, shift: int) -> Float32:
        """Return float32[K]: how much of the change over so many phases is surely the carriers' own.

        The rest is people, snow and noise: on another day a line may run without it, so that little follows
        from its absence. It is told by what does not come again with the next carrier, where there is least
        of that (at other phases riders are part of it); and the better, the more carriers were seen.
        """
        known = shift, self._changes // _ANEW
        if self._own_of != known:
            again = self._difference(shift)
            change = smoothed(smoothed(self._change.astype(np.float64)))
            rest = max(float(np.quantile(change - smoothed(again.astype(np.float64)), 0.2)), 0.0)
            seen = max(float(np.median(self._count)), 2.0)
            # The mean frames hold a share of it too, one in so many carriers: of two, nothing can be told.
            told = (1.0 - 2.0 / seen) / (1.0 - 1.0 / seen)
            self._own = np.maximum(change - _VARIES * told * rest, 0.0).astype(np.float32)
            self._own_of = known
        return self._own


def _length(frame: Float32) -> float:
    return float(np.sqrt((frame * frame).sum()))
