"""Pairs of pictures: their distances, and the best threshold."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from lifts.arrays import Bool, Float64, Int64
from ml.machine.precision import autocast


def forward(network: nn.Module, x: Tensor) -> Tensor:
    """Return float32[N, D] of float[N, C, S, S], in training's precision inside, with gradient."""
    with autocast(torch.device("cpu")):
        out: Tensor = network(x.contiguous(memory_format=torch.channels_last))
    return out.float()


def pair_distances(embeddings: Tensor, rows: Int64) -> Float64:
    """Return distances float64[P] (equation 9) of pairs int64[P, 2] of embeddings float[N, D]."""
    index = torch.from_numpy(rows)
    found: Float64 = (embeddings[index[:, 0]] - embeddings[index[:, 1]]).norm(dim=1).double().numpy()
    return found


def best_threshold(distance: Float64, same: Bool) -> tuple[float, float]:
    """Return the distance threshold that calls most pairs correctly, and their share.

    Args:
        distance: float64[P], P at least 1. same: bool[P].

    Returns:
        (threshold, half-way between two pairs' distances or at an end; accuracy 0..1).
    """
    order = np.argsort(distance, kind="stable")
    sorted_, right = distance[order], same[order]
    # With the k nearest called the same: those of them that are, and the others that are not.
    counts = np.append(0, np.cumsum(right)) + (~right).sum() - np.append(0, np.cumsum(~right))
    cuts = np.concatenate([sorted_[:1] - 1e-6, (sorted_[:-1] + sorted_[1:]) / 2, sorted_[-1:] + 1e-6])
    tied = np.concatenate([[False], sorted_[:-1] == sorted_[1:], [False]])  # no threshold parts equals
    k = int(np.argmax(np.where(tied, -1, counts)))
    return float(cuts[k]), float(counts[k] / len(same))


def batch_pairs(groups: Int64, labels: Int64, rng: np.random.Generator) -> tuple[Int64, Bool]:
    """Return all pairs of one class in a batch, and as many of two, or all of either if there are fewer.

    Args:
        groups: int64[B]; pairs are made within a group. labels: int64[B], classes.

    Returns:
        (int64[P, 2] rows, bool[P] whether of one class), half of them.
    """
    first, second = np.triu_indices(len(labels), 1)
    within = groups[first] == groups[second]
    same = labels[first] == labels[second]
    kinds = [np.flatnonzero(within & kind) for kind in (same, ~same)]
    count = min(map(len, kinds))
    chosen = np.concatenate([rng.permutation(kind)[:count] for kind in kinds])
    return np.stack([first[chosen], second[chosen]], 1), np.arange(2 * count) < count
