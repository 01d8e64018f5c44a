"""ABIR: VGG16 whose last layer weighs the places of its middle layers (attention).

Nie et al., "Weakly Supervised Image Retrieval via Coarse-scale Feature Fusion and Multi-level Attention
Blocks" (ICMR 2019), paper 003. Trained with the binomial deviance loss, from VGG16's weights for ImageNet.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.vgg16 import CONV3_3, CONV4_3, CONV5_3, VGG16Features

DIMENSIONS = 512
"""Of an embedding (section 3.2)."""


class AttentionMaps(NamedTuple):
    """Where the two blocks look: "on the surroundings" and "on the object parts" (section 3.3).

    conv3_3: float[N, 1, H // 4, W // 4] in 0..1.
    conv4_3: float[N, 1, H // 8, W // 8] in 0..1.
    """

    conv3_3: Tensor
    conv4_3: Tensor


class AbirOutput(NamedTuple):
    """embedding: float[N, 512], unit length; attention: what it was made from."""

    embedding: Tensor
    attention: AttentionMaps


class SqueezeExcitation(nn.Module):
    """Weigh channels: u = sigmoid(W2 relu(W1 z)), z the means of the channels (section 2.2, after Hu et al.).

    The formula has no biases. The factor r by which W1 narrows is open; 16 is that of Hu et al. (CVPR 2018).
    """

    def __init__(self, channels: int, narrower: int = 16) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, channels // narrower, bias=False)
        self.excite = nn.Linear(channels // narrower, channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, C, H, W] to the same shape, each channel times its weight in 0..1."""
        gate = torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3))))))  # [N, C]
        return x * gate[:, :, None, None]


class AttentionBlock(nn.Module):
    """Weigh positions of a local map l by how they agree with the coarse map g (section 2.2).

    c = psi relu(W_l l + W_g g + b_g) + b_psi, after Schlemper et al., with three changes of paper 003: g is
    a map, brought to l's size, and no vector; the weights are sigmoid(c), for a softmax looks at too few
    positions; and what is weighed went through squeeze-and-excitation. The number of rows of W_l and W_g is
    open; l's own number of channels is taken.

    Args:
        channels: of l; g has 512.
        se: with squeeze-and-excitation or without it, the paper's two systems.
    """

    def __init__(self, channels: int, se: bool) -> None:
        super().__init__()
        self.local = nn.Conv2d(channels, channels, 1, bias=False)  # W_l
        self.coarse = nn.Conv2d(512, channels, 1)  # W_g, b_g
        self.score = nn.Conv2d(channels, 1, 1)  # psi, b_psi
        self.recalibrate = SqueezeExcitation(channels) if se else nn.Identity()

    def attention(self, local: Tensor, coarse: Tensor) -> Tensor:
        """Map l, float[N, C, H, W], and g, float[N, 512, h, w], to weights float[N, 1, H, W] in 0..1."""
        # A 1x1 convolution and the enlargement commute, and there is less to convolve before it.
        g = F.interpolate(
            self.coarse(coarse), size=local.shape[2:], mode="bilinear", align_corners=False
        )  # [N, C, H, W]
        return torch.sigmoid(self.score(F.relu(self.local(local) + g)))

    def forward(self, local: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Map l and g to a vector float[N, C] and the weights float[N, 1, H, W].

        The formula of section 2.2 sums over positions, sections 2.1 and figure 1 take the maximum: so does
        this, as weights that do not sum to 1 would make the sum grow with the picture.
        """
        attention = self.attention(local, coarse)
        return (attention * self.recalibrate(local)).amax((2, 3)), attention


Attention = Literal["none", "plain", "se"]
"""The paper's three systems (section 3.2.2): "Our Baseline", ABIR without squeeze-and-excitation, with it."""


class ABIR(nn.Module):
    """VGG16's convolutions, two attention blocks, three pooled vectors, one embedding layer (figure 1).

    The first block joins conv3_3 with conv5_3, the second conv4_3 with conv5_3; conv5_3's own maximum is the
    global vector. Ours: the embedding has unit length, which the cosine of the binomial deviance loss does
    not see and a nearest neighbour does.

    "Our baseline is deep network (VGG16) with the binomial deviance loss": the global vector alone.

    Args:
        attention: with squeeze-and-excitation in the blocks, without, or no blocks at all.
    """

    def __init__(self, attention: Attention = "se") -> None:
        super().__init__()
        self.features, self.layers = VGG16Features(), [CONV3_3, CONV4_3, CONV5_3]
        self.attends = attention != "none"
        if self.attends:
            self.block3 = AttentionBlock(256, attention == "se")
            self.block4 = AttentionBlock(512, attention == "se")
        self.embed = nn.Linear(256 + 512 + 512 if self.attends else 512, DIMENSIONS)

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, H, W], H and W at least 32, to float[N, 512] of unit length."""
        if not self.attends:
            conv5_3 = self.features.outputs(x, self.layers[2:])[0]
            return F.normalize(self.embed(conv5_3.amax((2, 3))), dim=1)
        return self.attend(x).embedding

    def attend(self, x: Tensor) -> AbirOutput:
        """Embed as `forward`, and return where the two blocks attended; there must be blocks."""
        conv3_3, conv4_3, conv5_3 = self.features.outputs(x, self.layers)
        surroundings, attention3 = self.block3(conv3_3, conv5_3)
        parts, attention4 = self.block4(conv4_3, conv5_3)
        joined = torch.cat([surroundings, parts, conv5_3.amax((2, 3))], 1)  # [N, 1280]
        return AbirOutput(F.normalize(self.embed(joined), dim=1), AttentionMaps(attention3, attention4))
