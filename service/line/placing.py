"""Finds the phase of the movie at which a carrier is at begin, from track, masks and reference pictures.

The movie says how carriers follow each other, the track how one moves through the picture. What joins the two
is a straight line, progress = speed * (phase - begin): along the right one, a carrier's pictures match
each other (which gives the speed), and masks and references (which gives the begin).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE
from lifts.schema import MaskPair
from lifts.track import TrackGeometry
from service.domain.arrays import Float64, Image
from service.line.clip import Clip
from service.line.cutting import (
    agreement_with,
    centredness,
    cut_out,
    onto_canonical,
    picture_outline,
    rows_at,
    without_margin,
)
from service.line.roi import Roi
from service.line.work import Work
from service.vision.correlation import parabola_vertex
from service.vision.outlines import PITCH_PX, Field, mask_outline, outline_before, slopes, unit
from service.vision.rivals import highest, near, place_of, smoothed

_COARSE_PX = 4.0
_SPEEDS = np.geomspace(0.6, 14.0, 80)  # progress per interval
_PLACES = np.linspace(0.0, 1.0, 11)
_ABOUT_MIDDLE = np.array([-0.25, -0.125, 0.0, 0.125, 0.25])
_MOST_CUT = 220  # frames
_ROUNDS = 3
_SLICE = 8  # items of the quicker loops between two pauses
_PHASE_S = 0.05
_APART = 1.1
_LEAST_TOTAL, _LEAST_ALIKE, _LEAST_CENTRED = 70.0, 0.4, 0.15  # people and snow have some 50, 0.2, anything
_OTHERS = 0.3  # of the highest score, which any other carrier must reach
_NEAR = 0.15  # progress by which the first guess may be off
_APART_P = 0.25  # progress from which another place is a rival
_RIVAL, _RIVAL_BY_MASKS = 0.75, 0.55  # of the best score that a rival may reach


_Guide = tuple[Callable[[Field], float], float]


@dataclass(frozen=True, slots=True)
class Placing:
    """speed: a carrier's progress per interval. middle: the phase at which it is at the middle pose, 0..1.

    certain: no other place fits nearly as well, and masks and references do not contradict each other.
    """

    speed: float
    middle: float
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """speed: progress per second. middles_s: the media times at which carriers are at middle, ascending."""

    speed: float
    middles_s: tuple[float, ...]


class Placer:
    """Finds a Placing; the masks' and references' outlines are made once.

    Args:
        track: in pixels of the frames. masks, references: of the lift, as enrolled; references are the better
            guide, as a whole carrier says more than a bar.
    """

    def __init__(
        self, track: TrackGeometry, roi: Roi, masks: MaskPair | None, references: dict[str, Image]
    ) -> None:
        self._track, self._roi = track, roi
        self._middle = track.middle
        pairs = [] if masks is None else [masks.open, masks.close]
        self._masks = [unit(without_margin(mask_outline(mask))) for mask in pairs]
        self._references = [unit(picture_outline(picture)) for picture in references.values()]
        # The better one first, each with what a rival may reach of its best score.
        by_masks = [(self._by_masks, _RIVAL_BY_MASKS)] if masks is not None or not references else []
        self._guides: list[_Guide] = [*([(self._by_references, _RIVAL)] if references else []), *by_masks]

    def place(self, clip: Clip, interval_s: float) -> Work[Placing]:
        """Return where a clip's carriers are; interval_s is theirs, phase 0 at the clip's first frame."""
        placing, _, _ = yield from self._placed(clip, interval_s)
        return placing

    def _placed(self, clip: Clip, interval_s: float) -> Work[tuple[Placing, Field, Float64]]:
        """Return the placing, the cuts that it was found by (see `_cuts`), and float64[n], their times."""
        times = clip.times - clip.times[0]
        coarse = yield from self._coarse(clip, times, interval_s)
        cuts, rows = yield from self._cuts(clip)
        times = times[rows]
        speeds, likely = yield from self._speeds(coarse, max(48, round(interval_s / _PHASE_S)))
        fits = yield from self._fits(self._guides, cuts, times, speeds, likely, interval_s)
        middle, certain = highest(smoothed(likely * fits[0])), self._certain(fits, likely, speeds)
        speed = float(speeds[round(middle * len(speeds)) % len(speeds)])
        for _ in range(_ROUNDS):
            speed = yield from self._speed_at(coarse, middle, speed)
            off = (np.arange(len(speeds)) / len(speeds) - middle + 0.5) % 1.0 - 0.5
            close = np.exp(-0.5 * (off * speed / _NEAR) ** 2)
            even = np.full(len(speeds), speed)
            fits = yield from self._fits(self._guides[:1], cuts, times, even, close, interval_s)
            middle = highest(smoothed(close * fits[0]))
        # Rounded: libraries sum complex numbers in an order that depends on where they lie in memory, and the
        # same frames must give the same passages.
        return Placing(round(speed, 6), round(middle, 6), certain), cuts, times

    def sight(self, clip: Clip) -> Work[Sighting | None]:
        """Return the carriers of a clip that is too short for any to come again; None if it shows none.

        No interval is known, so the clip is treated as slightly less than one: then no two frames share a
        phase.
        """
        interval_s = _APART * clip.seconds
        placing, cuts, times = yield from self._placed(clip, interval_s)
        apart_s = _ABOUT_MIDDLE * interval_s / placing.speed
        moments = np.arange(-apart_s[0], times[-1] - apart_s[-1], _PHASE_S)
        if len(moments) == 0:
            return None
        nearest = np.abs(times[None, None] - (moments[:, None] + apart_s)[..., None]).argmin(axis=2)
        views = cuts[np.arange(len(apart_s)), nearest]  # [moments, V, n]
        stacks = views.mean(axis=1)
        energy = np.abs(stacks) ** 2
        total = energy.sum(axis=1)
        alike = total / np.maximum((np.abs(views) ** 2).sum(axis=2).mean(axis=1), 1e-9)
        centred = centredness(energy, total)
        scores = np.zeros(len(stacks))
        for number, stack in enumerate(stacks):
            scores[number] = self._guides[0][0](stack[None])
            if number % _SLICE == 0:
                yield
        scores[(total < _LEAST_TOTAL) | (alike < _LEAST_ALIKE) | (centred < _LEAST_CENTRED)] = 0.0
        found: list[float] = []
        best = float(scores.max())
        while best > 0.0 and float(scores.max()) >= _OTHERS * best:
            at = int(scores.argmax())
            found.append(float(clip.times[0] + moments[at]))
            scores[np.abs(moments - moments[at]) < interval_s / placing.speed] = 0.0
        return Sighting(placing.speed / interval_s, tuple(sorted(found))) if found else None

    def _coarse(self, clip: Clip, times: Float64, interval_s: float) -> Work[Field]:
        """Return complex64[P, K, n]: what each phase shows in the canonical frame at each place."""
        smalls = [kept.small.astype(np.float32) for kept in clip.frames]
        behind = slopes(np.median(np.stack(smalls[:: max(1, len(smalls) // 60)]), axis=0))
        k = max(48, min(160, round(interval_s / 0.07)))
        height, width = smalls[0].shape
        sums, counts = np.zeros((k, height, width), np.complex64), np.zeros(k)
        for number, (t_s, small) in enumerate(zip(times, smalls, strict=True)):
            bin_ = round(t_s / interval_s * k) % k
            sums[bin_] += outline_before(small, behind)
            counts[bin_] += 1
            if number % _SLICE == 0:
                yield
        movie = sums / np.maximum(counts, 1.0)[:, None, None]
        movie -= movie.mean(axis=0)
        side = int(CANONICAL_SIZE / _COARSE_PX)
        bell = np.exp(-0.5 * (((np.arange(side) + 0.5) / side - 0.5) / 0.3) ** 2)
        window = np.outer(bell, bell).ravel()
        out = np.empty((len(_PLACES), k, side * side), np.complex64)
        for rows, place in zip(out, _PLACES, strict=True):
            matrix = onto_canonical(self._track, float(place), self._roi.from_camera(), _COARSE_PX)
            for row, frame in zip(rows, movie, strict=True):
                np.multiply(cut_out(frame, matrix, side), window, out=row, casting="same_kind")
            yield
        return out

    def _speeds(self, coarse: Field, phases: int) -> Work[tuple[Float64, Float64]]:
        """Return float64[K], the speed at which a carrier at middle at each phase falls best upon itself.

        And float64[K] 0..1: how well it does. The track says how much larger a carrier is at each place, so
        that carriers seen along the line, which hardly move but grow, do so at the right phase alone.
        """
        k = coarse.shape[1]
        power = np.tile((np.abs(coarse) ** 2).sum(axis=2), 2)
        scores = np.zeros((len(_SPEEDS), k))
        stack = np.empty(coarse.shape[1:], np.complex64)
        for number, speed in enumerate(_SPEEDS):
            stack[:] = 0.0
            total = np.zeros(k)
            for row, place in enumerate(_PLACES):
                shift = round((place - self._middle) / speed * k) % k
                stack[: k - shift] += coarse[row, shift:]
                stack[k - shift :] += coarse[row, :shift]
                total += power[row, shift : shift + k]
            squares = np.square(stack.view(np.float32))
            energy = (squares[:, ::2] + squares[:, 1::2]).sum(axis=1) / len(_PLACES) ** 2
            scores[number] = energy * energy / np.maximum(total / len(_PLACES), 1e-9)
            yield
        near = np.arange(phases) * k // phases
        likely = scores.max(axis=0) / max(float(scores.max()), 1e-9)
        return _SPEEDS[scores.argmax(axis=0)][near], likely[near]

    def _speed_at(self, coarse: Field, middle: float, speed: float) -> Work[float]:
        """Return the speed, near the one given, at which the carrier that is at middle then is sharpest."""
        tries = speed * np.geomspace(0.7, 1.4, 41)
        scores = np.zeros(len(tries))
        for k, each in enumerate(tries):
            phases = middle + (_PLACES - self._middle) / each
            parts = rows_at(coarse, phases)
            lengths = sum(np.sqrt((np.abs(parts) ** 2).sum(axis=1)).tolist())
            scores[k] = float((np.abs(parts.sum(axis=0)) ** 2).sum()) / max(lengths, 1e-9) ** 2
            if k % _SLICE == 0:
                yield
        best = int(scores.argmax())
        if not 0 < best < len(tries) - 1:
            return float(tries[best])
        return float(tries[best] * (tries[1] / tries[0]) ** parabola_vertex(*scores[best - 1 : best + 2]))

    def _cuts(self, clip: Clip) -> Work[tuple[Field, npt.NDArray[np.int64]]]:
        """Return complex64[V, n, d], frames' outlines at some places about the middle, and which frames."""
        which = np.arange(0, len(clip), max(1, -(-len(clip) // _MOST_CUT)))
        frames = [clip.frames[k] for k in which]
        to_half = np.diag((1.0 / PITCH_PX, 1.0 / PITCH_PX, 1.0)) @ clip.from_camera()
        matrices = [
            onto_canonical(self._track, self._middle + off, to_half, PITCH_PX) for off in _ABOUT_MIDDLE
        ]
        greys = []
        for kept in frames:
            greys.append(clip.half_grey(kept))
            yield
        behind = slopes(np.median(np.stack(greys[:: max(1, len(greys) // 40)]), axis=0).astype(np.float32))
        side = CANONICAL_SIZE // PITCH_PX
        cuts = np.empty((len(matrices), len(greys), side * side), np.complex64)
        for number, grey in enumerate(greys):
            lines = outline_before(grey.astype(np.float32), behind)
            for view, matrix in enumerate(matrices):
                cuts[view, number] = cut_out(lines, matrix, side)
            yield
        return cuts, which

    def _fits(
        self,
        guides: Sequence[_Guide],
        cuts: Field,
        times: Float64,
        speeds: Float64,
        likely: Float64,
        interval_s: float,
    ) -> Work[Float64]:
        """Return float64[G, K], how well each guide fits if a carrier is at middle at a phase.

        Each of the K phases has its own speed; 0 at those that are not likely at all.
        """
        k = len(speeds)
        fits = np.zeros((len(guides), k))
        for phase in np.flatnonzero(likely > 1e-3):
            apart_s = _ABOUT_MIDDLE * interval_s / speeds[phase]
            moments = np.arange(phase / k * interval_s, times[-1] + apart_s[0], interval_s)
            moments = moments[moments + apart_s[0] >= 0.0]
            if len(moments):
                rows = np.abs(times[None, None] - (moments[:, None] + apart_s)[..., None]).argmin(axis=2)
                stacks = cuts[0][rows[:, 0]]  # [carriers, n]
                for view, row in zip(cuts[1:], rows.T[1:], strict=True):
                    stacks += view[row]
                parts = stacks.view(np.float32)
                parts /= len(cuts)  # as real numbers: a complex quotient takes longer than all the rest
                fits[:, phase] = [guide(stacks) for guide, _ in guides]
                yield
        return fits

    def _certain(self, fits: Float64, likely: Float64, speeds: Float64) -> bool:
        """Say whether the guides' fits float64[G, K] name one place, and no certain one names another."""
        named = [
            place_of(row, likely, speeds, _APART_P, most)
            for row, (_, most) in zip(fits, self._guides, strict=True)
        ]
        (place, sure), (other, also) = named[0], named[-1]
        return (sure or also) if near(place, other, speeds, _APART_P) else (sure and not also)

    def _by_references(self, stacks: Field) -> float:
        """Say how well carriers' stacks complex64[carriers, n] fit the references, in the mean."""
        total = (np.abs(stacks) ** 2).sum(axis=1)
        alike = [np.maximum(agreement_with(stacks, each), 0.0) for each in self._references]
        return float((np.max(alike, axis=0) / np.sqrt(total + 1.0)).mean())

    def _by_masks(self, stacks: Field) -> float:
        """Say how well carriers' stacks fit the masks and the middle of the frame, in the mean."""
        energy = np.abs(stacks) ** 2
        total = energy.sum(axis=1)
        centred = centredness(energy, total)
        if self._masks:
            # Of length 1: a bar of which little is visible must not fit better than others by chance.
            fits = np.max([np.maximum(agreement_with(stacks, mask), 0.0) for mask in self._masks], axis=0)
            return float((fits**2 * total * centred).mean())
        return float((total * centred).mean())
