"""The two clusters of a lift's passage margins, open and closed, found without labels.

A network that is given masks ranks the passages of an unseen lift well, but its margins have an offset:
permanent parts of the lift's pictures (frame, seat edges, a railing) shift all margins alike. The margins of
unlabelled passages reveal this offset. They are modelled as a mixture of two normal clusters, open and
closed, with a common spread and any share of open carriers, and of a thin uniform layer of outliers (moving
bars, people in front of the camera). The prior is the distribution of the clusters over labelled lifts. It
identifies a single cluster on lifts whose bars are nearly always closed, or nearly never.

The estimate is the maximum a posteriori by expectation maximisation (Dempster, Laird and Rubin 1977; priors
as in Fraley and Raftery, "Bayesian regularization for normal mixture estimation", 2007). The clusters are
not exactly normal: with hundreds of passages, the tails of one would pass for the other. The total weight
of the passages is therefore limited to `ClusterPrior.most` (a tempered likelihood).

Reviewed passages are known members of their cluster and have weight 1.

The centre of a small cluster is uncertain, and so is the midpoint. The lift is therefore judged by a
threshold between the masks' own threshold, 0, and the midpoint. It moves towards the midpoint as the smaller
cluster grows and as more passages are reviewed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field
from pydantic.dataclasses import dataclass as validated

from lifts.arrays import Bool, Float64

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

_SHIFTS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # offsets of the first starting points, in the prior's deviations
_CUTS = (0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
_SHARES = (0.03, 0.5, 0.97)
_ROUNDS = 100
_HALFWAY_EVIDENCE = 20.0  # passages, reviewed or in the smaller cluster, that move the threshold halfway
_MARGIN_RANGE = 4.0  # margins are differences of distances between unit vectors: -2..2


@validated(frozen=True)
class ClusterPrior:
    """Distribution of the clusters of passage margins over lifts; a part of a model's calibration.

    Attributes:
        open_mean, closed_mean: means over lifts of the clusters' centres.
        open_deviation, closed_deviation: their standard deviations over lifts, above 0.
        correlation: between the two centres, -1..1 (exclusive): a common offset makes it positive.
        spread: standard deviation within a cluster, above 0.
        strength: weight of `spread` in the estimate, as a number of passages.
        outliers: share of passages in neither cluster, 0..1.
        most: largest total weight of the unlabelled passages, as a number of passages.
    """

    open_mean: Finite
    closed_mean: Finite
    open_deviation: Positive
    closed_deviation: Positive
    correlation: Annotated[float, Field(gt=-1, lt=1)]
    spread: Positive
    strength: Positive = 8.0
    outliers: Annotated[float, Field(gt=0, lt=1)] = 0.03
    most: Positive = 20.0

    def mean(self) -> Float64:
        """Return the mean centres, float64[2]: open, closed."""
        return np.array([self.open_mean, self.closed_mean])

    def covariance(self) -> Float64:
        """Return the covariance of the centres, float64[2, 2]."""
        shared = self.correlation * self.open_deviation * self.closed_deviation
        return np.array([[self.open_deviation**2, shared], [shared, self.closed_deviation**2]])


@dataclass(frozen=True)
class BimodalFit:
    """The two clusters of a lift's passage margins.

    Attributes:
        open_mean, closed_mean: their centres.
        spread: standard deviation within each.
        open_share: share of the passages in the open cluster, 0..1.
        trust: position of the threshold, from 0 (the masks' own) to 1 (the midpoint).
    """

    open_mean: float
    closed_mean: float
    spread: float
    open_share: float
    trust: float = 1.0

    @property
    def midpoint(self) -> float:
        """The margin halfway between the clusters."""
        return (self.open_mean + self.closed_mean) / 2

    @property
    def threshold(self) -> float:
        """The margin below which a passage of this lift is open."""
        return self.trust * self.midpoint

    @property
    def overlap(self) -> float:
        """Share 0..1 of a normal cluster that lies beyond the threshold; the larger of the two."""
        return self.overlap_at(self.threshold)

    def overlap_at(self, threshold: float) -> float:
        """Return the same share, 0..1, for another threshold."""
        nearest = min(threshold - self.open_mean, self.closed_mean - threshold)
        return 0.5 * math.erfc(nearest / (self.spread * math.sqrt(2)))


def fit_clusters(
    margins: npt.ArrayLike, prior: ClusterPrior, is_open: Sequence[bool | None] | None = None
) -> BimodalFit:
    """Find the two clusters of a lift's passage margins.

    Args:
        margins: float[N], one per passage; N may be 0, which returns the prior's clusters.
        prior: distribution of the clusters over lifts in general.
        is_open: the reviewer's label of each passage, None where there is none; all None by default.

    Raises:
        ValueError: a margin is not finite, or the numbers of labels and margins differ.
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
    starts = np.array([start for start in _starts(x, prior) for _ in _SHARES])
    shares = np.resize(_SHARES, len(starts))
    posterior, found = _maximise_posterior(x, weight, possible, known, prior, starts, shares)
    # The open cluster has the lower margins; without such a candidate, the passages teach nothing.
    posterior[[fit.open_mean >= fit.closed_mean for fit in found]] = -np.inf
    if not np.isfinite(posterior).any():
        return BimodalFit(prior.open_mean, prior.closed_mean, prior.spread, 0.5, trust=0.0)
    best = found[int(posterior.argmax())]
    evidence = float(memberships(x, best, prior, labels).sum(0).min()) + float(known.sum())
    return replace(best, trust=evidence / (evidence + _HALFWAY_EVIDENCE))


def memberships(
    margins: npt.ArrayLike, fit: BimodalFit, prior: ClusterPrior, is_open: Sequence[bool | None] | None = None
) -> Float64:
    """Return each passage's membership in open and in closed: float64[N, 2], with sums of at most 1.

    Args:
        margins: float[N].
        fit: the lift's clusters.
        prior: its `outliers` is the share of passages in neither cluster.
        is_open: the reviewer's label of each passage; a labelled passage has membership 1 in its cluster.
    """
    x = np.asarray(margins, np.float64).reshape(-1, 1)
    share = np.array([fit.open_share, 1 - fit.open_share]) * (1 - prior.outliers)
    found = _densities(x, np.array([fit.open_mean, fit.closed_mean]), fit.spread**2, share)
    found /= found.sum(1, keepdims=True) + prior.outliers / _MARGIN_RANGE
    for row, label in zip(found, is_open or [], strict=False):
        if label is not None:
            row[:] = (label, not label)
    return found


def _densities(x: Float64, centres: Float64, variance: Float64 | float, share: Float64) -> Float64:
    """Return the densities float64[N, 2] of two normal clusters at x float64[N, 1]; S pairs at once."""
    z = (x - centres) ** 2 / (2 * variance)
    densities: Float64 = share * np.exp(-np.minimum(z, 600)) / np.sqrt(2 * math.pi * variance)
    return densities


def _starts(x: Float64, prior: ClusterPrior) -> list[Float64]:
    """Return starting points: the prior's centres with common offsets, and the passages split by rank."""
    deviation = np.sqrt(np.diag(prior.covariance()))
    starts = [prior.mean() + shift * deviation for shift in _SHIFTS]
    if len(x) > 1:
        ordered = np.sort(x)
        cuts = {min(max(round(part * len(x)), 1), len(x) - 1) for part in _CUTS}
        starts += [np.array([ordered[:cut].mean(), ordered[cut:].mean()]) for cut in sorted(cuts)]
    return starts


def _maximise_posterior(
    x: Float64,
    weight: Float64,
    possible: Bool,
    known: Bool,
    prior: ClusterPrior,
    starts: Float64,
    shares: Float64,
) -> tuple[Float64, list[BimodalFit]]:
    """Maximise the posterior from S starts side by side: starts float64[S, 2], shares float64[S].

    Returns its logarithm at each maximum, float64[S], and the clusters there.
    """
    mean, precision = prior.mean(), np.linalg.inv(prior.covariance())
    layer = np.where(known, 0.0, prior.outliers / _MARGIN_RANGE)  # a reviewed passage is never an outlier
    centres, share = starts.copy(), shares.copy()
    variance, total = np.full(len(starts), prior.spread**2), np.ones((len(starts), len(x)))
    moving = np.arange(len(starts))  # those that have not converged
    for _ in range(_ROUNDS):
        at, spread2, part = centres[moving], variance[moving, None], share[moving]
        split = np.stack([part, 1 - part], 1) * (1 - prior.outliers)
        clusters = _densities(x[:, None], at[:, None], spread2[:, None], split[:, None])
        clusters = np.where(possible, clusters, 0.0)
        total[moving] = clusters.sum(2) + layer
        belongs = clusters / total[moving, :, None] * weight[:, None]
        count = belongs.sum(1)
        pull = precision @ mean + (belongs * x[:, None]).sum(1) / spread2
        moved = np.linalg.solve(precision + np.eye(2) * (count / spread2)[:, None], pull[..., None])[..., 0]
        square = (belongs * (x[:, None] - moved[:, None]) ** 2).sum((1, 2))
        variance[moving] = (prior.strength * prior.spread**2 + square) / (prior.strength + count.sum(1))
        # Half a passage is added to each state, so that a share is never exactly 0 or 1.
        share[moving] = (count[:, 0] + 0.5) / (count.sum(1) + 1)
        centres[moving] = moved
        moving = moving[np.abs(moved - at).max(1) >= 1e-7]
        if not len(moving):
            break
    off = centres - mean
    posterior = (weight * np.log(total)).sum(1) - 0.5 * ((off @ precision) * off).sum(1)
    posterior -= prior.strength * (0.5 * np.log(variance) + prior.spread**2 / (2 * variance))
    posterior += 0.5 * np.log(share * (1 - share))
    return posterior, [
        BimodalFit(float(one[0]), float(one[1]), math.sqrt(spread2), float(part))
        for one, spread2, part in zip(centres, variance, share, strict=True)
    ]


def fit_prior(lifts: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]]) -> ClusterPrior:
    """Learn the prior from lifts with labels.

    Args:
        lifts: (margins float[N], is_open bool[N]) of three or more lifts' passages; each has both states.

    Raises:
        ValueError: there are too few lifts, or one of them has a single state.
    """
    if len(lifts) < 3:
        raise ValueError(f"a prior over lifts takes three or more, got {len(lifts)}")
    centres, spreads = [], []
    for margins, is_open in lifts:
        x, opened = np.asarray(margins, np.float64), np.asarray(is_open, bool)
        if opened.all() or not opened.any():
            raise ValueError("a lift shows one state only")
        both = (x[opened], x[~opened])
        centres.append([float(np.median(cluster)) for cluster in both])
        # Medians, since the outliers are modelled apart.
        deviations = [1.4826 * float(np.median(np.abs(part - np.median(part)))) for part in both]
        spreads.append(math.sqrt(float(np.mean(np.square(deviations)))))
    table = np.array(centres)
    deviation = np.maximum(table.std(0, ddof=1), 1e-3)
    together = float(np.cov(table.T)[0, 1] / deviation.prod())
    return ClusterPrior(
        open_mean=float(table[:, 0].mean()),
        closed_mean=float(table[:, 1].mean()),
        open_deviation=float(deviation[0]),
        closed_deviation=float(deviation[1]),
        correlation=float(np.clip(together, -0.99, 0.99)),
        spread=max(float(np.median(spreads)), 1e-3),
    )
