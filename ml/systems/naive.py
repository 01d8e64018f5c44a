"""What needs no learning, judged as the systems are: what a system's figure is worth beside it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.data.pictures import PictureSet
from ml.systems.base import System
from ml.systems.recipe import Recipe
from ml.systems.siamese import NearestMask

SIDE = 16
"""Of a thumbnail, in pixels."""


class ShrunkPicture(nn.Module):
    """A picture's thumbnail as its embedding."""

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to float[N, 3 SIDE^2]."""
        return F.interpolate(x, (SIDE, SIDE), mode="bilinear", antialias=True).flatten(1)


class _Thumbnails(System[Recipe]):
    """A system whose embedding is a thumbnail; it learns nothing."""

    def build(self) -> nn.Module:
        """Return what makes thumbnails."""
        return ShrunkPicture()

    @property
    def device(self) -> torch.device:
        """The CPU: there are no weights that could be elsewhere."""
        return torch.device("cpu")

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return 0, whatever the pictures."""
        del data, index, generator
        return torch.zeros(())


class NearestThumbnail(_Thumbnails):
    """Judges by the thumbnail of the lift's nearest known picture."""

    by_gallery = True

    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """Return how much nearer the lift's nearest open picture is than its nearest closed one."""
        known, asked = self.all_outputs(gallery.images), self.all_outputs(data.images)
        out = torch.zeros(len(data))
        for lift in range(len(data.names)):
            rows = data.lift == lift
            nearest = [
                torch.cdist(asked[rows], known[(gallery.lift == lift) & (gallery.is_open == state)]).amin(1)
                for state in (False, True)
            ]
            out[rows] = nearest[0] - nearest[1]
        return out


class MaskThumbnail(_Thumbnails, NearestMask[Recipe]):
    """Judges by the nearer of the thumbnails of a lift's two masks."""


def majority(data: PictureSet, known: PictureSet, by_lift: bool) -> Tensor:
    """Return float[N], 1 where most known pictures are of an open bar, else -1.

    by_lift: where most of the same lift's are; both sets are then of the same lifts in the same order.
    """
    state = 2 * known.is_open.double() - 1
    if not by_lift:
        return torch.full((len(data),), 1.0 if state.sum() > 0 else -1.0)
    total = torch.zeros(len(known.names), dtype=torch.float64).index_add_(0, known.lift, state)
    return torch.where(total > 0, 1.0, -1.0)[data.lift]
