"""Triplets drawn from a whole training set before an epoch: at random, and some with hard negatives.

Srinivas Murthy's thesis, section 3.2.3 (what is mined) and section 4.2.3 (in which numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ml.miners.triplets import Triplets


@dataclass(frozen=True)
class Drawn:
    """Triplets of a training set, in random order; hard: bool[T], which of them were drawn as hard ones."""

    triplets: Triplets
    hard: Tensor


def wrong_neighbours(embeddings: Tensor, labels: Tensor, neighbours: int = 10) -> dict[int, Tensor]:
    """Each class' pictures of other classes among the nearest neighbours of its own pictures.

    Args:
        embeddings: float[N, D]. labels: int64[N]. neighbours: of each picture, itself not counted.

    Returns:
        For each class that has any, their rows int64[...], ascending, each once.
    """
    found: dict[int, Tensor] = {}
    count = min(neighbours, len(labels) - 1)
    for label in set(labels.tolist()):
        own = (labels == label).nonzero()[:, 0]
        distances = torch.cdist(embeddings[own], embeddings)  # [own, N]
        distances[torch.arange(len(own)), own] = torch.inf  # a picture is no neighbour of its own
        near = torch.zeros(len(labels), dtype=torch.bool, device=labels.device)
        near[distances.topk(count, largest=False).indices.flatten()] = True
        wrong = (near & (labels != label)).nonzero()[:, 0]
        if len(wrong):
            found[label] = wrong
    return found


def draw_triplets(
    labels: Tensor,
    count: int,
    generator: torch.Generator,
    hard: dict[int, Tensor] | None = None,
    hard_share: float = 0.3,
    cameras: Tensor | None = None,
) -> Drawn:
    """Triplets drawn before an epoch: at random, and a share of them with a hard negative.

    The thesis' first round is all random (`hard=None`). Its second draws 70 % the same way and 30 % with the
    negative among the `wrong_neighbours` of the anchor's class under the first round's network. Where fewer
    classes are ever confused, hard anchors come from those that are; where none is, all are random.

    Args:
        labels: int64[N], on the CPU like all else here.
        count: T, how many triplets.
        generator: says which.
        hard: rows of hard negatives by class.
        hard_share: 0..1.
        cameras: int64[N]; where given, a positive is of another camera than its anchor (section 3.1.4).

    Raises:
        ValueError: no picture has both a positive and a negative.
    """
    hard = hard or {}
    own = {label: (labels == label).nonzero()[:, 0] for label in set(labels.tolist())}
    others = {label: (labels != label).nonzero()[:, 0] for label in own}
    positives: dict[int, Tensor] = {}
    for row, label in enumerate(labels.tolist()):
        fit = own[label] != row
        if cameras is not None:
            fit &= cameras[own[label]] != cameras[row]
        if fit.any() and len(others[label]):
            positives[row] = own[label][fit]
    if not positives:
        msg = f"expected a picture with a positive and a negative, got none among {len(labels)}"
        raise ValueError(msg)
    able = torch.tensor(list(positives))
    confused = torch.tensor([row for row in positives if int(labels[row]) in hard], dtype=torch.int64)
    wanted = round(hard_share * count) if len(confused) else 0

    def one(rows: Tensor) -> int:
        return int(rows[torch.randint(len(rows), (1,), generator=generator)])

    drawn = []
    for i in range(count):
        anchor = one(confused if i < wanted else able)
        negatives = hard if i < wanted else others
        drawn.append((anchor, one(positives[anchor]), one(negatives[int(labels[anchor])])))
    order = torch.randperm(count, generator=generator)
    rows = torch.tensor(drawn, dtype=torch.int64).reshape(count, 3)[order]
    return Drawn((rows[:, 0], rows[:, 1], rows[:, 2]), order < wanted)
