"""Attention from the masks: a lift's two masks decide where in a picture the network looks.

The distance between two embeddings cannot represent a bar that is moving down and matches neither mask, or
a closed bar hidden behind the bench, where the empty open mask is the only evidence. This head sees the
picture's features and both masks' maps at once, and corrects the margin of the distances. It also estimates
whether the picture shows a carrier of this lift at all.

The background that shows in all of a lift's pictures (frame, seat edges, a railing) can be given as one
more map: the mean bar map of unlabelled passages.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.models.layers import StandardConv

LOGITS_PER_MARGIN = 12.0
"""Log odds of a unit of margin: what turns logits into margins and back."""

_LIT = 8.0
"""A bar map of unit length has values about this much below those of a probability."""


class Match(NamedTuple):
    """What the head says of N pictures, each beside its lift's masks.

    margin: float[N], negative means nearer to the open mask, as the difference of two distances does.
    fit_logits: float[N]; sigmoid of it is the probability that this is a carrier of the masks' lift.
    """

    margin: Tensor
    fit_logits: Tensor


class Matcher(nn.Module):
    """Picture features and both masks' maps to a margin.

    Args:
        features: channels of the picture's features at 25x25.
        width: channels within.
    """

    def __init__(self, features: int, width: int = 32) -> None:
        super().__init__()
        # TorchScript sees attributes, not module constants.
        self.lit, self.steep = _LIT, LOGITS_PER_MARGIN / 4
        self.first, self.second = StandardConv(features + 16, width), StandardConv(width, width)
        self.hidden = nn.Linear(6 * width + 1, 64)
        self.answer = nn.Linear(64, 2)
        # A correction of the distances' margin that begins as none at all.
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    def forward(self, margin: Tensor, features: Tensor, bars: Tensor) -> Match:
        """Correct float[N] margins.

        Args:
            margin: float[N], of the distances.
            features: float[N, C, 25, 25] of the pictures.
            bars: float[N, 4, 2500], bar parts of the embeddings of picture, open mask, close mask, and their
                mean over the lift's unlabelled pictures, zeros where there are none.
        """
        maps = bars.view(-1, 4, 50, 50) * self.lit
        at25 = F.pixel_unshuffle(maps, 2).to(features.dtype)  # [N, 16, 25, 25]
        seen = self.second(self.first(torch.cat([features, at25], 1)))  # [N, w, 25, 25]
        masks = F.avg_pool2d(maps[:, 1:3], 2)  # [N, 2, 25, 25]
        only = F.relu(masks - masks.flip(1))
        where = torch.cat([masks, only], 1).flatten(2)
        where = where / (where.sum(2, keepdim=True) + 1e-2)  # [N, 4, 625]
        # Channels last, as convolutions leave it: no copy.
        cells = seen.permute(0, 2, 3, 1).flatten(1, 2).float()  # [N, 625, w]
        pooled = torch.bmm(where, cells).flatten(1)  # [N, 4 w]
        evidence = torch.cat([pooled, cells.mean(1), cells.amax(1), self.steep * margin[:, None]], 1)
        answer = self.answer(F.relu(self.hidden(evidence.to(self.hidden.weight.dtype)))).float()
        return Match(margin - answer[:, 0] / 4, answer[:, 1] * 3)
