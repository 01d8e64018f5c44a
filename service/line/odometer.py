"""The odometer: how far the line has gone, in carriers, read from where each frame falls in the movie.

A histogram filter over phase and speed (Thrun, Burgard, Fox: Probabilistic Robotics, section 4.1): the line
stops, creeps, runs and runs backwards; a frame that shows nothing clearly leaves the belief as it is.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float32, Float64

SPEEDS = np.array([-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
"""Speeds that the line may run at, as fractions of nominal speed."""

_NOMINAL, _STANDING = 6, 2
_BLUR = np.where(SPEEDS == 0.0, 0.03, 0.12)[:, None]
_LEAVE_PER_S = 0.01  # from nominal speed to any other: a line mostly runs at it
_RETURN_PER_S = 0.4
_CHANGE_PER_S = 0.5  # from one other speed to another
_JUMP_PER_S = 0.004  # for carriers that hang slightly off their place on the rope
_JUMP = 0.15
_SHARP = 0.8  # weight of evidence that explains a whole carrier, for 0.1 s: successive frames are much alike
_OUTLIER = 0.05
LOG_S = 120.0
"""How long it is remembered where the carriers were."""
_ADAPT, _NOISE = 0.5, 0.12  # of the difference from a measured interval, where it is that share or more
_STEADY = 0.35  # of the interval: one that differs by more had a stop or a crawl in it
SURE = 0.75
"""The confidence from which a reading counts as certain."""
MOVING = 0.4
"""The fraction of nominal speed above which a line surely runs, even where its phase is not certain."""

_MAY_RUN, _PACES = 0.01, (0.65, 1.35)  # of the belief, each step: that the line runs on, at which speeds
_BLINDLY = 1.4  # intervals for which it may do so
_RESTS = 0.9  # of the belief
_BACK = 0.1  # of an interval: if a reading falls back further and the line does not, it is the next carrier's


class Odometer:
    """Reads how far the line has gone, and how fast it runs.

    carriers: float, how many carriers' intervals the line has gone. speed: as a fraction of nominal speed.
    confidence: 0..1, how much of the belief lies where `carriers` says. interval_s: seconds between carriers
    at nominal speed, followed as it changes.
    """

    def __init__(self, phases: int, interval_s: float, mark: float = 0.0) -> None:
        """mark: the phase at which the interval is measured, best where a carrier is in full view."""
        self.interval_s, self._mark = interval_s, mark % 1.0
        self._belief = np.full((len(SPEEDS), phases), 1.0 / (len(SPEEDS) * phases))
        self._belief[_NOMINAL] *= 10.0
        self._belief /= self._belief.sum()
        self._t_s: float | None = None
        self.carriers = 0.0
        self.speed = 1.0
        self.confidence = 0.0
        self._log: deque[tuple[float, float]] = deque()
        self._sure: tuple[float, float] | None = None  # when and what was last read, surely, of a moving line
        self._back = 0.0  # how far the line has gone back since
        self._marked: tuple[float, float] | None = None  # when and what was surely read at the mark

    @property
    def phases(self) -> int:
        """The number of phases."""
        return int(self._belief.shape[1])

    def step(self, t_s: float, evidence: Float32 | None) -> None:
        """Go on to a frame at media time t_s.

        evidence: float32[len(SPEEDS), phases], see `Movie.evidence`; None for a frame that tells nothing.
        """
        elapsed_s = 0.0 if self._t_s is None else max(t_s - self._t_s, 0.0)
        if elapsed_s > 0.0:
            self._move(elapsed_s)
            self._keep_running(t_s)
        if evidence is not None:
            # Successive frames hold the same evidence: each weighs by the time since the one before.
            sharp = _SHARP * min(max(elapsed_s, 0.02) / 0.1, 2.5)
            alike = np.exp(sharp * (evidence - float(evidence.max())))
            self._belief *= _OUTLIER + (1.0 - _OUTLIER) * alike
            self._belief /= self._belief.sum()
        whole = np.floor(self.carriers - self._mark)
        self._read(elapsed_s)
        self._count_on(t_s, elapsed_s)
        if np.floor(self.carriers - self._mark) > whole:
            self._adapt(t_s)
        self._t_s = t_s
        self._remember(t_s)

    @property
    def at_rest(self) -> bool:
        """Whether the line surely stands, wherever: its phase is less and less certain meanwhile."""
        return float(self._belief[_STANDING].sum()) >= _RESTS

    def stand(self, t_s: float) -> None:
        """Go on to media time t_s, until which the line stood where it is."""
        self._t_s = t_s
        self._remember(t_s)

    def doubt(self, share: float) -> None:
        """Let any phase be possible to this share, 0..1."""
        anywhere = self._belief.sum(axis=1, keepdims=True) / self.phases
        self._belief += share * (anywhere - self._belief)

    def lose_phase(self) -> None:
        """Forget the phase, because frames were missing; the count goes on beyond the last carrier."""
        self.doubt(1.0)
        self.carriers = float(np.ceil(self.carriers)) + 2.0
        self.confidence = 0.0
        self._t_s = None
        self._log.clear()
        self._sure = self._marked = None

    def at(self, t_s: float) -> float | None:
        """Return the reading at a media time, also a little after the last frame; None if unknown."""
        if not self._log or t_s < self._log[0][0]:
            return None
        last_s, last = self._log[-1]
        if t_s >= last_s:
            return last + (t_s - last_s) * self.speed / self.interval_s
        later_s, later = last_s, last
        for earlier_s, earlier in reversed(self._log):
            if earlier_s <= t_s:
                part = (t_s - earlier_s) / max(later_s - earlier_s, 1e-9)
                return earlier + part * (later - earlier)
            later_s, later = earlier_s, earlier
        return None

    def time_of(self, carriers: float) -> float | None:
        """Return when the reading last reached a value, or will at this speed; None if never."""
        if not self._log:
            return None
        later_s, later = self._log[-1]
        if later < carriers:
            if self.speed < 0.05:
                return None
            return later_s + (carriers - later) * self.interval_s / self.speed
        for earlier_s, earlier in reversed(self._log):
            if earlier < carriers <= later:
                return earlier_s + (carriers - earlier) / max(later - earlier, 1e-9) * (later_s - earlier_s)
            later_s, later = earlier_s, earlier
        return later_s if later - carriers < 0.02 else None

    def _remember(self, t_s: float) -> None:
        self._log.append((t_s, self.carriers))
        while self._log[0][0] < t_s - LOG_S:
            self._log.popleft()

    def _keep_running(self, t_s: float) -> None:
        """Keep it possible that a line that surely ran has run on, where no carrier is in view to tell.

        For a while a quiet view looks like a standing line; the next carrier must be found where it then is
        all the same. Augmented Monte Carlo localization adds particles so (the same book, section 8.3.5).
        """
        if self._sure is None:
            return
        gone = (t_s - self._sure[0]) / self.interval_s
        if gone > _BLINDLY:
            return
        k = self.phases
        first, last = (round((self._sure[1] + pace * gone) * k) for pace in _PACES)
        phases = np.arange(first, last + 1) % k
        self._belief *= 1.0 - _MAY_RUN
        np.add.at(self._belief[_NOMINAL], phases, _MAY_RUN / len(phases))

    def _count_on(self, t_s: float, elapsed_s: float) -> None:
        """Count one carrier more where the reading fell back: then a whole interval has passed unseen.

        A ring of phases does not say which carrier it is. Without this, a carrier that comes while the line
        was thought to stand would be taken for the one before it, and never be reported.
        """
        self._back += max(-self.speed, 0.0) * elapsed_s / self.interval_s
        if self.confidence < SURE:
            return
        if self._sure is not None:
            sure_s, sure = self._sure
            fastest = float(SPEEDS[-1]) * (t_s - sure_s) / self.interval_s
            fell = self.speed > MOVING and self.carriers < sure - self._back - _BACK
            if fell and self.carriers + 1.0 - sure <= fastest:
                self.carriers += 1.0
                # What was read since was wrong: the line is taken to have run evenly.
                while self._log and self._log[-1][0] > sure_s:
                    self._log.pop()
        if self._sure is None or abs(self.speed) > MOVING:
            self._sure, self._back = (t_s, self.carriers), 0.0

    def _adapt(self, t_s: float) -> None:
        """Update the interval when a carrier is at the mark: lines change their speed, and carriers slip."""
        before, self._marked = self._marked, (t_s, self.carriers) if self.confidence >= SURE else None
        if before is None or self._marked is None or not 0.5 < self.carriers - before[1] < 1.5:
            return
        measured_s = (t_s - before[0]) / (self.carriers - before[1])
        off = abs(measured_s / self.interval_s - 1.0)
        if off < _STEADY:
            # Another day's speed is taken over at once, while a reading's noise averages out.
            self.interval_s += _ADAPT * min(off / _NOISE, 1.0) * (measured_s - self.interval_s)

    def _move(self, elapsed_s: float) -> None:
        k = self.phases
        transition = _transition(round(elapsed_s, 3))
        # Summed row by row: a library's product may round otherwise next time.
        mixed = (transition[:, :, None] * self._belief[:, None, :]).sum(axis=0)
        gone = SPEEDS * (elapsed_s / self.interval_s * k)
        low = np.floor(gone).astype(int)
        part = (gone - low)[:, None]
        twice = np.concatenate([mixed, mixed], axis=1)
        moved = np.stack([row[at : at + k] for row, at in zip(twice, (-low) % k, strict=True)])
        before = np.concatenate([moved[:, -1:], moved[:, :-1]], axis=1)
        moved += (before - moved) * part
        # A little blur: nominal speed is not known exactly either.
        blur = min(0.5 * elapsed_s / 0.1, 1.0) * _BLUR
        ring = np.concatenate([moved[:, -1:], moved, moved[:, :1]], axis=1)
        moved += blur * (ring[:, :-2] + ring[:, 2:] - 2 * moved)
        jump = 1.0 - np.exp(-_JUMP_PER_S * elapsed_s)
        wide = _sums_around(moved.sum(axis=0), max(1, int(_JUMP * k)))
        share = moved.sum(axis=1, keepdims=True)
        moved *= 1.0 - jump
        moved += (jump / max(float(wide.sum()), 1e-12)) * share * wide
        self._belief = moved / moved.sum()

    def _read(self, elapsed_s: float) -> None:
        k = self.phases
        by_phase = self._belief.sum(axis=0)
        reach = max(2, k // 24)
        near = _sums_around(by_phase, reach)
        best = int(near.argmax())
        offsets = np.arange(-reach, reach + 1)
        weight = by_phase[(best + offsets) % k]
        phase = (best + float((weight * offsets).sum() / max(float(weight.sum()), 1e-12))) / k
        rows = self._belief[:, (best + offsets) % k].sum(axis=1)
        self.speed = float((rows * SPEEDS).sum() / max(float(rows.sum()), 1e-12))
        self.confidence = float(near[best])
        expected = self.carriers + self.speed * elapsed_s / self.interval_s
        self.carriers = expected + ((phase - expected + 0.5) % 1.0) - 0.5


def _sums_around(ring: Float64, reach: int) -> Float64:
    """Return float64[K]: the sum over the 2 * reach + 1 phases around each phase of a ring float64[K]."""
    summed = np.cumsum(np.concatenate([[0.0], ring[-reach:], ring, ring[:reach]]))
    return np.asarray(summed[2 * reach + 1 :] - summed[: -2 * reach - 1])


@lru_cache(maxsize=256)
def _transition(elapsed_s: float) -> npt.NDArray[np.float64]:
    """Return float64[S, S], the chance of a change from each speed to each other in `elapsed_s`."""
    n = len(SPEEDS)
    rates = np.zeros((n, n))
    for row in range(n):
        if row == _NOMINAL:
            rates[row] = 0.5 * _LEAVE_PER_S / (n - 1)
            rates[row, _STANDING] += 0.5 * _LEAVE_PER_S
        else:
            near = [k for k in (row - 1, row + 1) if 0 <= k < n]
            rates[row, near] += _CHANGE_PER_S / len(near)
            rates[row, _NOMINAL] += _RETURN_PER_S
        rates[row, row] = 0.0
    leave = 1.0 - np.exp(-rates.sum(axis=1) * elapsed_s)
    out = rates / rates.sum(axis=1, keepdims=True) * leave[:, None]
    return np.asarray(out + np.diag(1.0 - leave))
