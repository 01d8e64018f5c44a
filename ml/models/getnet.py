"""GetNet: a spatial transformer crops the relevant part of a picture, and a network embeds the crop.

Yu et al., "GetNet: Get Target Area for Image Pairing" (paper 001): a spatial transformer (Jaderberg et al.,
2015) in front of a siamese network, learnt from pairs labelled 1 or 0 alone. Each of its equations is here
or in `ml.losses.getnet`, by its number:

- 1 and 2, A and how it maps the crop's coordinates to the picture's: `sample`.
- 3, A of s, tx and ty: `SpatialTransformer.transform`. Its text contradicts itself: by section III.A three
  numbers are learnt, by section V two, "which can only achieve the translation". With two, s is constant; its
  value is ours.
- 4 and 5, sampling with a bilinear kernel: `grid_sample` in `sample`. 6 and 7, its derivatives: that of
  `grid_sample`. Equation 6 is printed with a sum that does not belong to a derivative by one pixel.
- 8 and 9, loss and distance: `ml.losses.getnet`.

Training the transformer alone and the whole in turns (section III.D): `turn`. The text gives no layer,
neither kernels nor widths nor lengths, nor the size of the crop, so the layouts below are ours. It mentions
that the two vectors are joined before a fully connected layer (section III.B), which a distance between them
does not allow: here each picture has its own embedding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_HIDDEN = 64
"""Of the localisation network's last layer but one."""


@dataclass(frozen=True)
class Layout:
    """Sizes of a GetNet; a level is a 3x3 convolution with ReLU and a maximum pooling 2x2.

    channels, side: of the pictures, float[N, channels, side, side].
    cut: side of the crop.
    reduce: factor by which the picture is reduced for the localisation network.
    locate, embed: channels of the levels of the localisation and of the siamese network.
    dimensions: length of an embedding.
    """

    channels: int
    side: int
    cut: int
    reduce: int
    locate: tuple[int, ...]
    embed: tuple[int, ...]
    dimensions: int = 128


# The crop is half as large as the picture: at the identity each sample then lies between four pixels
# and is their mean, so nothing aliases, and at s = 0.5 the crop is the picture's own pixels.
DIGITS = Layout(channels=1, side=60, cut=30, reduce=2, locate=(16, 32), embed=(32, 64))
"""The paper's 60x60 digits: 525,698 parameters with two of the transformer."""

OBJECTS = Layout(channels=3, side=160, cut=80, reduce=4, locate=(16, 32, 32), embed=(16, 32, 64))
"""The paper's 160x160 pictures of objects and leaves: 908,642 parameters with two of the transformer."""

CARRIERS = Layout(channels=3, side=200, cut=100, reduce=4, locate=(16, 32, 32), embed=(16, 32, 64))
"""This project's carriers: about the size of paper 000's network, 1,291,618 parameters with two of the
transformer."""


class TransformerOutput(NamedTuple):
    """The transformer's crops of N pictures.

    picture: float[N, channels, cut, cut].
    transform: float[N, 2, 3], A of equation 2: the crop's coordinates to the picture's, edges at -1 and 1.
    """

    picture: Tensor
    transform: Tensor


def sample(x: Tensor, transform: Tensor, side: int) -> Tensor:
    """Crop float[N, C, side, side] out of float[N, C, H, W] (equations 2 and 5).

    -1 and 1 are the picture's edges, not its outermost pixels' centres (`align_corners=False`): s = 0.5 is
    then half of the picture whatever its size and that of the crop. Beyond the edges is 0, as in equation
    5, where the picture's pixels alone are summed.

    Equation 2 is written out: `affine_grid` is a matrix product, which autocast computes in bfloat16. A
    coordinate is then off by up to half a pixel of 200, and the gradient's sign is wrong for one in three.
    """
    at = torch.linspace(1 / side - 1, 1 - 1 / side, side, dtype=torch.float32, device=x.device)
    a = transform.float()[:, :, :, None, None]  # [N, 2, 3, 1, 1]
    places = a[:, :, 0] * at + a[:, :, 1] * at[:, None] + a[:, :, 2]  # [N, 2, side, side]
    grid = places.permute(0, 2, 3, 1)
    return F.grid_sample(x.float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False)


class SpatialTransformer(nn.Module):
    """Localisation network, grid and sampler (section III.A).

    Args:
        layout: sizes.
        parameters: 2 for tx and ty, as section V says of the paper's own; 3 for s, tx and ty, as section
            III.A says; 6 for all of equation 2, which the paper leaves to future work.
        scale: s before training, of which 2 parameters leave it; (tx, ty) are 0.
    """

    def __init__(self, layout: Layout, parameters: Literal[2, 3, 6] = 2, scale: float = 0.6) -> None:
        super().__init__()
        if parameters not in {2, 3, 6}:
            raise ValueError(f"expected 2, 3 or 6 parameters, got {parameters}")
        self.cut, self.parameters_out, self.scale = layout.cut, parameters, scale
        self.reduce = nn.AvgPool2d(layout.reduce)
        self.levels = _levels(layout.channels, layout.side // layout.reduce, layout.locate, _HIDDEN)
        self.locate = nn.Linear(_HIDDEN, parameters)
        nn.init.zeros_(self.locate.weight)
        start = {2: [0.0, 0.0], 3: [scale, 0.0, 0.0], 6: [scale, 0.0, 0.0, 0.0, scale, 0.0]}
        with torch.no_grad():
            self.locate.bias.copy_(torch.tensor(start[parameters]))

    def transform(self, x: Tensor) -> Tensor:
        """Map float[N, channels, side, side] to A, float32[N, 2, 3], whatever autocast says."""
        hidden = F.relu(self.levels(self.reduce(x))).float()  # [N, 64]
        # Not self.locate(hidden): autocast computes a product of matrices in bfloat16, as in `sample`.
        found = (hidden[:, None] * self.locate.weight).sum(2) + self.locate.bias  # [N, parameters]
        if self.parameters_out == 6:
            return found.view(-1, 2, 3)
        s = found[:, 0] if self.parameters_out == 3 else torch.full_like(found[:, 0], self.scale)
        none = torch.zeros_like(s)
        return torch.stack([s, none, found[:, -2], none, s, found[:, -1]], 1).view(-1, 2, 3)

    def forward(self, x: Tensor) -> TransformerOutput:
        """Crop float[N, channels, cut, cut] out of float[N, channels, side, side]."""
        transform = self.transform(x)
        return TransformerOutput(sample(x, transform, self.cut), transform)


class GetNet(nn.Module):
    """One sister: the transformer, then the network that embeds its crop (section III.C, figure 3).

    Args:
        layout: sizes.
        parameters, scale: of the transformer.
    """

    def __init__(
        self, layout: Layout = CARRIERS, parameters: Literal[2, 3, 6] = 2, scale: float = 0.6
    ) -> None:
        super().__init__()
        self.channels, self.side = layout.channels, layout.side
        self.transformer = SpatialTransformer(layout, parameters, scale)
        self.siamese = _levels(layout.channels, layout.cut, layout.embed, layout.dimensions)

    def cut(self, x: Tensor) -> TransformerOutput:
        """Crop float[N, channels, cut, cut], with the transformation, out of float[N, channels, side, side].

        The picture may be in any range that has its mean near 0, the value beyond its edges.
        """
        if x.dim() != 4 or x.shape[1] != self.channels or x.shape[2] != self.side or x.shape[3] != self.side:
            wanted = f"float[N, {self.channels}, {self.side}, {self.side}]"
            raise ValueError(f"expected {wanted}, got {x.shape}")
        out: TransformerOutput = self.transformer(x)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, channels, side, side] to embeddings float[N, dimensions]."""
        out: Tensor = self.siamese(self.cut(x).picture)
        return out


class Shrunk(nn.Module):
    """GetNet's baseline: its siamese part on the whole picture, reduced to the crop's size or not.

    Reduced, it has as many parameters as GetNet's siamese part. GetNet has the transformer besides, on digits
    a quarter more (525,698 and 420,352), which is computed too and learns alone in as many steps again. Not
    reduced, it sees as much as the transformer can show. The paper says of its baseline only "traditional
    Siamese networks".

    Args:
        layout: sizes.
        reduced: whether to the crop's size.
    """

    def __init__(self, layout: Layout = CARRIERS, reduced: bool = True) -> None:
        super().__init__()
        self.cut = layout.cut if reduced else layout.side
        self.siamese = _levels(layout.channels, self.cut, layout.embed, layout.dimensions)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, channels, side, side] to embeddings float[N, dimensions]."""
        if x.shape[3] != self.cut:
            x = F.interpolate(x, (self.cut, self.cut), mode="bilinear", antialias=True)
        out: Tensor = self.siamese(x)
        return out


def getnet(layout: Layout, transformer: Literal[0, 2, 3, 6], scale: float = 0.6) -> GetNet | Shrunk:
    """Return the network with a transformer of 2, 3 or 6 parameters, or without one (0)."""
    return Shrunk(layout) if transformer == 0 else GetNet(layout, transformer, scale)


def turn(network: nn.Module, transformer_alone: bool) -> list[nn.Parameter]:
    """Return what learns (section III.D): the transformer alone, or all, as always where there is none."""
    if transformer_alone and isinstance(network, GetNet):
        return list(network.transformer.parameters())
    return list(network.parameters())


def _levels(inputs: int, side: int, widths: tuple[int, ...], outputs: int) -> nn.Sequential:
    """Map float[N, inputs, side, side] to float[N, outputs]; flattened: a mean forgets the place."""
    layers: list[nn.Module] = []
    for width in widths:
        # Maximum and ReLU commute, and there is a quarter left to do after the pooling.
        layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(inplace=True)]
        inputs, side = width, side // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(inputs * side * side, outputs))
