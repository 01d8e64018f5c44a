"""Site calibration: what a lift learns from its own passages, with or without reviews.

The passages are first judged by the masks alone, to find what shows in either state (the background), and
then again by masks and background. The resulting margins give the lift's own threshold and the prototypes of
its open and closed carriers. What was reviewed teaches an adapter on top of these, if it plainly gains.
Nothing here changes a verdict: an operator has to activate the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float32, Float64
from lifts.decision.clusters import BimodalFit, ClusterPrior
from lifts.decision.learning.adapter import fit_adapter
from lifts.decision.prototypes import MOMENTS, Prototypes, background_embedding, learn
from lifts.decision.reasons import Reason
from lifts.decision.seat import learn_seats
from lifts.decision.verdict import Judgement, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class SiteCalibration:
    """A lift's own calibration, for one pair of masks and one model.

    fit: the two clusters of its passages' margins, with the threshold that the lift is judged by.
    prototypes: the appearance of its open and its closed carriers, with the adapter if there is one.
    background_embedding: float32[D], what its pictures show in either state.
    seats: the two clusters of its empty and its occupied passages (`lifts.decision.seat.learn_seats`).
    Prototypes and background are None if one state was too rare, the seats of a model without rider maps.
    """

    fit: BimodalFit
    prototypes: Prototypes | None = None
    background_embedding: Float32 | None = None
    seats: BimodalFit | None = None

    @property
    def adapted(self) -> bool:
        """Whether reviewed passages taught it an adapter."""
        return self.prototypes is not None and self.prototypes.adapter is not None


class PassageSample(NamedTuple):
    """N judged passages to learn from.

    margins: float[N], by masks and background. embeddings: float32[N, 3, D] at begin, middle and end.
    is_open, is_occupied: the reviewer's labels of each, None where there is none.
    occupancy: float[N] in 0..1, the probability that somebody sits there, by no site calibration.
    """

    margins: npt.ArrayLike
    embeddings: Float32
    is_open: Sequence[bool | None]
    occupancy: npt.ArrayLike = ()
    is_occupied: Sequence[bool | None] | None = None


class SiteLearning(NamedTuple):
    """A site calibration.

    sample: the passages that it was learnt from.
    margins: float64[N], theirs; without the adapter, which has seen their labels.
    """

    calibration: SiteCalibration
    margins: Float64
    sample: PassageSample


def calibrate_site(
    judged: Callable[[Float32 | None], PassageSample],
    prior: ClusterPrior,
    seat_prior: ClusterPrior | None = None,
) -> SiteLearning:
    """Learn from a lift's passages.

    Args:
        judged: judges the passages by the masks and a background embedding float32[D]; called without one
            first, then with the one that was found, if any.
        prior: distribution of the clusters over lifts in general.
        seat_prior: the same of the seat (`SeatCalibration.clusters`); without it nothing is learnt of it.

    Raises:
        ValueError: a number is not finite, or the lengths differ.
    """
    sample = judged(None)
    background = background_embedding(sample.margins, sample.embeddings, prior)
    if background is not None:
        sample = judged(background)
    learnt = learn(sample.margins, sample.embeddings, prior, sample.is_open)
    prototypes = learnt.prototypes
    if prototypes is not None:
        margins = learnt.by_moment - learnt.fit.threshold
        prototypes = replace(prototypes, adapter=fit_adapter(sample.embeddings, margins, sample.is_open))
    seats = None if seat_prior is None else learn_seats(sample.occupancy, seat_prior, sample.is_occupied)
    found = SiteCalibration(learnt.fit, prototypes, background, seats)
    return SiteLearning(found, learnt.margins, sample)


def is_informative(judgement: Judgement) -> bool:
    """Return whether a passage was seen well enough to learn from, even if its verdict is in doubt."""
    return judgement.verdict is not Verdict.UNKNOWN or judgement.reasons == (Reason.TOO_CLOSE,)


def arrange_by_moment(embeddings: Float32) -> Float32:
    """Return embeddings float32[M, D] as float32[3, D]: begin, middle and end.

    With fewer than three pictures the moments are unknown, and each gets the mean.
    """
    if len(embeddings) == MOMENTS:
        return embeddings
    return np.repeat(embeddings.mean(0, keepdims=True), MOMENTS, 0)
