"""A small labelled batch for the miners' tests, and its valid triplets by a plain loop."""

import torch

from ml.miners.triplets import Triplets

LABELS = torch.tensor([0, 0, 0, 1, 1, 2])


def embeddings(n: int = 6, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed))


def almost_one_point() -> torch.Tensor:
    """Unit vectors float32[64, 128] about a thousandth from each other."""
    rng = torch.Generator().manual_seed(0)
    moved = torch.randn(1, 128, generator=rng) + 1e-3 * torch.randn(64, 128, generator=rng)
    return torch.nn.functional.normalize(moved)


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
