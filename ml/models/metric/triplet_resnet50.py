"""The modified ResNet-50 of paper 004, its best base network for triplets; GLAP is of 002's list."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.metric.pooling import LocalAttentionPooling, Means
from ml.models.resnet50 import CHANNELS, MIDDLE_CHANNELS, ResNet50Trunk

DIMENSIONS = 128
"""Of an embedding (paper 004, section 3.2.2)."""


class TripletResNet50(ResNet50Trunk):
    """ResNet-50 with 1024 units, batch normalisation, ReLU and 128 units in place of its last layer.

    Srinivas Murthy's thesis (paper 004), section 3.2.2 and figure 3.9; unit length is that of section 3.2.4
    (equation 3.5). Weights start from ImageNet's and the first ten layers stay frozen (section 3.3.1). The
    text does not say how maps become a vector: by their means here, as in ResNet-50 itself.

    Args:
        pooling: `glap` takes the third stage's maps by local attention instead of the fourth's by their
            means, which then is not there ("connected at an intermediate level", `LocalAttentionPooling`).
    """

    def __init__(self, pooling: Literal["mean", "glap"] = "mean") -> None:
        super().__init__()
        self.channels = CHANNELS
        self.pool: nn.Module = Means()
        if pooling == "glap":
            self.layer4, self.channels = nn.Sequential(), MIDDLE_CHANNELS
            self.pool = LocalAttentionPooling(self.channels)
        self.head = head(self.channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], N at least 2 in training, to float[N, 128] of unit length."""
        return self.embedded(self.maps(x))

    def embedded(self, maps: Tensor) -> Tensor:
        """Map the trunk's maps float[N, C, h, w] to float[N, 128] of unit length."""
        return F.normalize(self.head(self.pool(maps)), dim=1)


def head(channels: int) -> nn.Sequential:
    """Return the layers from a pooled vector float[N, channels] to float[N, 128]."""
    return nn.Sequential(
        nn.Linear(channels, 1024),
        nn.BatchNorm1d(1024),
        nn.ReLU(inplace=True),
        nn.Linear(1024, DIMENSIONS),
    )
