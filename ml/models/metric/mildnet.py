"""MILDNet: an embedding from all five depths of VGG16, as paper 004 uses it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.vgg16 import POOLS, VGG16Features

DIMENSIONS = 2048
"""Of an embedding (paper 004, section 3.2.2)."""


class MILDNet(nn.Module):
    """Means of the five blocks' pooled maps, joined, then two fully connected layers.

    Srinivas Murthy's thesis (paper 004), section 3.2.2 and figure 3.8, after Vishvakarma: VGG16 without its
    fully connected layers; the maps after each block's maximum pooling, averaged over positions and joined
    to 64 + 128 + 256 + 512 + 512 = 1472 numbers; "FC - dropout - FC" to 2048. Weights start from ImageNet's,
    the first ten layers stay frozen (section 3.3.1), and pictures of people are 256x128. Open there, and
    chosen here:

    - the first layer has 2048 units with ReLU, and 0.6 of them are dropped, as in a public Keras version;
    - the second has no ReLU, which would keep embeddings within a quarter turn of each other;
    - embeddings have unit length, as section 3.2.4 asks for the lossless triplet loss (equation 3.5).
    """

    def __init__(self) -> None:
        super().__init__()
        self.features, self.pools = VGG16Features(), list(POOLS)  # TorchScript sees no module constants
        self.head = nn.Sequential(
            nn.Linear(64 + 128 + 256 + 512 + 512, DIMENSIONS),
            nn.ReLU(inplace=True),
            nn.Dropout(0.6),
            nn.Linear(DIMENSIONS, DIMENSIONS),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], H and W at least 32, to float[N, 2048] of unit length."""
        means = [pooled.mean((2, 3)) for pooled in self.features.outputs(x, self.pools)]
        return F.normalize(self.head(torch.cat(means, 1)), dim=1)  # from [N, 1472]
