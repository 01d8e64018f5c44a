"""Prototypes of a lift's own carriers, beside its masks: what its open and its closed passages look like.

Masks say where a bar is to be seen; the lift's own passages say what it really looks like there, and what
always surrounds it. The prototypes are the mean embeddings of open and of closed passages (Snell, Swersky
and Zemel, "Prototypical networks for few-shot learning", NeurIPS 2017). No passage has to be labelled:
each counts for a cluster as far as its margin makes it a member (`lifts.decision.clusters.memberships`); a
reviewed one counts wholly for its label.

How much nearer an embedding is to one prototype than to the other is linear in it; coordinates that differ
much among passages of the same state count less (a diagonal discriminant). A prototype holds a part of each
passage that it is the mean of, so passages lie nearer to their own than a new one will: scale and middle are
taken from each passage's distance to the prototypes of all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.decision.clusters import BimodalFit, ClusterPrior, Float64, fit_clusters, memberships
from lifts.decision.verdict import Float32

MOMENTS = 3
"""Begin, middle and end of a passage."""

MIN_MEMBERS = 2.0
"""Passages of the smaller cluster up to which there are no prototypes."""

HALF_WEIGHT_MEMBERS = 4.0
"""How many more of them give the prototypes half of the weight that very many would give."""

MIN_KEPT = 0.5
"""Passages lie further apart by their own prototypes than new ones will. This is made up for by scaling the
margins, as if at least this fraction of the distance were left."""


@dataclass(frozen=True, eq=False)
class Prototypes:
    """A lift's prototypes as a reading of embeddings, for each of the three moments of a passage.

    Attributes:
        directions: float32[3, D]; an embedding's margin by the prototypes is its product with its moment's,
            plus the moment's offset.
        offsets: margins of the origin.
        weights: of those margins beside the masks', 0..1.
    """

    directions: Float32
    offsets: tuple[float, float, float]
    weights: tuple[float, float, float]

    def combined(self, margins: npt.ArrayLike, embeddings: Float32) -> Float32:
        """Return the margins by masks and prototypes together.

        Args:
            margins: float[..., M], by the masks, of the M pictures of a passage.
            embeddings: float32[..., M, D]. Three are begin, middle and end; of fewer the moments are unknown,
                and the mean of all prototypes is taken.

        Returns:
            float32[..., M].
        """
        directions, offsets, weights = self.directions, np.array(self.offsets), np.array(self.weights)
        if embeddings.shape[-2] != MOMENTS:
            directions = np.repeat(directions.mean(0)[None], embeddings.shape[-2], 0)
            offsets, weights = offsets.mean(), weights.mean()
        own = (embeddings * directions).sum(-1) + offsets
        return np.asarray((1 - weights) * np.asarray(margins) + weights * own, np.float32)


@dataclass(frozen=True, eq=False)
class LearntPrototypes:
    """What N passages of a lift show.

    Attributes:
        fit: the clusters of `margins`.
        prototypes: None if a cluster is too small.
        margins: float64[N], of the same passages, by masks and by the prototypes of all the others.
    """

    fit: BimodalFit
    prototypes: Prototypes | None
    margins: Float64


def background_embedding(margins: npt.ArrayLike, embeddings: Float32, prior: ClusterPrior) -> Float32 | None:
    """Return what shows in a lift's pictures whatever the state of the bar, as a mean embedding.

    The mean over all passages would do where both states are as frequent; where hardly anybody closes it, an
    open bar is in nearly all of them. So both clusters count alike.

    Args:
        margins: float[N], one a passage, by the masks alone.
        embeddings: float32[N, 3, D], of each passage at begin, middle and end.
        prior: how clusters lie on lifts in general.

    Returns:
        float32[D], or None where one cluster is too small.

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
        margins: float[N], one a passage, by the masks.
        embeddings: float32[N, 3, D], of each passage at begin, middle and end.
        prior: how clusters lie on lifts in general.
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
        return LearntPrototypes(fit, None, x)
    apart = prior.closed_mean - prior.open_mean
    found = [_read(embeddings[:, moment].astype(np.float64), belongs, apart) for moment in range(MOMENTS)]
    prototypes = Prototypes(
        np.stack([one.direction for one in found]).astype(np.float32),
        (found[0].offset, found[1].offset, found[2].offset),
        (found[0].weight, found[1].weight, found[2].weight),
    )
    combined = np.mean([(1 - one.weight) * x + one.weight * one.own for one in found], axis=0)
    return LearntPrototypes(fit_clusters(combined, prior, is_open), prototypes, combined)


class _MomentReading(NamedTuple):
    """One moment's prototypes; own: float64[N], each passage's margin by those of all the others."""

    direction: Float64
    offset: float
    weight: float
    own: Float64


def _read(x: Float64, belongs: Float64, apart: float) -> _MomentReading:
    """Read embeddings float64[N, D] by the prototypes of two clusters, scaled to lie `apart`."""
    count = belongs.sum(0)  # [2]
    means = belongs.T @ x / count[:, None]  # [2, D]
    within = sum(belongs[:, k] @ (x - means[k]) ** 2 for k in (0, 1)) / count.sum()  # [D]
    evenly = 1 / (within + within.mean() + 1e-12)
    difference = means[1] - means[0]
    direction = difference * evenly
    distance = float(direction @ difference)
    if distance <= 0:  # the two clusters look alike
        return _MomentReading(np.zeros_like(direction), 0.0, 0.0, np.zeros(len(x)))
    # Without passage i its prototype is m - w_i (x_i - m) / (count - w_i), m being that with it.
    near = x @ (means * evenly).T  # [N, 2]
    square = (x**2) @ evenly
    left = belongs * (square[:, None] - near) / np.maximum(count - belongs, 0.5)
    others = near - left
    own = others[:, 1] - others[:, 0]  # [N], in units of the direction
    middle = (belongs * own[:, None]).sum(0) / count
    kept = float(middle[1] - middle[0])
    scale = apart / max(kept, MIN_KEPT * distance)
    # How well the prototypes tell apart passages that they do not hold says how far to trust them.
    trust = min(max(kept / distance, 0.0), 1.0)
    worth = trust * (count.min() - MIN_MEMBERS) / (count.min() + HALF_WEIGHT_MEMBERS)
    offset = -scale * float(middle.sum()) / 2
    return _MomentReading(scale * direction, offset, float(worth / (1 + worth)), scale * own + offset)
