"""Pairs of distorted digits: how a network takes them, their distances, and the best threshold."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from lifts.arrays import Bool, Float64, Int64, UInt8
from ml.machine.precision import autocast


def pixels(pictures: UInt8, blur_px: float = 0.0) -> Tensor:
    """uint8[N, 60, 60] to float[N, 1, 60, 60], about -1..3: 0 near the mean, as it is beyond the edges."""
    if blur_px:
        blurred = [cv2.GaussianBlur(one.astype(np.float32), (0, 0), blur_px) for one in pictures]
        x = torch.from_numpy(np.stack(blurred))
    else:
        x = torch.from_numpy(pictures).float()
    return x[:, None].div(63.75).sub(1.0)


def forward(network: nn.Module, x: Tensor) -> Tensor:
    """Return float32[N, 128] of float[N, 1, 60, 60], in training's precision inside, with gradient."""
    with autocast(torch.device("cpu")):
        out: Tensor = network(x.contiguous(memory_format=torch.channels_last))
    return out.float()


@torch.inference_mode()
def embedded(network: nn.Module, x: Tensor, batch: int = 128) -> Tensor:
    """Return `forward` of any number of pictures, without gradient."""
    return torch.cat([forward(network, part) for part in torch.split(x, batch)])


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


def batch_pairs(labels: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pair a batch's pictures: all pairs of one class, and as many of two, drawn among all.

    Section IV.B has two pairs for each picture; here a picture that was embedded once serves in all of them.

    Args:
        labels: int64[B].

    Returns:
        (int64[P, 2] rows, bool[P] whether of one class), half of them if the batch has enough.
    """
    rows = torch.combinations(torch.arange(len(labels)))
    same = labels[rows[:, 0]] == labels[rows[:, 1]]
    right, wrong = rows[same], rows[~same]
    wrong = wrong[torch.randperm(len(wrong), generator=generator)[: len(right)]]
    return torch.cat([right, wrong]), torch.arange(len(right) + len(wrong)) < len(right)
