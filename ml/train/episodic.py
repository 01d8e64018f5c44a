"""Episodic training: each step is also judged by its effect on lifts that it did not use.

The list of abstracts beside Ni, Fang and Huttunen (paper 002) has "Cross-Domain Episodic Learning" for
people seen by cameras that training never saw, without an equation. The form here is that of Li et al.,
"Learning to Generalize: Meta-Learning for Domain Generalization" (AAAI 2018), with lifts for domains.
Second derivatives are left out, which is common because they are costly. The lifts of a batch are split in
two. The weights make a step of plain descent for the first part; the gradient of the second part at that
point is added to the first's, and half of the sum is what the optimiser gets.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ml.data.pictures import PictureSet
from ml.systems.base import Trainable


def episodic_loss(
    system: Trainable[Any], data: PictureSet, index: Tensor, rng: torch.Generator
) -> Tensor | None:
    """Return a loss float[] whose gradient is the mean of both parts', each taken where it is due.

    Its value is the mean of their losses. None for pictures of one lift alone.

    Args:
        system: whose weights it is for; they are moved and put back.
        data: all pictures. index: int64[B], the batch.
        rng: says which lifts are the unseen ones, and what the system draws.
    """
    lifts = torch.unique(data.lift[index])
    if len(lifts) < 2:
        return None
    unseen = lifts[torch.randperm(len(lifts), generator=rng)[: len(lifts) // 2]]
    later = torch.isin(data.lift[index], unseen)
    parameters = [p for p in system.network.parameters() if p.requires_grad]
    first, here = _gradient(system.loss(data, index[~later], rng), parameters)
    norm = torch.stack([gradient.square().sum() for gradient in here]).sum().sqrt()
    most = system.recipe.clip_norm or float("inf")  # 0: of any length
    step = system.recipe.learning_rate * min(1.0, most / (float(norm) + 1e-6))
    with torch.no_grad():
        before = [p.clone() for p in parameters]
        for parameter, gradient in zip(parameters, here, strict=True):
            parameter.sub_(step * gradient)
    second, there = _gradient(system.loss(data, index[later], rng), parameters)
    with torch.no_grad():
        for parameter, was in zip(parameters, before, strict=True):
            parameter.copy_(was)
    total = (first + second) / 2
    for parameter, one, other in zip(parameters, here, there, strict=True):
        towards = parameter * ((one + other) / 2)
        total = total + (towards - towards.detach()).sum()  # adds no value, only the gradient
    return total


def _gradient(loss: Tensor, parameters: list[torch.nn.Parameter]) -> tuple[Tensor, list[Tensor]]:
    """The loss's value and its gradient, zeros where it does not depend on a parameter."""
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    pairs = zip(found, parameters, strict=True)
    return loss.detach(), [torch.zeros_like(p) if g is None else g for g, p in pairs]
