"""GetNet: a spatial transformer crops the relevant part of a picture, and a network embeds the crop.

Yu et al., "GetNet: Get Target Area for Image Pairing" (paper 001): a spatial transformer (Jaderberg et al.,
2015) in front of a siamese network, learnt from pairs labelled 1 or 0 alone. What the paper gives: the
transformation of three parameters (equation 3), bilinear sampling (equation 5), pictures of 60x60 with a
digit of 28x28 in them and of 160x160, the contrastive loss of the two embeddings' Euclidean distance
(equations 8 and 9), and training the transformer alone and the whole in turns (section III.D):
`transformer` and `siamese` below are the two parts. Its text gives no layer: neither kernels nor widths nor
lengths, nor the size of the crop, so the two layouts below are ours. It also mentions that the two vectors
are joined before a fully connected layer (section III.B), which a distance between them does not allow:
here each picture has its own embedding.
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
"""The paper's 60x60 digits: 525,763 parameters."""

CARRIERS = Layout(channels=3, side=200, cut=100, reduce=4, locate=(16, 32, 32), embed=(16, 32, 64))
"""This project's carriers: about the size of paper 000's network, 1,291,683 parameters."""


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
    """
    size = [x.shape[0], x.shape[1], side, side]
    grid = F.affine_grid(transform, size, align_corners=False)  # [N, side, side, 2]
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


class SpatialTransformer(nn.Module):
    """Localisation network, grid and sampler (section III.A), the identity before training.

    Args:
        layout: sizes.
        parameters: 3 for s, tx and ty (equation 3), 6 for all of equation 2, which the paper leaves to
            future work (section V; that section says two for its own, equation 3 three).
    """

    def __init__(self, layout: Layout, parameters: Literal[3, 6] = 3) -> None:
        super().__init__()
        if parameters not in {3, 6}:
            raise ValueError(f"expected 3 or 6 parameters, got {parameters}")
        self.cut, self.parameters_out = layout.cut, parameters
        self.reduce = nn.AvgPool2d(layout.reduce)
        self.levels = _levels(layout.channels, layout.side // layout.reduce, layout.locate, _HIDDEN)
        self.locate = nn.Linear(_HIDDEN, parameters)
        nn.init.zeros_(self.locate.weight)
        start = [1.0, 0.0, 0.0] if parameters == 3 else [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        with torch.no_grad():
            self.locate.bias.copy_(torch.tensor(start))

    def transform(self, x: Tensor) -> Tensor:
        """Map float[N, channels, side, side] to A, float[N, 2, 3]."""
        found: Tensor = self.locate(F.relu(self.levels(self.reduce(x))))  # [N, 3] or [N, 6]
        if self.parameters_out == 3:
            s, tx, ty = found.unbind(1)
            none = torch.zeros_like(s)
            found = torch.stack([s, none, tx, none, s, ty], 1)  # [N, 6]
        return found.view(-1, 2, 3)

    def forward(self, x: Tensor) -> TransformerOutput:
        """Crop float[N, channels, cut, cut] out of float[N, channels, side, side]."""
        transform = self.transform(x)
        return TransformerOutput(sample(x, transform, self.cut), transform)


class GetNet(nn.Module):
    """One sister: the transformer, then the network that embeds its crop (section III.C, figure 3).

    Args:
        layout: sizes.
        parameters: of the transformer, 3 or 6.
    """

    def __init__(self, layout: Layout = CARRIERS, parameters: Literal[3, 6] = 3) -> None:
        super().__init__()
        self.channels, self.side = layout.channels, layout.side
        self.transformer = SpatialTransformer(layout, parameters)
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
    """GetNet's baseline: its siamese part on the whole picture, reduced to the crop's size.

    Args:
        layout: sizes.
    """

    def __init__(self, layout: Layout = CARRIERS) -> None:
        super().__init__()
        self.cut = layout.cut
        self.siamese = _levels(layout.channels, layout.cut, layout.embed, layout.dimensions)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, channels, side, side] to embeddings float[N, dimensions]."""
        x = F.interpolate(x, (self.cut, self.cut), mode="bilinear", antialias=True)
        out: Tensor = self.siamese(x)
        return out


def getnet(layout: Layout, transformer: Literal[0, 3, 6]) -> GetNet | Shrunk:
    """Return the network with a transformer of 3 or 6 parameters, or without one (0)."""
    return Shrunk(layout) if transformer == 0 else GetNet(layout, transformer)


def turn(network: nn.Module, transformer_alone: bool) -> list[nn.Parameter]:
    """Return what learns (section III.D): the transformer alone, or all, as always where there is none."""
    if transformer_alone and isinstance(network, GetNet):
        return list(network.transformer.parameters())
    return list(network.parameters())


def _levels(inputs: int, side: int, widths: tuple[int, ...], outputs: int) -> nn.Sequential:
    """Map float[N, inputs, side, side] to float[N, outputs]; flattened: a mean forgets the place."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        inputs, side = width, side // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(inputs * side * side, outputs))
