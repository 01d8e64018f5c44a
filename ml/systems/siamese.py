"""Pictures and masks in one space, where the nearer of two masks decides (papers 000 and 001)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.data.pictures import PictureSet
from ml.losses.contrastive import contrastive_loss
from ml.losses.getnet import getnet_loss
from ml.models.getnet import CARRIERS, GetNet, getnet, turn
from ml.models.paper import PaperNetwork
from ml.systems.base import System
from ml.systems.recipe import GetNetRecipe, Recipe, SiameseRecipe

R = TypeVar("R", bound=Recipe)

_AT_ONCE = 256
"""Pictures that are moved at once: as floats they take half a megabyte each."""


class NearestMask(System[R]):
    """Judges by equation 3 of paper 000."""

    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """Return how much nearer the open mask is."""
        del gallery
        return self._nearer(data, self._masks(data))

    def scores_after(self, data: PictureSet, reviewed: PictureSet) -> Tensor:
        """Return the same with each mask's point moved to the mean of itself and its reviewed pictures.

        Relevance feedback: the papers beside 002 ("Human in the Loop") find that such methods, from retrieval
        by content and without training, do as well as those that train. reviewed: of the same lifts.
        """
        if not len(reviewed):
            return self.scores(data, reviewed)
        points = self._masks(data).clone()
        known = self.all_outputs(self.shown(reviewed))
        for lift in range(len(points)):
            for state in (0, 1):
                own = known[(reviewed.lift == lift) & (reviewed.is_open == bool(state))]
                points[lift, state] = (points[lift, state] + own.sum(0)) / (1 + len(own))
        return self._nearer(data, points)

    def _masks(self, data: PictureSet) -> Tensor:
        """Where the masks lie, float[L, 2, D], (closed, open) of each lift."""
        return self.all_outputs(data.masks.flatten(0, 1)).reshape(len(data.masks), 2, -1)

    def _nearer(self, data: PictureSet, points: Tensor) -> Tensor:
        outputs = self.all_outputs(self.shown(data))
        distance = torch.linalg.vector_norm(outputs[:, None] - points[data.lift], dim=2)  # [N, 2]
        nearer: Tensor = distance[:, 0] - distance[:, 1]
        return nearer

    def shown(self, data: PictureSet) -> Tensor:
        """Return the pictures as they are judged, uint8[N, 200, 200, 3]."""
        return data.images

    def pairs(self, data: PictureSet, index: Tensor, outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return each picture's output beside its right mask's and its wrong one's, and which is which.

        A pair of either kind for every picture: half of the pairs are positive, as in section 4.2. A lift's
        masks are embedded once a batch, however many of its pictures meet them. Where a batch has room for
        every lift's, all are: batches of one size fit into the memory that the one before left, while those
        of many sizes leave it in pieces (`ml.machine.memory`), twice as much within an epoch.

        Returns:
            float[2 B, D], float[2 B, D], bool[2 B].
        """
        if len(data.masks) <= self.recipe.batch:
            lifts, which = torch.arange(len(data.masks)), data.lift[index]
        else:
            lifts, which = torch.unique(data.lift[index], return_inverse=True)
        masks = self.outputs(data.masks[lifts].flatten(0, 1)).reshape(len(lifts), 2, -1)
        is_open = data.is_open[index].to(self.device)
        same = torch.stack([~is_open, is_open], 1).flatten()
        return outputs.repeat_interleave(2, 0), masks[which.to(self.device)].flatten(0, 1), same


class Siamese(NearestMask[SiameseRecipe]):
    """Alqasir, Muselet and Ducottet (VISAPP 2020): equation 1's loss, two dimensions."""

    def build(self) -> nn.Module:
        """Return one sister of the siamese network (section 4.3)."""
        return PaperNetwork(self.recipe.side)

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return equation 1's mean over pairs."""
        del generator
        return contrastive_loss(*self.pairs(data, index, self.outputs(data.images[index])))


class GetNetSystem(NearestMask[GetNetRecipe]):
    """Yu et al. (paper 001): pictures that lie off their place, a transformer that finds what matters.

    The paper pairs pictures, as `ml.papers.pairing.carriers` does; here a picture is paired with a mask, both
    through the same GetNet, for masks are what a new lift has. The transformer and the whole learn in turns
    (section III.D). An epoch has as many steps of the siamese part with a transformer as without.
    """

    def build(self) -> nn.Module:
        """Return the network, or its siamese part alone."""
        return getnet(CARRIERS, self.recipe.transformer, self.recipe.scale)

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield whole turns, int64[B] each: first for all to learn from, then for the transformer alone."""
        recipe, shuffled = self.recipe, list[Tensor]()
        turns = math.ceil(len(data) / recipe.batch / recipe.turn)
        for _ in range(turns * recipe.turn * (2 if recipe.transformer else 1)):
            shuffled = shuffled or list(super().batches(data, generator))
            yield shuffled.pop(0)

    def learning(self, step: int) -> list[nn.Parameter]:
        """Return all parameters at the steps of one turn, the transformer's at those of the next."""
        return turn(self.network, step // self.recipe.turn % 2 == 1)

    def shares(self) -> list[tuple[list[nn.Parameter], float]]:
        """Return the siamese part, and the transformer with its own share of the learning rate."""
        if not isinstance(self.network, GetNet):
            return super().shares()
        parts = self.network.siamese, self.network.transformer
        shares = 1.0, self.recipe.transformer_rate
        return [(list(part.parameters()), share) for part, share in zip(parts, shares, strict=True)]

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return equation 8's loss of displaced pictures with their masks."""
        images = data.images[index].to(self.device)
        x = self.prepared(displace(images, self.recipe.displaced, generator))
        return getnet_loss(*self.pairs(data, index, self.forward(x)))

    def shown(self, data: PictureSet) -> Tensor:
        """Return the pictures displaced as in training, with the same displacements each time."""
        rng = torch.Generator().manual_seed(self.recipe.seed)
        return displace(data.images, self.recipe.displaced, rng, self.device)


def displace(
    images: Tensor, by: float, generator: torch.Generator, device: torch.device | None = None
) -> Tensor:
    """Shift and scale each picture uint8[N, H, W, 3] at random, `by` of its side at most; edges repeat.

    device: what computes it, if not where the pictures are; they come back there.
    """
    drawn = torch.rand(len(images), 3, generator=generator)
    return moved(images, displacements(drawn, by), device) if by else images


def displacements(drawn: Tensor, by: float) -> Tensor:
    """Map numbers float[N, 3] in 0..1 to transforms float[N, 2, 3], from a displaced picture to its own."""
    drawn = 2 * drawn - 1
    theta = torch.zeros(len(drawn), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 + by * drawn[:, 0]
    theta[:, :, 2] = 2 * by * drawn[:, 1:]
    return theta


def moved(images: Tensor, theta: Tensor, device: torch.device | None = None) -> Tensor:
    """Return pictures uint8[N, H, W, 3] seen through transforms float[N, 2, 3]; edges repeat.

    device: what computes it, if not where the pictures are.
    """
    device = device or images.device
    parts = zip(torch.split(images, _AT_ONCE), torch.split(theta, _AT_ONCE), strict=True)
    return torch.cat(
        [_moved(part.to(device), by_part.to(device)).to(images.device) for part, by_part in parts]
    )


def _moved(images: Tensor, theta: Tensor) -> Tensor:
    x = images.permute(0, 3, 1, 2).float()  # [N, 3, H, W]
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    moved = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return moved.round().to(torch.uint8).permute(0, 2, 3, 1)
