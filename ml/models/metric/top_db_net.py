"""Top-DB-Net: three streams over one trunk, of which two are tested."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.metric.dropblock import TopDropBlock
from ml.models.metric.triplet_resnet50 import DIMENSIONS, TripletResNet50, head
from ml.models.resnet50 import Bottleneck

TESTED_DIMENSIONS = 2 * DIMENSIONS
"""Of an embedding when testing: the global stream's and the Top DropBlock stream's."""


class TopDBNet(TripletResNet50):
    """A global stream, a Top DropBlock stream, and a stream that regularises the second.

    Quispe and Pedrini, "Top-DB-Net: Top DropBlock for Activation Enhancement in Person Re-Identification"
    (ICPR 2020), of which the list in paper 002 gives the abstract alone. It fixes the three streams and what
    each is for: (i) a global one "encodes rich image information from a backbone", (ii) the Top DropBlock
    one "encourages the backbone to encode low informative regions with high discriminative features", (iii)
    a regularisation one "helps to deal with the noise created by the dropping process of the second stream,
    when testing the first two streams are used". Not fixed there, and ours:

    - streams two and three share two further bottleneck blocks, so that the third sees, whole, the very maps
      of which the second loses the most active stripes: what it learns keeps those maps meaningful;
    - the second stream pools by maxima: the mean would fall with every stripe that is dropped, whatever the
      rest shows; the third pools by means, as the first;
    - each stream has a head of its own, and the loss is the mean over the three (`Triplet.loss`);
    - when testing nothing is dropped, and the two embeddings are joined with equal weight.

    Args:
        pooling: of the global stream, as for `TripletResNet50`.
        drop: share of the stripes that the second stream learns without, above 0 and below 1.
    """

    def __init__(self, pooling: Literal["mean", "glap"] = "mean", drop: float = 0.3) -> None:
        super().__init__(pooling)
        width = self.channels // 4
        self.further = nn.Sequential(*(Bottleneck(self.channels, width, 1) for _ in range(2)))
        self.drop = TopDropBlock(drop)
        self.drop_head, self.regular_head = head(self.channels), head(self.channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], N at least 2 in training, to float[N, 256] of unit length."""
        maps = self.maps(x)
        return torch.cat([self.embedded(maps), self.dropped(self.further(maps))], 1) / math.sqrt(2.0)

    def streams(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W] to float[3, N, 128], each of unit length: global, dropped, regularising."""
        maps = self.maps(x)
        further = self.further(maps)
        regular = F.normalize(self.regular_head(further.mean((2, 3))), dim=1)
        return torch.stack([self.embedded(maps), self.dropped(further), regular])

    def dropped(self, further: Tensor) -> Tensor:
        """Map the second stream's maps float[N, C, h, w] to float[N, 128]; without stripes in training."""
        return F.normalize(self.drop_head(self.drop(further).amax((2, 3))), dim=1)
