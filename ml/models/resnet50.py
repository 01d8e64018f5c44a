"""ResNet-50: a baseline that is trained with labelled pictures of every lift, and timed.

Alqasir, Muselet and Ducottet (VISAPP 2020), section 4.4.2, use it so: "pretrained on Imagenet" and fine-tuned
on the 36,600 training pictures of all twenty chairlifts, with "23 millions" of parameters, which is this
network with two classes (23,512,130).
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

TRUNK = ("conv1.", "bn1.", "layer")
"""How the names of all weights but the last layer's begin, in torchvision's files and here."""

TRUNK_TO_MIDDLE = ("conv1.", "bn1.", "layer1.", "layer2.", "layer3.")
"""The same without the last stage."""

FIRST_TEN = ("conv1.", "bn1.", "layer1.0.conv1.", "layer1.0.bn1.")
"""Weights of the first ten layers, as Keras counts them: input, padding, convolution, normalisation, ReLU,
padding, pooling, and as far as the first ReLU of the first block."""

_EXPANSION = 4

CHANNELS = 512 * _EXPANSION
"""Of the last stage's maps."""

MIDDLE_CHANNELS = 256 * _EXPANSION
"""Of the third stage's maps."""


class Bottleneck(nn.Module):
    """Three convolutions of 1x1, 3x3 and 1x1 whose result is added to the input.

    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (CVPR 2016), figure 5. The 3x3
    convolution has the stride, not the first: so have the weights that one can download (Goyal et al.,
    "Accurate, Large Minibatch SGD", 2017, section 5.1, footnote).
    """

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = width * _EXPANSION
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or inputs != outputs:
            shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, inputs, H, W] to float[N, 4 width, H / stride, W / stride]."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet50Trunk(nn.Module):
    """He, Zhang, Ren and Sun (CVPR 2016), table 1, the column of 50 layers, up to the last stage.

    Weights have torchvision's names, so that its files can be loaded (layer1.0.downsample.0.weight).
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        self.layer1 = _stage(64, 64, 3, 1)
        self.layer2 = _stage(256, 128, 4, 2)
        self.layer3 = _stage(512, 256, 6, 2)
        self.layer4 = _stage(1024, 512, 3, 2)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def middle(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to the third stage's float[N, 1024, ceil(H / 16), ceil(W / 16)]."""
        if x.dim() != 4 or x.shape[1] != 3:
            raise ValueError(f"expected float[N, 3, H, W], got {x.shape}")
        x = F.relu(F.max_pool2d(self.bn1(self.conv1(x)), 3, 2, 1))  # they commute: a quarter is left to do
        out: Tensor = self.layer3(self.layer2(self.layer1(x)))
        return out

    def maps(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to float[N, 2048, ceil(H / 32), ceil(W / 32)], at least 0."""
        out: Tensor = self.layer4(self.middle(x))
        return out


class ResNet50(ResNet50Trunk):
    """The classifier: the means of the last stage's maps, one fully connected layer.

    Args:
        classes: outputs.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.fc = nn.Linear(CHANNELS, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to logits float[N, classes]."""
        out: Tensor = self.fc(self.maps(x).mean((2, 3)))
        return out


def _stage(inputs: int, width: int, blocks: int, stride: int) -> nn.Sequential:
    rest = [Bottleneck(width * _EXPANSION, width, 1) for _ in range(blocks - 1)]
    return nn.Sequential(Bottleneck(inputs, width, stride), *rest)
