"""A system of three numbers and its pictures, for what does not depend on the network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.data.pictures import PictureSet
from ml.systems.base import System
from ml.systems.recipe import Recipe


class Tiny(System[Recipe]):
    """Open or closed by how bright the upper and the lower half of a picture are."""

    def build(self) -> nn.Module:
        """Two weights and a bias, all 0."""
        network = nn.Linear(2, 1)
        nn.init.zeros_(network.weight)
        nn.init.zeros_(network.bias)
        return network

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Squared distance of the score from 1 for open and -1 for closed."""
        del generator
        wanted = 2.0 * data.is_open[index].float() - 1
        found: Tensor = self.network(halves(data.images[index]))[:, 0]
        return (found - wanted).square().mean()

    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """The network's number."""
        del gallery
        with torch.no_grad():
            scores: Tensor = self.network(halves(data.images))[:, 0]
            return scores


def halves(images: Tensor) -> Tensor:
    """Mean brightness float[N, 2] in 0..1 of uint8[N, H, W, 3], upper and lower half."""
    x = images.float().mean((2, 3)) / 255
    middle = x.shape[1] // 2
    return torch.stack([x[:, :middle].mean(1), x[:, middle:].mean(1)], 1)


def lifts(count: int, passages: int, seed: int = 0, noise: float = 0.0) -> PictureSet:
    """Lifts of so many passages of three pictures, open and closed in turn; open ones are bright above.

    noise: 0..1, how far a passage's brightness may be off.
    """
    rng = torch.Generator().manual_seed(seed)
    rows = count * passages * 3
    is_open = (torch.arange(passages) % 2 == 0).repeat_interleave(3).repeat(count)
    images = torch.zeros(rows, 8, 8, 3, dtype=torch.uint8)
    off = (noise * torch.rand(rows // 3, generator=rng)).repeat_interleave(3)
    images[:, :4] = ((is_open.float() * (1 - off) + (~is_open).float() * off) * 255).byte()[
        :, None, None, None
    ]
    images[:, 4:] = 255 - images[:, :4]
    return PictureSet(
        images,
        is_open,
        torch.ones(rows, dtype=torch.bool),
        torch.arange(count).repeat_interleave(passages * 3),
        torch.zeros(count, 2, 8, 8, dtype=torch.uint8),
        tuple(f"L{number}" for number in range(count)),
        [],
    )
