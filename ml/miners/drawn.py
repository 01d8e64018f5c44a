"""Triplets drawn from a whole training set before an epoch: at random, and some with hard negatives.

Srinivas Murthy's thesis, section 3.2.3 (what is mined) and section 4.2.3 (in which numbers).
"""

from __future__ import annotations

import torch
from torch import Tensor

from ml.distances.euclidean import between
from ml.miners.triplets import Triplets

HARD_SHARE = 0.3
"""Share of the second round's triplets that are drawn with a hard negative."""


def wrong_neighbours(embeddings: Tensor, labels: Tensor, neighbours: int = 10) -> dict[int, Tensor]:
    """Find the pictures of other classes among the nearest neighbours of each class's own pictures.

    Args:
        embeddings: float[N, D]. labels: int64[N]. neighbours: how many of each picture, itself not counted.

    Returns:
        Rows int64[...] by class, ascending, each once; classes without any are left out.
    """
    found: dict[int, Tensor] = {}
    count = min(neighbours, len(labels) - 1)
    for label in set(labels.tolist()):
        own = (labels == label).nonzero()[:, 0]
        distances = between(embeddings[own], embeddings)  # [own, N]
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
    hard: dict[int, Tensor],
    cameras: Tensor | None = None,
) -> Triplets:
    """Draw `count` triplets, in random order: at random, and `HARD_SHARE` of them with a hard negative.

    In the thesis' first round all are random (`hard` is empty). In its second, 30 % have a negative among the
    `wrong_neighbours` of the anchor's class under the first round's network. Hard anchors are drawn from
    the classes that the network confuses; if it confuses none, all triplets are random.

    Args:
        labels: int64[N], on the CPU like everything here.
        count: number of triplets.
        generator: draws them.
        hard: rows of hard negatives by class.
        cameras: int64[N]; where given, a positive is of another camera than its anchor (section 3.1.4).

    Raises:
        ValueError: no picture has both a positive and a negative.
    """
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
        raise ValueError(f"expected a picture with a positive and a negative, got none among {len(labels)}")
    able = torch.tensor(list(positives))
    confused = torch.tensor([row for row in positives if int(labels[row]) in hard], dtype=torch.int64)
    wanted = round(HARD_SHARE * count) if len(confused) else 0

    def one(rows: Tensor) -> int:
        return int(rows[torch.randint(len(rows), (1,), generator=generator)])

    drawn = []
    for i in range(count):
        anchor = one(confused if i < wanted else able)
        negatives = hard if i < wanted else others
        drawn.append((anchor, one(positives[anchor]), one(negatives[int(labels[anchor])])))
    order = torch.randperm(count, generator=generator)
    rows = torch.tensor(drawn, dtype=torch.int64).reshape(count, 3)[order]
    return rows[:, 0], rows[:, 1], rows[:, 2]
