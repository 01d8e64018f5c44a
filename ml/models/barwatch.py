"""The network that ships: a siamese embedder whose embedding is a map of where the bar is.

The frame is that of Alqasir, Muselet and Ducottet, "Mask-guided Image Classification with Siamese
Networks" (VISAPP 2020), section 3: one network F, shared weights, pictures and masks in one space, the
nearest mask of the lift decides (equation 3). Where the paper embeds into two coordinates, this network
embeds into two maps over the canonical frame, because only the *place* of the bar shows the state of a lift
that was never seen in training, and two coordinates cannot represent that:

- the bar map: one 50x50 channel, supervised densely with the bar's pixels that the renderer knows, and
- the free map: four 25x25 channels, shaped by the margin alone.

Who sits on the carrier is a map too, 25x25, supervised densely with the riders' pixels; a picture is occupied
where its strongest cells say so.

The margin of the distances is then corrected by what the two masks make the network look for
(`ml.models.matcher`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.distances.euclidean import margins
from ml.models.layers import JoinConv, Residual, StandardConv
from ml.models.matcher import Match, Matcher

BAR_GRID = 50
FREE_GRID = 25


@dataclass(frozen=True)
class ModelConfig:
    """Widths of the encoder's four levels (100, 50, 25 and 13 pixels), of the free map and of the matcher.

    trunk: of another network, whose maps are added to the encoder's; "" for what ships (`ml.models.trunk`).
    """

    widths: tuple[int, int, int, int] = (16, 24, 48, 96)
    free_channels: int = 4
    matcher_width: int = 32
    trunk: str = ""

    def wider(self, factor: float) -> ModelConfig:
        """Return one with so many times the channels, but for the embedding's, whose length all share."""
        a, b, c, d = (max(1, round(factor * width)) for width in self.widths)
        return replace(self, widths=(a, b, c, d), matcher_width=max(1, round(factor * self.matcher_width)))


class EmbedderOutput(NamedTuple):
    """What the network says of a batch of N pictures or masks.

    embedding: float[N, D], unit length.
    bar_logits: float[N, 50, 50]; sigmoid of it is the probability that a 4x4 cell holds bar.
    rider_logits: float[N, 25, 25]; the same for somebody on the carrier; meaningless for masks.
    occupancy_logits: float[N]; meaningless for masks.
    features: float[N, C, 25, 25]; what the matcher looks at.
    """

    embedding: Tensor
    bar_logits: Tensor
    rider_logits: Tensor
    occupancy_logits: Tensor
    features: Tensor


class BarwatchNetwork(nn.Module):
    """F(X): pictures and masks to one space (paper 000, section 3, with a map for an embedding)."""

    def __init__(self, config: ModelConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ModelConfig()
        a, b, c, d = config.widths
        # TorchScript sees attributes, not module constants.
        self.bar_grid, self.free_grid, self.free_channels = BAR_GRID, FREE_GRID, config.free_channels
        self.stem = StandardConv(3, a, stride=2, kernel=5)
        self.down50 = StandardConv(a, b, stride=2)
        self.down25, self.res25 = StandardConv(b, c, stride=2), Residual(c)
        self.down13, self.res13 = StandardConv(c, d, stride=2), Residual(d)
        self.deep13 = Residual(d, strength=0.01)
        self.context = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, d))
        self.merge25, self.mix25 = JoinConv(d, c, c), StandardConv(c, c)
        self.seat25, self.seats = Residual(c, strength=0.01), nn.Conv2d(c, 1, 3, 1, 1)
        self.occupancy = nn.Linear(3, 1)
        # Four times the channels at 25 pixels are the channels at 50, at a quarter of the work.
        self.finer, self.skip = StandardConv(c, 4 * 8, kernel=1, relu=False), nn.Conv2d(b, 8, 1)
        self.bar = nn.Conv2d(8, 1, 3, 1, 1)
        self.free = nn.Conv2d(c, config.free_channels, 3, 1, 1)
        self.matcher = Matcher(c, config.matcher_width)
        # A bar covers a few per cent of the frame: start from that rate, not from one half.
        nn.init.constant_(self.bar.bias, -3.0)  # type: ignore[arg-type]
        nn.init.constant_(self.seats.bias, -2.0)  # type: ignore[arg-type]
        nn.init.constant_(self.occupancy.weight, 0.3)
        nn.init.zeros_(self.occupancy.bias)

    @property
    def dimensions(self) -> int:
        """D, the length of an embedding."""
        return self.bar_grid * self.bar_grid + self.free_channels * self.free_grid * self.free_grid

    def forward(self, x: Tensor) -> EmbedderOutput:
        """Embed float[N, 3, 200, 200] in -1..1."""
        x50, x25, x13 = self.encoded(x)
        x13 = x13 + self.context(x13.mean((2, 3)))[:, :, None, None]
        y25 = self.mix25(self.merge25(x13, x25))  # [N, c, 25, 25]
        rider_logits = self.seats(self.seat25(y25))  # [N, 1, 25, 25]
        occupancy = self.seated(rider_logits)
        y50 = F.relu(F.pixel_shuffle(self.finer(y25), 2) + self.skip(x50))  # [N, 8, 50, 50]
        bar_logits = self.bar(y50)  # [N, 1, 50, 50]
        embedding = self.embedding(bar_logits.float(), self.free(y25).float())
        return EmbedderOutput(
            embedding,
            bar_logits.squeeze(1).float(),
            rider_logits.squeeze(1).float(),
            occupancy.float(),
            y25,
        )

    def encoded(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map float[N, 3, 200, 200] to float[N, b, 50, 50], float[N, c, 25, 25] and float[N, d, 13, 13]."""
        return self.own_maps(x)

    def own_maps(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what this network's own encoder sees, as `encoded`."""
        x50 = self.down50(self.stem(x))
        x25 = self.res25(self.down25(x50))
        x13 = self.deep13(self.res13(self.down13(x25)))
        return x50, x25, x13

    def seated(self, rider_logits: Tensor) -> Tensor:
        """Return the logits of somebody being on the carrier, float[N], from float[N, 1, 25, 25].

        One child on a bench for eight is a few cells: the strongest count, not the mean over all.
        """
        strongest = rider_logits.flatten(1).topk(24, 1).values  # [N, 24]
        strongest = torch.stack([strongest[:, :k].mean(1) for k in (3, 8, 24)], 1)  # [N, 3]
        occupancy: Tensor = self.occupancy(strongest).squeeze(1)
        return occupancy

    def match(
        self, embedding: Tensor, features: Tensor, opened: Tensor, closed: Tensor, background: Tensor
    ) -> Match:
        """Judge pictures by masks.

        Args:
            embedding, features: of N pictures, from `forward`.
            opened, closed: float[N, D], embeddings of the masks of each picture's lift.
            background: float[N, 2500], mean bar part of the lift's unlabelled pictures; zeros where none.
        """
        margin = margins(embedding, opened, closed)
        cells = self.bar_grid * self.bar_grid
        bars = torch.stack([embedding[:, :cells], opened[:, :cells], closed[:, :cells], background], 1)
        matched: Match = self.matcher(margin, features, bars)
        return matched

    def embedding(self, bar_logits: Tensor, free: Tensor) -> Tensor:
        """Join float[N, 1, 50, 50] and float[N, k, 25, 25] into float[N, D] of unit length.

        The bar map is blurred a little, so that a bar that lies a pixel off its mask still meets it; each
        part has half of the squared length, so that neither can silence the other.
        """
        bar = F.avg_pool2d(torch.sigmoid(bar_logits), 3, 1, 1).flatten(1)  # [N, 2500]
        bar = F.normalize(bar, dim=1, eps=1e-3)
        free = F.normalize(free.flatten(1), dim=1, eps=1e-3)  # [N, k * 625]
        return F.normalize(torch.cat([bar, free], 1), dim=1, eps=1e-6)


def prepare_pictures(images: Tensor) -> Tensor:
    """uint8[N, 200, 200, 3] RGB to float[N, 3, 200, 200], each picture brought to its own contrast.

    Fog, dusk and lamps scale and shift a whole picture; the bar's evidence is what stands out from it.
    """
    if images.dim() != 4 or images.shape[1:] != (200, 200, 3):
        raise ValueError(f"expected pictures uint8[N, 200, 200, 3], got {images.shape}")
    # A picture's contrast can be read off every sixteenth pixel. In two passes: torch.std_mean takes six
    # times as long.
    some = images[:, 2::4, 2::4].float().flatten(1)  # [N, 7500]
    mean = some.mean(1, keepdim=True)
    deviation = (some - mean).square().sum(1, keepdim=True).div(some.shape[1] - 1).sqrt()
    mean, deviation = mean[:, :, None, None], deviation[:, :, None, None]
    # The floor keeps a nearly black or foggy picture's noise from being blown up to a picture.
    scale = 0.5 / deviation.clamp(min=8.0)
    x = images.float()  # [N, 200, 200, 3]; permuted below, this is channels-last without a copy
    return x.sub_(mean).mul_(scale).permute(0, 3, 1, 2)


def prepare_masks(masks: Tensor) -> Tensor:
    """uint8[N, 200, 200] to float[N, 3, 200, 200] of -1 and 1, the mask on all three channels."""
    if masks.dim() != 3 or masks.shape[1:] != (200, 200):
        raise ValueError(f"expected masks uint8[N, 200, 200], got {masks.shape}")
    x = (masks > 127).float()[:, None] * 2.0 - 1.0
    return x.expand(-1, 3, -1, -1)
