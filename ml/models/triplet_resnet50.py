"""The modified ResNet-50 of paper 004, its best base network for triplets."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.resnet50 import CHANNELS, ResNet50Trunk

PARAMETERS = 25_739_456

DIMENSIONS = 128
"""Of an embedding (paper 004, section 3.2.2)."""


class TripletResNet50(ResNet50Trunk):
    """ResNet-50 with 1024 units, batch normalisation, ReLU and 128 units in place of its last layer.

    Srinivas Murthy's thesis (paper 004), section 3.2.2 and figure 3.9; unit length is that of section 3.2.4
    (equation 3.5). Weights start from ImageNet's and the first ten layers stay frozen (section 3.3.1). The
    text does not say how maps become a vector: by their means here, as in ResNet-50 itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(
            nn.Linear(CHANNELS, 1024),
            nn.BatchNorm1d(1024),
            nn.ReLU(inplace=True),
            nn.Linear(1024, DIMENSIONS),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], N at least 2 in training, to float[N, 128] of unit length."""
        return F.normalize(self.head(self.maps(x).mean((2, 3))), dim=1)
