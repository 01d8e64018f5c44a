"""What a lift learns from its own passages: no label needed, reviews count where given.

The passages are judged by the masks alone, first for what shows in either state (the background), then again
by masks and background. From these margins follow the lift's own threshold and the prototypes of its open
and closed carriers. Nothing here changes a verdict: an operator has to activate the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.decision.clusters import BimodalFit, ClusterPrior
from lifts.decision.prototypes import MOMENTS, Prototypes, background_embedding, learn
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Float32, Judgement, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class SiteCalibration:
    """What a lift has learnt of itself with one pair of masks and one model.

    fit: the two clusters of its passages' margins; their threshold is what the lift is judged by.
    prototypes: what its open and its closed carriers look like.
    background_embedding: float32[D], what shows in its pictures in either state.
    The latter two are None where one state was too rare.
    """

    fit: BimodalFit
    prototypes: Prototypes | None = None
    background_embedding: Float32 | None = None


class PassageSample(NamedTuple):
    """N judged passages to learn from.

    margins: float[N], by masks and background. embeddings: float32[N, 3, D] at begin, middle and end.
    is_open: the reviewer's label of each, None where there is none.
    """

    margins: npt.ArrayLike
    embeddings: Float32
    is_open: Sequence[bool | None]


class SiteLearning(NamedTuple):
    """A site's calibration; margins: float64[N] of the passages it was found from, sample: those passages."""

    calibration: SiteCalibration
    margins: npt.NDArray[np.float64]
    sample: PassageSample


def calibrate_site(judged: Callable[[Float32 | None], PassageSample], prior: ClusterPrior) -> SiteLearning:
    """Learn from a lift's passages.

    Args:
        judged: judges the passages by the masks and a background embedding float32[D]; called without one
            first, then with the one found, if any was.
        prior: how the clusters lie on lifts in general.

    Raises:
        ValueError: a number is not finite, or the lengths differ.
    """
    sample = judged(None)
    background = background_embedding(sample.margins, sample.embeddings, prior)
    if background is not None:
        sample = judged(background)
    learnt = learn(sample.margins, sample.embeddings, prior, sample.is_open)
    return SiteLearning(SiteCalibration(learnt.fit, learnt.prototypes, background), learnt.margins, sample)


def says_something(judgement: Judgement) -> bool:
    """Return whether a passage was seen well enough to learn from, however doubtful its verdict."""
    return judgement.verdict is not Verdict.UNKNOWN or judgement.reasons == (Reason.TOO_CLOSE,)


def by_moment(embeddings: Float32) -> Float32:
    """Return float32[3, D], begin, middle and end, of float32[M, D].

    Of fewer pictures the moments are unknown: each gets their mean.
    """
    if len(embeddings) == MOMENTS:
        return embeddings
    return np.repeat(embeddings.mean(0, keepdims=True), MOMENTS, 0)
