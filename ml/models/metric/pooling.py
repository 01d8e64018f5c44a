"""Pooling: the mean of each channel, and a weighted generalised mean."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Means(nn.Module):
    """Map float[N, C, H, W] to float[N, C], each channel's mean over positions."""

    def forward(self, x: Tensor) -> Tensor:
        """Average over positions."""
        return x.mean((2, 3))


class LocalAttentionPooling(nn.Module):
    """Generalised local attention pooling (GLAP): (sum_i a_i x_i^p)^(1/p) over positions, per channel.

    Roig Mari et al., "Generalized Local Attention Pooling for Deep Metric Learning" (ICPR 2020), of which
    the list in paper 002 gives the abstract alone. That says: compact representations come from local
    spatial information through attention weights, and the layer sits at an intermediate level of the trunk,
    which saves memory. All else is ours:

    - "local": a position's weight is computed from its 3x3 surroundings, by one convolution;
    - the weights are a softmax over positions, so they sum to 1 and the size of a map does not matter;
    - "generalised": the mean has a power p that is learnt, 1 for the average and towards the maximum as p
      grows (Radenovic, Tolias and Chum, "Fine-tuning CNN Image Retrieval with No Human Annotation", 2018).

    The convolution starts at zero: before training this is their generalised mean with p = 3.

    Args:
        channels: C of the maps.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = nn.Conv2d(channels, 1, 3, padding=1, bias=False)  # softmax would cancel a bias
        self.power = nn.Parameter(torch.tensor(3.0))
        nn.init.zeros_(self.weigh.weight)

    def attention(self, x: Tensor) -> Tensor:
        """Map float[N, C, H, W] to weights float[N, 1, H, W] in 0..1 that sum to 1 over positions."""
        logits = self.weigh(x)
        return torch.softmax(logits.flatten(1), dim=1).view_as(logits)  # [N, 1, H, W]

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, C, H, W], at least 0 as a ReLU leaves it, to float[N, C], at least 0."""
        power = self.power.clamp(min=1.0)
        # A root has no gradient at zero, and many channels are zero everywhere.
        raised = x.clamp(min=1e-6).pow(power)
        return (self.attention(x) * raised).sum((2, 3)).pow(1.0 / power)
