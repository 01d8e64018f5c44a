"""What a lift that training never saw learns from its own passages: without labels, or with a few reviews.

Two of the papers that paper 002 lists. Pseudo-labels are taken in progressively, the most confident first
("Progressive Unsupervised Domain Adaptation"), beside the labelled pictures of the first training
("Source-Guided Pseudo-Labeling"). "Online Domain Adaptation ... with a Human in the Loop" asks an operator
about a few. Of all three only the abstract is listed: numbers of rounds and shares are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ml.data.pictures import PictureSet, concatenate, select, select_evenly
from ml.systems.base import System
from ml.train.descent import Descent

PASSAGE = 3
"""Pictures of a passage, in a row; they show one state of the bar."""

SHARES = (0.3, 0.6, 0.9)
"""Of the passages whose pseudo-labels each round takes in, the most confident of either state."""

EPOCHS = 2
"""Of each round."""

SLOWER = 0.3
"""Of the learning rate that the system was trained with."""


@dataclass(frozen=True)
class Adaptation:
    """What a new lift is learnt from.

    pseudo: unlabelled passages. reviews: how many passages an operator labels. trains: the network learns
    from these; else they only move what it compares with (`ml.systems.siamese.NearestMask.scores_after`).
    """

    pseudo: bool = False
    reviews: int = 0
    trains: bool = True


def passage_scores(system: System[Any], data: PictureSet) -> Tensor:
    """Return float[P], the mean score of each passage of data, above 0 for open."""
    return system.scores(data, data).reshape(-1, PASSAGE).mean(1)


def least_confident(scores: Tensor, count: int) -> Tensor:
    """Return the passages int64[count] that an operator should be asked about: those nearest to 0."""
    return scores.abs().argsort(stable=True)[:count]


def most_confident(scores: Tensor, share: float) -> Tensor:
    """Return the most confident share of the passages called open and of those called closed: int64[...]."""
    rows = []
    for called in (scores > 0, scores <= 0):
        of = called.nonzero()[:, 0]
        order = of[scores[of].abs().argsort(descending=True, stable=True)]
        rows.append(order[: round(share * len(order))])
    return torch.cat(rows)


def picture_rows(passages: Tensor) -> Tensor:
    """Return the rows int64[3 P] of the pictures of passages int64[P]."""
    return (passages[:, None] * PASSAGE + torch.arange(PASSAGE)).flatten()


def halfway(pictures: int) -> int:
    """Return the first picture of the second half of a lift's passages, of so many pictures in a row."""
    return pictures // PASSAGE // 2 * PASSAGE


def adapt(system: System[Any], source: PictureSet, watched: PictureSet, how: Adaptation) -> Tensor:
    """Let a trained system learn from the passages of a new lift; its network is changed.

    Args:
        system: trained, judging without known pictures.
        source: labelled pictures that it was trained on; as many as are new take part in each round.
        watched: the new lift's, whole passages; `is_open` is read of reviewed passages alone.
        how: what is learnt from.

    Returns:
        the reviewed passages, int64[reviews].
    """
    reviewed = least_confident(passage_scores(system, watched), how.reviews)
    if not how.trains:
        return reviewed
    truth = watched.is_open[::PASSAGE]
    system.recipe = replace(system.recipe, learning_rate=SLOWER * system.recipe.learning_rate)
    for share in SHARES:
        scores = passage_scores(system, watched)
        called = scores > 0
        called[reviewed] = truth[reviewed]
        taken = most_confident(scores, share) if how.pseudo else scores.new_zeros(0, dtype=torch.int64)
        taken = torch.cat([reviewed, taken[~torch.isin(taken, reviewed)]])
        if not len(taken):
            return reviewed
        labelled = replace(watched, is_open=called.repeat_interleave(PASSAGE))
        new = select(labelled, picture_rows(taken))
        descent = Descent(system, system.device)
        for _ in range(EPOCHS):
            descent.epoch(concatenate(select_evenly(source, len(new)), new))
    return reviewed
