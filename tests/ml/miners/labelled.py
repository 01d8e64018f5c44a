"""A small labelled batch for the miners' tests, and its valid triplets by a plain loop."""

import torch

from ml.miners.triplets import Triplets

LABELS = torch.tensor([0, 0, 0, 1, 1, 2])


def embeddings(n: int = 6, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed))


def as_set(triplets: Triplets) -> set[tuple[int, ...]]:
    rows = list(zip(*(t.tolist() for t in triplets), strict=True))
    assert len(rows) == len(set(rows))
    return set(rows)


def valid(labels: torch.Tensor) -> list[tuple[int, int, int]]:
    n = range(len(labels))
    return [
        (a, p, m)
        for a in n
        for p in n
        for m in n
        if a != p and labels[a] == labels[p] and labels[a] != labels[m]
    ]
