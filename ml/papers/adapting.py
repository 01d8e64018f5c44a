"""Adaptation of a trained system to an unseen lift: without labels, or with a few reviews.

After three papers in paper 002's list. Pseudo-labels are added progressively, the most confident first
("Progressive Unsupervised Domain Adaptation"), and mixed with labelled pictures of the first training
("Source-Guided Pseudo-Labeling"). An operator labels a few passages ("Online Domain Adaptation ... with a
Human in the Loop"). The list has their abstracts only, so the number of rounds and the shares are our own.
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
"""Share of the passages, the most confident of either state, whose pseudo-labels each round uses."""

EPOCHS = 2
"""Epochs per round."""

RATE = 0.3
"""Learning rate, as a fraction of the rate in the first training."""


@dataclass(frozen=True)
class Adaptation:
    """How a system adapts to a new lift.

    pseudo: whether it learns from pseudo-labels. reviews: number of passages that an operator labels.
    trains: whether the network is trained on them; otherwise they only move the points that pictures are
    compared with (`ml.systems.siamese.NearestMask.scores_after`).
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
    """Return the first picture of the second half of a lift's passages, from its number of pictures."""
    return pictures // PASSAGE // 2 * PASSAGE


def adapt(system: System[Any], source: PictureSet, watched: PictureSet, how: Adaptation) -> Tensor:
    """Let a trained system learn from the passages of a new lift; its network is changed.

    Args:
        system: trained, judging without known pictures.
        source: labelled pictures that it was trained on; each round uses as many of them as of the lift's.
        watched: whole passages of the new lift; `is_open` is read for reviewed passages only.
        how: what it learns from.

    Returns:
        The reviewed passages, int64[reviews].
    """
    reviewed = least_confident(passage_scores(system, watched), how.reviews)
    if not how.trains:
        return reviewed
    truth = watched.is_open[::PASSAGE]
    system.recipe = replace(system.recipe, learning_rate=RATE * system.recipe.learning_rate)
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
        for epoch in range(EPOCHS):
            descent.learn(concatenate(select_evenly(source, len(new)), new), epoch)
    return reviewed
