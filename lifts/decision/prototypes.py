"""Prototypes: the appearance of a lift's own open and closed passages, used together with its masks.

The masks show where a bar is. The lift's own passages show what the bar looks like there, and what always
surrounds it. The prototypes are the mean embeddings of open and of closed passages (Snell, Swersky and
Zemel, "Prototypical networks for few-shot learning", NeurIPS 2017). No passage has to be labelled: each is
weighted by its membership in the cluster (`lifts.decision.clusters.memberships`), and a reviewed passage
belongs to the cluster of its label with weight 1.

The difference of the distances to the two prototypes is linear in the embedding. Coordinates that vary much
among passages of the same state weigh less (a diagonal discriminant). Each passage contributes to its own
prototype and therefore lies nearer to it than a new passage would. So scale and midpoint are estimated by
leaving one out: each passage is compared with the prototypes of all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float32, Float64
from lifts.decision.clusters import BimodalFit, ClusterPrior, fit_clusters, memberships
from lifts.decision.learning.adapter import Adapter

MOMENTS = 3
"""Begin, middle and end of a passage."""

MIN_MEMBERS = 2.0
"""There are no prototypes if the smaller cluster holds no more passages than this."""

HALF_WEIGHT_MEMBERS = 4.0
"""Passages: with n in the smaller cluster, weight grows as (n - MIN_MEMBERS) / (n + HALF_WEIGHT_MEMBERS)."""

MIN_KEPT = 0.5
"""Prototypes separate their own passages better than new ones. The margins are scaled to compensate for that,
as if at least this fraction of the separation remained."""


@dataclass(frozen=True, eq=False)
class Prototypes:
    """A lift's prototypes as linear functions of embeddings, one for each of the three moments of a passage.

    Attributes:
        directions: float32[3, D]; the margin by the prototypes is the dot product of an embedding and its
            moment's direction, plus the moment's offset.
        offsets: margins at the origin of the embedding space.
        weights: weights 0..1 of these margins; the masks' margins have the rest.
        adapter: what reviewed passages add to the margins so combined, if they taught anything.
    """

    directions: Float32
    offsets: tuple[float, float, float]
    weights: tuple[float, float, float]
    adapter: Adapter | None = None

    def combine(self, margins: npt.ArrayLike, embeddings: Float32) -> Float32:
        """Return the margins by masks and prototypes together.

        Args:
            margins: float[..., M], by the masks, of the M pictures of a passage.
            embeddings: float32[..., M, D]. Three are begin, middle and end; more are evenly spread from begin
                to end, and judged by what lies between the moments' prototypes. With fewer, the moments are
                unknown, and the mean over the moments' prototypes is used.

        Returns:
            float32[..., M].
        """
        directions, offsets, weights = self.directions, np.array(self.offsets), np.array(self.weights)
        count = embeddings.shape[-2]
        if count < MOMENTS:
            directions = np.repeat(directions.mean(0)[None], count, 0)
            offsets, weights = offsets.mean(), weights.mean()
        elif count > MOMENTS:
            apart = np.linspace(0, MOMENTS - 1, count)[:, None] - np.arange(MOMENTS)
            shares = np.maximum(1 - np.abs(apart), 0)  # float64[M, 3]: rows add up to 1
            directions = np.asarray(shares @ directions, np.float32)
            offsets, weights = shares @ offsets, shares @ weights
        own = (embeddings * directions).sum(-1) + offsets
        combined = np.asarray((1 - weights) * np.asarray(margins) + weights * own, np.float32)
        return combined if self.adapter is None else combined + self.adapter.added(embeddings)


@dataclass(frozen=True, eq=False)
class LearntPrototypes:
    """What was learnt from N passages of a lift.

    Attributes:
        fit: the clusters of `margins`.
        prototypes: None if a cluster is too small.
        margins: float64[N], of the same passages, by masks and by the prototypes of all the others.
        by_moment: float64[N, 3], the same of each moment; their means are `margins`.
    """

    fit: BimodalFit
    prototypes: Prototypes | None
    margins: Float64
    by_moment: Float64


def background_embedding(margins: npt.ArrayLike, embeddings: Float32, prior: ClusterPrior) -> Float32 | None:
    """Return the mean embedding of what a lift's pictures show whatever the state of the bar.

    The mean over all passages would do if both states were equally frequent. Where hardly anybody closes the
    bar, nearly all pictures show it open. Both clusters therefore have the same weight.

    Args:
        margins: float[N], one per passage, by the masks alone.
        embeddings: float32[N, 3, D], of each passage at begin, middle and end.
        prior: distribution of the clusters over lifts in general.

    Returns:
        float32[D], or None if one cluster is too small.

    Raises:
        ValueError: a margin is not finite.
    """
    belongs = memberships(margins, fit_clusters(margins, prior), prior)
    count = belongs.sum(0)
    if len(belongs) == 0 or count.min() <= MIN_MEMBERS:
        return None
    means = belongs.T @ embeddings.mean(1) / count[:, None]  # [2, D]
    return np.asarray(means.mean(0), np.float32)


def learn(
    margins: npt.ArrayLike,
    embeddings: Float32,
    prior: ClusterPrior,
    is_open: Sequence[bool | None] | None = None,
) -> LearntPrototypes:
    """Learn from a lift's passages.

    Args:
        margins: float[N], one per passage, by the masks.
        embeddings: float32[N, 3, D], of each passage at begin, middle and end.
        prior: distribution of the clusters over lifts in general.
        is_open: the reviewer's label of each passage, None where there is none; all None by default.

    Raises:
        ValueError: a number is not finite, or the lengths differ.
    """
    x = np.asarray(margins, np.float64).reshape(-1)
    if embeddings.ndim != 3 or embeddings.shape[:2] != (len(x), MOMENTS):
        raise ValueError(f"{len(x)} margins, but embeddings {list(embeddings.shape)}")
    if not np.isfinite(embeddings).all():
        raise ValueError("an embedding is not finite")
    fit = fit_clusters(x, prior, is_open)
    belongs = memberships(x, fit, prior, is_open)
    if len(x) == 0 or belongs.sum(0).min() <= MIN_MEMBERS:
        return LearntPrototypes(fit, None, x, np.repeat(x[:, None], MOMENTS, 1))
    apart = prior.closed_mean - prior.open_mean
    found = [
        _fit_moment(embeddings[:, moment].astype(np.float64), belongs, apart) for moment in range(MOMENTS)
    ]
    prototypes = Prototypes(
        np.stack([one.direction for one in found]).astype(np.float32),
        (found[0].offset, found[1].offset, found[2].offset),
        (found[0].weight, found[1].weight, found[2].weight),
    )
    by_moment = np.stack([(1 - one.weight) * x + one.weight * one.own for one in found], axis=1)
    combined = by_moment.mean(1)
    return LearntPrototypes(fit_clusters(combined, prior, is_open), prototypes, combined, by_moment)


class _MomentReading(NamedTuple):
    """One moment's prototypes; own: float64[N], the margin of each passage by the others' prototypes."""

    direction: Float64
    offset: float
    weight: float
    own: Float64


def _fit_moment(x: Float64, belongs: Float64, apart: float) -> _MomentReading:
    """Fit one moment's prototypes to embeddings float64[N, D], with margins scaled to lie `apart`."""
    count = belongs.sum(0)  # [2]
    means = belongs.T @ x / count[:, None]  # [2, D]
    within = sum(belongs[:, k] @ (x - means[k]) ** 2 for k in (0, 1)) / count.sum()  # [D]
    precision = 1 / (within + within.mean() + 1e-12)
    difference = means[1] - means[0]
    direction = difference * precision
    distance = float(direction @ difference)
    if distance <= 0:  # the two clusters are not separated
        return _MomentReading(np.zeros_like(direction), 0.0, 0.0, np.zeros(len(x)))
    # A prototype m without passage i becomes m - w_i (x_i - m) / (count - w_i).
    near = x @ (means * precision).T  # [N, 2]
    square = (x**2) @ precision
    left = belongs * (square[:, None] - near) / np.maximum(count - belongs, 0.5)
    others = near - left
    own = others[:, 1] - others[:, 0]  # [N], in units of the direction
    middle = (belongs * own[:, None]).sum(0) / count
    kept = float(middle[1] - middle[0])
    scale = apart / max(kept, MIN_KEPT * distance)
    # Trust the prototypes as far as they separate passages that they were not computed from.
    trust = min(max(kept / distance, 0.0), 1.0)
    worth = trust * (count.min() - MIN_MEMBERS) / (count.min() + HALF_WEIGHT_MEMBERS)
    offset = -scale * float(middle.sum()) / 2
    return _MomentReading(scale * direction, offset, float(worth / (1 + worth)), scale * own + offset)
