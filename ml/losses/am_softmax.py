"""Additive margin softmax, through pytorch-metric-learning."""

from __future__ import annotations

from pytorch_metric_learning.losses import CosFaceLoss
from torch import Tensor, nn


class AMSoftmax(nn.Module):
    """Cross-entropy of s (cos(x, w_c) - m [c is right]) over classes c; holds the classes' vectors w.

    The list of abstracts beside Ni, Fang and Huttunen (ICPR 2020) has it from Sovrasov and Sidnev, without an
    equation or constants. The function is Wang et al.'s, "Additive Margin Softmax for Face Verification"
    (2018); s = 30 and m = 0.35 are its usual constants, not checked against its text. The library's
    `CosFaceLoss` is the same function with s = 64 as its default.

    Args:
        width: D, of the embeddings.
        classes: how many.
        scale: s. margin: m, in cosine.
    """

    def __init__(self, width: int, classes: int, scale: float = 30.0, margin: float = 0.35) -> None:
        super().__init__()
        self.loss = CosFaceLoss(num_classes=classes, embedding_size=width, margin=margin, scale=scale)

    @property
    def weight(self) -> nn.Parameter:
        """The classes' vectors float32[D, classes], of any length; for the optimiser."""
        weight: nn.Parameter = self.loss.W
        return weight

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Mean loss float[], 0 or more, of float[N, D] and int64[N]; a differentiable zero for none."""
        if len(embeddings) == 0:
            return embeddings.sum() + 0 * self.weight.sum()
        value: Tensor = self.loss(embeddings, labels)
        return value
