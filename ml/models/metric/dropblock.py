"""Top DropBlock: hides the most active stripes of a map, so that the network learns the others too."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TopDropBlock(nn.Module):
    """Zero the most active horizontal stripes of each picture's maps, during training alone.

    Quispe and Pedrini, "Top-DB-Net: Top DropBlock for Activation Enhancement in Person Re-Identification"
    (ICPR 2020), of which the list in paper 002 gives the abstract alone. That says: a second stream whose
    most relevant regions are dropped makes the trunk encode regions of little information too; a third
    regularises against the noise that dropping makes; the third is left out when testing. This module is
    the dropping; the streams are `ml.models.metric.top_db_net`. Ours:

    - a region is a stripe, one row of the map across its whole width: on a carrier a closed bar lies about
      level, so a stripe hides it at once and a square would leave its ends;
    - a position's activity is the sum of its channels' squares, a stripe's activity that of its most active
      position: a small spot that decides everything is as well hidden as a wide one;
    - what remains is not scaled up, as dropout's would be: the maps are pooled by maxima or means of
      activations, and a larger activation would be another picture.

    Args:
        share: of the stripes that are dropped, above 0 and below 1; one at least is dropped.
    """

    def __init__(self, share: float = 0.3) -> None:
        super().__init__()
        if not 0.0 < share < 1.0:
            raise ValueError(f"expected a share above 0 and below 1, got {share}")
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, C, H, W] to the same shape; in evaluation mode `x` itself."""
        if not self.training:
            return x
        activity = x.detach().square().sum(1).amax(2)  # [N, H]
        stripes = max(1, int(self.share * x.shape[2] + 0.5))
        dropped = activity.topk(stripes, dim=1).indices  # [N, stripes]
        kept = torch.ones_like(activity).scatter(1, dropped, 0.0)  # [N, H]
        return x * kept[:, None, :, None]
