"""VGG16: a baseline of paper 000, and the trunk of ABIR and MILDNet."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

TRUNK = ("features.",)
"""Prefix of the names of the convolutions' weights, in torchvision's files and here."""

_BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Filters of 3x3, a pooling after each block (Simonyan and Zisserman, table 1, column D)."""

CONV3_3, CONV4_3, CONV5_3 = 15, 22, 29
"""Layers: the ReLU after the last convolution of blocks 3, 4 and 5; sides of H // 4, H // 8, H // 16."""

POOLS = (4, 9, 16, 23, 30)
"""Layers: the pooling of each block, to 64, 128, 256, 512 and 512 channels."""


HIDDEN = 4096
"""Width of the two hidden fully connected layers."""


class VGG16Features(nn.Sequential):
    """The convolutions: 13 of 3x3 with ReLU in five blocks, maximum pooling 2x2 after each block."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for block in _BLOCKS:
            for outputs in block:
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = outputs
            layers.append(nn.MaxPool2d(2))
        super().__init__(*layers)
        for layer in self:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to float[N, 512, H // 32, W // 32], at least 0."""
        _check(x)
        for layer in self:
            x = layer(x)
        return x

    def outputs(self, x: Tensor, layers: list[int]) -> list[Tensor]:
        """Map float[N, 3, H, W] to the outputs of some layers, float[N, C, h, w] each, at least 0."""
        _check(x)
        kept: list[Tensor] = []
        for index, layer in enumerate(self):
            if index <= layers[-1]:
                x = layer(x)
            if index in layers:
                kept.append(x)
        return kept


class VGG16(nn.Module):
    """Simonyan and Zisserman, "Very Deep Convolutional Networks" (ICLR 2015), table 1, configuration D.

    Weights have torchvision's names, so that its files can be loaded (features.28.weight, classifier.6.bias).

    Alqasir, Muselet and Ducottet (VISAPP 2020), section 4.4.2: VGG16 and ResNet-50, "pretrained on Imagenet"
    and fine-tuned on the 36,600 training pictures of all twenty chairlifts (table 3), are the baselines for
    their network of 1.2 million parameters; table 4 has the accuracies. Neither sees a mask: they are
    classifiers of closed and open. They give VGG16 15.2 million parameters. The convolutions have 14.7
    million of these, so their fully connected layers cannot be the published ones, which have 119.6 million
    with two classes; the paper does not describe them. This is the network as published.

    Args:
        classes: outputs.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.features = VGG16Features()
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, HIDDEN),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(HIDDEN, HIDDEN),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(HIDDEN, classes),
        )
        for layer in self.classifier:
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], scaled as the loaded weights expect, to logits float[N, classes]."""
        # 224 pixels become 7; other sizes are pooled to 7 too, as in torchvision, so the layers fit 200.
        x = F.adaptive_avg_pool2d(self.features(x), (7, 7)).flatten(1)  # [N, 25088]
        out: Tensor = self.classifier(x)
        return out


def _check(x: Tensor) -> None:
    if x.dim() != 4 or x.shape[1] != 3 or x.shape[2] < 32 or x.shape[3] < 32:
        raise ValueError(f"expected float[N, 3, H, W] of at least 32 pixels a side, got {x.shape}")
