"""MobileNetV2, for comparing speeds: a common choice for processors without an accelerator."""

from __future__ import annotations

from torch import Tensor, nn

_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, blocks and the first block's stride (Sandler et al., table 2)."""


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    )


class InvertedResidual(nn.Module):
    """Widen, convolve each channel for itself, narrow without a non-linearity; added where shapes agree.

    Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (CVPR
    2018), section 3 and table 1.
    """

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.adds = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            *([_convolution(inputs, wide, 1)] if expansion != 1 else []),
            _convolution(wide, wide, 3, stride, groups=wide),
            nn.Conv2d(wide, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, inputs, H, W] to float[N, outputs, ceil(H / stride), ceil(W / stride)]."""
        y: Tensor = self.conv(x)
        return x + y if self.adds else y


class MobileNetV2(nn.Module):
    """Sandler et al. (CVPR 2018), table 2, at width 1.

    Weights have torchvision's names, so that its files can be loaded (features.1.conv.0.0.weight).

    Args:
        classes: outputs.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        layers: list[nn.Module] = [_convolution(3, 32, 3, 2)]
        inputs = 32
        for expansion, outputs, blocks, first_stride in _STAGES:
            for k in range(blocks):
                stride = first_stride if k == 0 else 1
                layers.append(InvertedResidual(inputs, outputs, expansion, stride))
                inputs = outputs
        self.features = nn.Sequential(*layers, _convolution(inputs, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, classes))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to logits float[N, classes]."""
        out: Tensor = self.classifier(self.features(x).mean((2, 3)))
        return out
