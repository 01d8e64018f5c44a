"""Both masks of a new lift, proposed from a few passages that a person picked.

1. The other passages are grouped by likeness to the picked ones (`lifts.drawing.grouping`).
2. What the open group shows more than the closed one is the open bar, and the reverse (`areas`). They are cut
   out in several ways and thinned to lines (`strokes`): these are the candidates.
3. The network judges all passages by each candidate. The best one explains the groups best: it calls open
   what is in the open group, closed what is in the closed one, and takes all for carriers of its lift.
4. By the best one's verdicts the passages are grouped anew, and the candidates of these groups compete.
5. One drawing may come from another cut than the other, parts that explain nothing are left out, and lines
   are drawn wider, where that explains more.

Deterministic: the network is what the caller hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.fusion import probability
from lifts.drawing.areas import Cut, bar_area, difference
from lifts.drawing.grouping import Picks, group, membership, picked
from lifts.drawing.lines import Drawing, Polyline
from lifts.drawing.strokes import extent_px, parts_of, strokes_of
from lifts.masks import MAX_OVERLAP, overlap

Compare = Callable[[UInt8], Float32]
"""Judges the passages by masks uint8[2, 200, 200], open and close.

Returns float32[N, M, 2]: of each picture its margin, and the chance that it shows a carrier of the masks'
lift, NaN of a model that knows none."""


_FEW = 8
"""Up to so many passages are compared by all their pictures, more by one each: what is asked is bounded."""


def compared(passages: int) -> slice:
    """Return which of a passage's three pictures are compared: all, or the middle one of many passages."""
    return slice(0, 3) if passages <= _FEW else slice(1, 2)


class ProposalReason(StrEnum):
    """Why a proposal is to be doubted. Part of the API: a code never changes its meaning.

    NO_OPEN_BAR, NO_CLOSED_BAR: nothing line-like shows in that state more than in the other.
    ALIKE: the two drawings are nearly the same: the picks show the same state, or it cannot be seen.
    SWAPPED: the open bar would hang below the closed one: open and closed were taken for each other.
    PICKS_CONTRADICT: a picked passage is judged to be in the other state: one of the picks is wrong.
    DOUBTFUL: the drawings explain the passages badly, or too few of them: pick more, or draw.
    """

    NO_OPEN_BAR = "no_open_bar"
    NO_CLOSED_BAR = "no_closed_bar"
    ALIKE = "alike"
    SWAPPED = "swapped"
    PICKS_CONTRADICT = "picks_contradict"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class ProposalOptions:
    """How masks are proposed. Chosen on the 20 lifts from seed 10000.

    cuts: ways to cut areas out of the maps' difference.
    width_px: of the lines.
    wider_px: what lines are widened by, where that explains more.
    least_px: smallest extent of a part that is kept.
    most_parts: of a drawing; the most extended ones are kept.
    rounds: of groups and candidates.
    clear: probability, of either state, from which a verdict puts a passage into a group.
    fits: chance to belong to the lift from which it does.
    gain: by how much leaving out or widening must raise the support.
    doubtful: support below which the drawings are doubted; 0 is the best there is.
    told_apart: share of the passages that the verdicts put into a group, below which they are doubted.
    higher_px: how far the open bar's centre may lie below the closed one's. Of 150 lifts' hand-made masks it
        lies 5 to 100 px above.
    """

    cuts: tuple[Cut, ...] = (Cut(0.2), Cut(0.3), Cut(0.2, True), Cut(0.3, True), Cut(0.4, True))
    width_px: float = 5.0
    wider_px: float = 2.0
    least_px: float = 10.0
    most_parts: int = 8
    rounds: int = 2
    clear: float = 0.8
    fits: float = 0.5
    gain: float = 0.004
    doubtful: float = -0.4
    told_apart: float = 0.75
    higher_px: float = 5.0


OPTIONS = ProposalOptions()


@dataclass(frozen=True, slots=True, eq=False)
class MaskProposal:
    """Proposed masks.

    open, close: the drawings; one may be empty.
    reasons: why to doubt them, the gravest first; empty if nothing speaks against them.
    support: how well they explain the passages: mean log likelihood, at most 0; -inf of none.
    groups: float64[N, 2], how much each passage belongs to the open and to the closed group.
    """

    open: Drawing
    close: Drawing
    reasons: tuple[ProposalReason, ...]
    support: float
    groups: Float64


class _Candidate(NamedTuple):
    """Two drawings; p_open, fits: float64[N] of the passages, as judged by them."""

    open: Drawing
    close: Drawing
    p_open: Float64
    fits: Float64
    support: float


def propose_masks(
    embeddings: Float32,
    picks: Picks,
    compare: Compare,
    calibration: Calibration,
    options: ProposalOptions = OPTIONS,
) -> MaskProposal:
    """Propose masks.

    Args:
        embeddings: float32[N, M, D], of N passages' M pictures; they begin with bar maps.
        picks: of each passage, whether it was picked as open or as closed; at least one of either.
        compare: judges the same passages by masks; called some thirty times.
        calibration: the model's.
        options: see ProposalOptions.

    Raises:
        ValueError: nothing was picked of one state, the lengths differ, or the model has no bar maps.
    """
    cells = calibration.bar_map_cells
    if not cells:
        raise ValueError("the model has no bar maps to propose masks from")
    mean = embeddings.mean(1)
    search = _Search(picks, compare, calibration, group(mean, picks), options)
    maps = mean[:, : cells * cells].reshape(-1, cells, cells)
    search.draw(difference(maps, picked(picks)))
    search.draw(difference(maps, search.groups))
    for _ in range(options.rounds - 1):
        if search.regroup():
            search.draw(difference(maps, search.groups))
    search.refine()
    return search.result()


class _Search:
    """The best candidate so far, and the groups that it has to explain."""

    def __init__(
        self,
        picks: Picks,
        compare: Compare,
        calibration: Calibration,
        groups: Float64,
        options: ProposalOptions,
    ) -> None:
        self.groups = groups
        self._picks, self._fixed = picks, picked(picks)
        self._compare, self._calibration, self._options = compare, calibration, options
        self._best: _Candidate | None = None
        self._empty = [True, True]
        self._drawn: tuple[list[Drawing], list[Drawing]] = ([], [])
        self._seen: set[tuple[Drawing, Drawing]] = set()

    def draw(self, shown: Float64) -> None:
        """Try what each cut makes of float64[C, C], above 0 where the open bar shows."""
        self._drawn = ([], [])
        for cut in self._options.cuts:
            drawings = [self._lines(part, cut) for part in (shown, -shown)]
            for side, drawing in enumerate(drawings):
                self._empty[side] &= not drawing.lines
                self._drawn[side].append(drawing)
            if all(drawing.lines for drawing in drawings):
                self._try(drawings[0], drawings[1], 0.0)

    def _lines(self, shown: Float64, cut: Cut) -> Drawing:
        lines = strokes_of(bar_area(shown, cut), self._options.width_px)
        parts = sorted(parts_of(lines), key=extent_px, reverse=True)[: self._options.most_parts]
        kept = [part for part in parts if extent_px(part) >= self._options.least_px]
        return Drawing(lines=tuple(line for part in kept for line in part.lines))

    def _try(self, opened: Drawing, closed: Drawing, gain: float) -> None:
        if (opened, closed) in self._seen:
            return
        self._seen.add((opened, closed))
        matches = self._compare(np.stack([opened.raster(), closed.raster()])).astype(np.float64).mean(1)
        scale, offset = self._calibration.scale, self._calibration.offset
        p_open = np.array([probability(-(scale * margin + offset)) for margin in matches[:, 0]])
        fits = np.nan_to_num(matches[:, 1], nan=1.0)
        support = self._support(p_open, fits)
        if self._best is None or support > self._best.support + gain:
            self._best = _Candidate(opened, closed, p_open, fits, support)

    def _support(self, p_open: Float64, fits: Float64) -> float:
        """Return the passages' mean log likelihood, the picked ones counted twice; no passage rules alone."""
        weights = self.groups.sum(1)
        is_open = self.groups[:, 0] / np.maximum(weights, 1e-9)
        weights = np.where(self._fixed.any(1), 2.0, weights)
        p = 0.01 + 0.98 * p_open
        explained = is_open * np.log(p) + (1 - is_open) * np.log(1 - p) + np.log(np.clip(fits, 0.01, 1))
        return float(weights @ explained / weights.sum())

    def regroup(self) -> bool:
        """Group the passages by the best candidate's verdicts; say whether there is one."""
        best = self._best
        if best is None:
            return False
        groups = membership(best.p_open)
        groups[(groups.max(1) < self._options.clear) | (best.fits < self._options.fits)] = 0
        self.groups = np.where(self._fixed.any(1, keepdims=True), self._fixed, groups)
        self._best = best._replace(support=self._support(best.p_open, best.fits))
        return True

    def refine(self) -> None:
        """Take either drawing from another cut, leave out parts, widen lines, where that explains more."""
        for side in (0, 1):
            for drawing in self._drawn[side]:
                self._change(side, drawing)
        for side in (0, 1):
            for part in sorted(parts_of(self._side(side)), key=extent_px):
                kept = tuple(line for line in self._side(side).lines if line not in part.lines)
                self._change(side, Drawing(lines=kept))
        for _ in range(2):
            for side in (0, 1):
                wider = self._options.wider_px
                lines = [(line.points, line.width + wider) for line in self._side(side).lines]
                wide = tuple(Polyline(points=points, width=width) for points, width in lines)
                self._change(side, Drawing(lines=wide))

    def _side(self, side: int) -> Drawing:
        best = self._best
        return Drawing() if best is None else (best.open, best.close)[side]

    def _change(self, side: int, drawing: Drawing) -> None:
        if drawing.lines:
            pair = [self._side(0), self._side(1)]
            pair[side] = drawing
            self._try(pair[0], pair[1], self._options.gain)

    def result(self) -> MaskProposal:
        """Return the proposal with what speaks against it."""
        return MaskProposal(
            self._side(0),
            self._side(1),
            tuple(self._reasons()),
            -np.inf if self._best is None else self._best.support,
            self.groups,
        )

    def _reasons(self) -> Iterator[ProposalReason]:
        best = self._best
        if best is None:
            if self._empty[0]:
                yield ProposalReason.NO_OPEN_BAR
            if self._empty[1]:
                yield ProposalReason.NO_CLOSED_BAR
            if not any(self._empty):
                yield ProposalReason.DOUBTFUL
            return
        masks = best.open.raster(), best.close.raster()
        if overlap(*masks) > MAX_OVERLAP:
            yield ProposalReason.ALIKE
        heights = [float(np.nonzero(mask)[0].mean()) for mask in masks]  # y is down
        if heights[0] > heights[1] + self._options.higher_px:
            yield ProposalReason.SWAPPED
        called = np.where(best.p_open > 0.5, 1, 0) == self._fixed[:, 0]
        if not called[self._fixed.any(1)].all():
            yield ProposalReason.PICKS_CONTRADICT
        in_a_group = float((self.groups.sum(1) > 0).mean())
        if best.support < self._options.doubtful or in_a_group < self._options.told_apart:
            yield ProposalReason.DOUBTFUL
