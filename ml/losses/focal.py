"""Multi-label contrastive focal loss: several labels at once, rare and hard ones before the others."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def focal_loss(
    logits: Tensor,
    labels: Tensor,
    rates: Tensor,
    focus: float = 2.0,
    gap: float = 1.0,
    contrast: float = 0.1,
) -> Tensor:
    """Return the mean over labels of a re-weighted focal term, and of a term that parts their classes.

    Zheng et al., "Multi-Label Contrastive Focal Loss for Pedestrian Attribute Recognition" (ICPR 2020), of
    which the list in paper 002 gives the abstract alone. It fixes two things: "a separated re-weighting
    mechanism for different positive and negative classes", which "emphasizes the hard and minority
    attributes", and that the loss "enlarges the gaps between the intra-class of multi-label attributes". No
    equation; this is ours:

        focal    = w+ y (1 - p)^focus (-log p) + w- (1 - y) p^focus (-log(1 - p)),   p = sigmoid(logit)
        contrast = max(0, gap - (mean logit where y = 1 - mean logit where y = 0)),  per label, within a batch

    w+ = 1 / (2 r) and w- = 1 / (2 (1 - r)) for a label that r of all pictures have: each class has half of
    the weight, so that a rare state counts as much as a common one. The focus is that of Lin et al., "Focal
    Loss for Dense Object Detection" (ICCV 2017), where it is 2.

    Args:
        logits: float[N, L].
        labels: float[N, L], 0 or 1.
        rates: float[L], share of the training pictures with each label, 0..1.
        focus: exponent, 0 or more; at 0 the term is a balanced cross entropy.
        gap: logits between the classes' means from which the second term costs nothing.
        contrast: weight of the second term.

    Returns:
        float[], 0 or more; a differentiable zero for an empty batch.
    """
    if len(logits) == 0:
        return logits.sum()
    r = rates.clamp(1e-3, 1 - 1e-3)
    weight = torch.where(labels > 0.5, 0.5 / r, 0.5 / (1 - r))
    entropy = F.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    # 1 - exp(-entropy), the probability of what is not true; at 0 a root's gradient has no bound.
    hard = (-torch.expm1(-entropy)).clamp(min=torch.finfo(entropy.dtype).tiny).pow(focus)
    focal = (weight * hard * entropy).mean()
    positive, negative = (labels > 0.5).to(logits), (labels <= 0.5).to(logits)
    count = torch.stack([positive.sum(0), negative.sum(0)])  # [2, L]
    means = torch.stack([(positive * logits).sum(0), (negative * logits).sum(0)]) / count.clamp(min=1)
    both = (count > 0).all(0).to(logits)
    apart = (both * (gap - (means[0] - means[1])).clamp(min=0)).mean()
    return focal + contrast * apart
