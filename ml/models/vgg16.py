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

FIRST_TEN = tuple(f"features.{layer}." for layer in (0, 2, 5, 7, 10, 12, 14))
"""Convolutions among the first ten layers, as Keras counts them: the input is one, each pooling another."""

POOLS = (4, 9, 16, 23, 30)
"""Layers: the pooling of each block, to 64, 128, 256, 512 and 512 channels."""


HIDDEN = 1024
"""Width of the hidden fully connected layer."""


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
    """VGG16's convolutions, the means of their maps, 1024 hidden outputs, one per class: 15,242,050 weights.

    Alqasir, Muselet and Ducottet (VISAPP 2020), section 4.4.2: VGG16 and ResNet-50, "pretrained on Imagenet"
    and fine-tuned on the 36,600 training pictures of all twenty chairlifts (table 3), are the baselines for
    their network of 1.2 million parameters; table 4 has the accuracies. Neither sees a mask: they are
    classifiers of closed and open. They give VGG16 15.2 million parameters and describe no layer after the
    convolutions (Simonyan and Zisserman, ICLR 2015, table 1, column D), which have 14,714,688. The published
    layers would have 119.6 million with two classes; these have 527,362, which makes 15.2, and are the usual
    way to fine-tune a network with another number of classes.

    The convolutions' weights have torchvision's names, so that its files can be loaded (features.28.weight).

    Args:
        classes: outputs.
    """

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        self.features = VGG16Features()
        self.hidden, self.fc = nn.Linear(512, HIDDEN), nn.Linear(HIDDEN, classes)
        # As the paper's own network (`ml.models.paper`): Glorot and Bengio (2010).
        for layer in (self.hidden, self.fc):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], scaled as the loaded weights expect, to logits float[N, classes]."""
        out: Tensor = self.fc(F.relu(self.hidden(self.features(x).mean((2, 3)))))
        return out


def _check(x: Tensor) -> None:
    if x.dim() != 4 or x.shape[1] != 3 or x.shape[2] < 32 or x.shape[3] < 32:
        raise ValueError(f"expected float[N, 3, H, W] of at least 32 pixels a side, got {x.shape}")
