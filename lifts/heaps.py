"""What a lift's own passages say of its margins, with no label: two heaps, and the valley between them.

A network that reads masks ranks the passages of an unseen lift well and errs by an offset: what is always in
that lift's picture (frame, seat edges, a railing) pulls every margin the same way. The margins of unlabelled
passages show it. They are taken for a mixture of two normal heaps, open and closed, with one spread and any
share of open carriers, beside a thin even layer of passages that belong to neither (bars on their way,
people before the camera). How heaps lie on lifts in general is known from lifts with labels: it is the prior
that says which heap a single one is, where bars are nearly always closed or nearly never.

The estimate is the maximum a posteriori by expectation maximisation (Dempster, Laird and Rubin 1977; priors
as in Fraley and Raftery, "Bayesian regularization for normal mixture estimation", 2007). Heaps are not
normal: with hundreds of passages the tails of one would be split off as the other. So the passages count at
most as much as `Prior.most` of them (a tempered likelihood).

Passages that somebody reviewed are known members of their heap and count fully.

A heap of few passages says little of where it lies, and the valley moves with it: the lift is judged by a
threshold that lies between the masks' own, 0, and the valley, nearer to it the more the smaller heap holds
and the more passages somebody reviewed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SHIFTS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # starts of the search, in prior deviations of the common offset
_CUTS = (0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
_SHARES = (0.03, 0.5, 0.97)
_ROUNDS = 100
_TRUSTED = 20.0  # passages of the smaller heap, or reviewed, that bring the threshold half-way to the valley
_REACH = 4.0  # margins are differences of distances between unit vectors: -2..2


@dataclass(frozen=True)
class Prior:
    """How the heaps of passage margins lie on lifts in general.

    Attributes:
        open_mean, closed_mean: means over lifts of the heaps' centres.
        open_deviation, closed_deviation: their standard deviations over lifts, above 0.
        correlation: between the two centres, -1..1 (exclusive): a common offset makes it positive.
        spread: standard deviation within a heap, above 0.
        strength: passages that `spread` is worth.
        outliers: share of passages of neither heap, 0..1.
        most: unlabelled passages count at most as much as so many.
    """

    open_mean: float
    closed_mean: float
    open_deviation: float
    closed_deviation: float
    correlation: float
    spread: float
    strength: float = 8.0
    outliers: float = 0.03
    most: float = 20.0

    def mean(self) -> Floats:
        """float64[2]: open, closed."""
        return np.array([self.open_mean, self.closed_mean])

    def covariance(self) -> Floats:
        """float64[2, 2] of the centres."""
        both = self.correlation * self.open_deviation * self.closed_deviation
        return np.array([[self.open_deviation**2, both], [both, self.closed_deviation**2]])


@dataclass(frozen=True)
class Heaps:
    """A lift's two heaps of passage margins.

    Attributes:
        open_mean, closed_mean: their centres.
        spread: standard deviation within either.
        open_share: of the passages, 0..1.
        trust: how far the threshold goes from the masks' own to the valley, 0..1.
    """

    open_mean: float
    closed_mean: float
    spread: float
    open_share: float
    trust: float = 1.0

    @property
    def valley(self) -> float:
        """The margin half-way between the heaps."""
        return (self.open_mean + self.closed_mean) / 2

    @property
    def threshold(self) -> float:
        """The margin that the lift is judged by: below it a passage is open."""
        return self.trust * self.valley

    @property
    def overlap(self) -> float:
        """Share of a heap beyond the threshold if heaps were normal, the worse of the two, 0..1: go/no-go."""
        nearest = min(self.threshold - self.open_mean, self.closed_mean - self.threshold)
        return 0.5 * math.erfc(nearest / (self.spread * math.sqrt(2)))


def heaps_of(margins: npt.ArrayLike, prior: Prior, is_open: Sequence[bool | None] | None = None) -> Heaps:
    """Find the two heaps of a lift's passage margins.

    Args:
        margins: float[N], one a passage; none is allowed, and returns the prior's heaps.
        prior: what is known of lifts in general.
        is_open: what somebody said of each passage, None for nothing; all None by default.

    Raises:
        ValueError: a margin is not finite, or there are not as many labels as margins.
    """
    x = np.asarray(margins, np.float64).reshape(-1)
    labels = [None] * len(x) if is_open is None else list(is_open)
    if len(labels) != len(x):
        raise ValueError(f"{len(x)} margins, but {len(labels)} labels")
    if not np.isfinite(x).all():
        raise ValueError("a margin is not finite")
    possible = np.array([[label is not False, label is not True] for label in labels], bool).reshape(-1, 2)
    known = np.array([label is not None for label in labels], bool)
    unlabelled = int((~known).sum())
    weight = np.where(known, 1.0, min(1.0, prior.most / max(unlabelled, 1)))
    ends = [
        _climbed(x, weight, possible, known, prior, start, share)
        for start in _starts(x, prior)
        for share in _SHARES
    ]
    # Open is the heap of the lower margins; where no search ends so, the passages have told nothing.
    told = [end for end in ends if end[1].open_mean < end[1].closed_mean]
    if not told:
        return Heaps(prior.open_mean, prior.closed_mean, prior.spread, 0.5, trust=0.0)
    found = max(told, key=lambda end: end[0])[1]
    evidence = float(memberships(x, found, prior, labels).sum(0).min()) + float(known.sum())
    return replace(found, trust=evidence / (evidence + _TRUSTED))


def memberships(
    margins: npt.ArrayLike, heaps: Heaps, prior: Prior, is_open: Sequence[bool | None] | None = None
) -> Floats:
    """Say how far each passage belongs to either heap: float64[N, 2], open and closed, at most 1 together.

    Args:
        margins: float[N].
        heaps: the lift's.
        prior: whose `outliers` says how many belong to neither.
        is_open: what somebody said of each passage; such a one belongs to its heap wholly.
    """
    x = np.asarray(margins, np.float64).reshape(-1, 1)
    share = np.array([heaps.open_share, 1 - heaps.open_share]) * (1 - prior.outliers)
    found = _layers(x, np.array([heaps.open_mean, heaps.closed_mean]), heaps.spread**2, share)
    found /= found.sum(1, keepdims=True) + prior.outliers / _REACH
    for row, label in zip(found, is_open or [], strict=False):
        if label is not None:
            row[:] = (label, not label)
    return found


def _layers(x: Floats, centres: Floats, variance: float, share: Floats) -> Floats:
    """Densities float64[N, 2] of two normal heaps at x float64[N, 1]."""
    z = (x - centres) ** 2 / (2 * variance)
    densities: Floats = share * np.exp(-np.minimum(z, 600)) / math.sqrt(2 * math.pi * variance)
    return densities


def _starts(x: Floats, prior: Prior) -> list[Floats]:
    """Where to begin: the prior's centres moved together, and the passages cut in two at several places."""
    deviation = np.sqrt(np.diag(prior.covariance()))
    starts = [prior.mean() + shift * deviation for shift in _SHIFTS]
    if len(x) > 1:
        ordered = np.sort(x)
        cuts = {min(max(round(part * len(x)), 1), len(x) - 1) for part in _CUTS}
        starts += [np.array([ordered[:cut].mean(), ordered[cut:].mean()]) for cut in sorted(cuts)]
    return starts


def _climbed(
    x: Floats,
    weight: Floats,
    possible: npt.NDArray[np.bool_],
    known: npt.NDArray[np.bool_],
    prior: Prior,
    centres: Floats,
    share: float,
) -> tuple[float, Heaps]:
    """Climb to a maximum from one start; returns its log posterior and the heaps there."""
    mean, precision = prior.mean(), np.linalg.inv(prior.covariance())
    variance = prior.spread**2
    layer = np.where(known, 0.0, prior.outliers / _REACH)  # who reviewed a passage said which heap it is of
    total = np.ones(len(x))
    for _ in range(_ROUNDS):
        shares = np.array([share, 1 - share]) * (1 - prior.outliers)
        heaps = np.where(possible, _layers(x[:, None], centres, variance, shares), 0.0)
        total = heaps.sum(1) + layer
        belongs = heaps / total[:, None] * weight[:, None]
        count = belongs.sum(0)
        pull = precision @ mean + (belongs * x[:, None]).sum(0) / variance
        moved = np.linalg.solve(precision + np.diag(count / variance), pull)
        square = float((belongs * (x[:, None] - moved) ** 2).sum())
        variance = (prior.strength * prior.spread**2 + square) / (prior.strength + float(count.sum()))
        # As if half a passage of either state had been seen: a share is never quite 0 or 1.
        share = float((count[0] + 0.5) / (count.sum() + 1))
        still = bool(np.abs(moved - centres).max() < 1e-7)
        centres = moved
        if still:
            break
    off = centres - mean
    posterior = float((weight * np.log(total)).sum()) - 0.5 * float(off @ precision @ off)
    posterior -= prior.strength * (0.5 * math.log(variance) + prior.spread**2 / (2 * variance))
    posterior += 0.5 * math.log(share * (1 - share))
    return posterior, Heaps(float(centres[0]), float(centres[1]), math.sqrt(variance), share)


def prior_from(lifts: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]]) -> Prior:
    """Learn the prior from lifts with labels.

    Args:
        lifts: (margins float[N], is_open bool[N]) of three or more lifts' passages, both states in each.

    Raises:
        ValueError: there are too few lifts, or one of them shows one state only.
    """
    if len(lifts) < 3:
        raise ValueError(f"a prior over lifts takes three or more, got {len(lifts)}")
    centres, spreads = [], []
    for margins, is_open in lifts:
        x, opened = np.asarray(margins, np.float64), np.asarray(is_open, bool)
        if opened.all() or not opened.any():
            raise ValueError("a lift shows one state only")
        both = (x[opened], x[~opened])
        centres.append([float(np.median(heap)) for heap in both])
        # Medians and their deviations: a lift's outliers have a layer of their own.
        deviations = [1.4826 * float(np.median(np.abs(heap - np.median(heap)))) for heap in both]
        spreads.append(math.sqrt(float(np.mean(np.square(deviations)))))
    table = np.array(centres)
    deviation = np.maximum(table.std(0, ddof=1), 1e-3)
    together = float(np.cov(table.T)[0, 1] / deviation.prod())
    return Prior(
        open_mean=float(table[:, 0].mean()),
        closed_mean=float(table[:, 1].mean()),
        open_deviation=float(deviation[0]),
        closed_deviation=float(deviation[1]),
        correlation=float(np.clip(together, -0.99, 0.99)),
        spread=max(float(np.median(spreads)), 1e-3),
    )
