"""Convolutions without normalisation of activations, shared by the shipped network's parts."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class StandardConv(nn.Module):
    """Convolution with scaled weight standardisation and ReLU, no normalisation of activations.

    Brock, De and Smith, "Characterizing signal propagation to close the performance gap in unnormalized
    ResNets" (ICLR 2021), equation 1. A batch mixes pictures and masks, whose statistics batch
    normalisation would mix; group normalisation would do, at twice the training time and three times that
    of serving. Here the standardised weights are constants once trained: an export folds them away.
    """

    RELU_GAIN = 1.7139588594436646
    """sqrt(2 / (1 - 1 / pi)): what a ReLU of a unit Gaussian must be multiplied by to have unit variance."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        self.gain = nn.Parameter(torch.ones(outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.stride, self.padding, self.relu = stride, kernel // 2, relu
        nn.init.kaiming_normal_(self.weight)

    def standard_weight(self) -> Tensor:
        """The weight float[outputs, inputs, k, k] that convolves: each filter centred, of unit response."""
        variance, mean = torch.var_mean(self.weight, dim=(1, 2, 3), keepdim=True)
        fan_in = self.weight[0].numel()
        scale = torch.rsqrt((variance * fan_in).clamp(min=1e-4)) * self.gain[:, None, None, None]
        if self.relu:
            scale = scale * self.RELU_GAIN
        return (self.weight - mean) * scale

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, inputs, H, W] to float[N, outputs, ceil(H / stride), ceil(W / stride)]."""
        x = F.conv2d(x, self.standard_weight(), self.bias, self.stride, self.padding)
        # In place: a convolution's backward pass does not need what it put out.
        return x.relu_() if self.relu else x


class JoinConv(StandardConv):
    """A 1x1 convolution of a coarse map, brought to a fine map's size, and that fine map side by side.

    Enlarging a map and mixing its channels commute: the coarse part is mixed while it is small.
    """

    def __init__(self, coarse: int, fine: int, outputs: int) -> None:
        super().__init__(coarse + fine, outputs, kernel=1)
        self.coarse = coarse

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:  # type: ignore[override]
        """Map float[N, coarse, h, w] and float[N, fine, H, W] to float[N, outputs, H, W]."""
        return join(self.standard_weight(), self.bias, self.coarse, coarse, fine)


def join(weight: Tensor, bias: Tensor, channels: int, coarse: Tensor, fine: Tensor) -> Tensor:
    """Return relu(weight * [enlarged coarse, fine] + bias), float[N, outputs, H, W].

    Args:
        weight: float[outputs, channels + C, 1, 1], of the coarse map's channels first.
        coarse, fine: float[N, channels, h, w] and float[N, C, H, W].
    """
    mixed = F.conv2d(coarse, weight[:, :channels])
    size = [fine.shape[2], fine.shape[3]]
    enlarged = F.interpolate(mixed, size=size, mode="bilinear", align_corners=False)
    return F.conv2d(fine, weight[:, channels:], bias).add_(enlarged).relu_()


class Residual(nn.Module):
    """Two convolutions whose result is added to the input.

    strength: by how much at the start. Near zero the block changes next to nothing at first, and can be put
        into a network that is trained already (Bachlechner et al., "ReZero is all you need", UAI 2021).
    """

    def __init__(self, width: int, strength: float = 0.2) -> None:
        super().__init__()
        self.first = StandardConv(width, width)
        self.second = StandardConv(width, width, relu=False)
        self.strength = nn.Parameter(torch.full((), strength))

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, width, H, W] to the same shape."""
        return F.relu(x + self.strength * self.second(self.first(x)))
