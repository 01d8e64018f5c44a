"""Carriers without a renderer: pictures of random colours, a colour for each."""

from __future__ import annotations

import torch

from ml.retrieval.identities import Identities


def carriers(count: int = 4, lifts: int = 2, noise: int = 20, side: int = 200) -> Identities:
    """Return `count` carriers, three pictures by each of three cameras, as rendered ones lie."""
    rng = torch.Generator().manual_seed(1)
    rows = 9 * count
    identity = torch.arange(rows) // 9
    colour = torch.randint(30, 220, (count, 1, 1, 3), generator=rng)
    images = colour[identity] + torch.randint(-noise, noise, (rows, side, side, 3), generator=rng)
    return Identities(
        images=images.clamp(0, 255).byte(),
        is_open=identity % 2 == 0,
        occupied=torch.ones(rows, dtype=torch.bool),
        lift=identity * lifts // count,
        masks=torch.zeros(lifts, 2, side, side, dtype=torch.uint8),
        names=tuple(f"S{number + 1}" for number in range(lifts)),
        factors=[],
        identity=identity,
        camera=torch.arange(rows) % 9 // 3,
    )
