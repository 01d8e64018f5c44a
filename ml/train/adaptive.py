"""L2 regularisation with learnt factors (paper 002), or with one constant factor.

Ni, Fang and Huttunen, "Adaptive L2 Regularization in Person Re-Identification" (ICPR 2020): trainable scalars
go through a scaled hard sigmoid and come out as regularisation factors. The abstract is all that is at hand;
the figures are those of the authors' published code (github.com/nixingyang/AdaptiveL2Regularization, which
the abstract announces as AdaptiveReID): a hard sigmoid of slope 0.2, an amplitude of 0.005, raw factors that
start at 0 (half the amplitude), and a factor of its own for each weight, bias, scale and shift of a
convolution, linear or batch normalisation layer.

A factor's gradient is never negative: it is the amplitude times the slope times the tensor's squared length,
and the rest of the loss knows nothing of it. Descent can only lower factors, the faster the longer a tensor
is, until they are 0 and stay so. They decide how soon regularisation of each tensor ends. Adam, which the
authors' code trains with, divides a gradient by its own size: under it all factors fall at about one pace,
the learning rate a step before the sigmoid, whatever a tensor's length, and what is learnt is next to
nothing. (Of tensors of almost no length, such as fresh biases, the gradient is below Adam's epsilon: theirs
start more slowly.) From 0 they would reach the end, -2.5, after 12,500 steps at the authors' highest rate,
2e-4. Their schedule (ten epochs of 200 steps up to it, thirty at it, then a tenth after every thirty, 2e-6 at
least) moves them by 1.6 at most in all its 200 epochs: a third of a factor, or more, is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

SLOPE = 0.2
"""Keras' hard sigmoid, the authors' framework; torch's own has 1/6 and is flat from +-3 instead of +-2.5."""


def scaled_hard_sigmoid(raw: Tensor, amplitude: float) -> Tensor:
    """amplitude * clip(0.2 raw + 0.5, 0, 1): float[...] to float[...] in 0..amplitude."""
    return amplitude * (SLOPE * raw + 0.5).clamp(0, 1)


def regularised(model: nn.Module) -> dict[str, nn.Parameter]:
    """The tensors to be regularised by name, each once, however many layers share it.

    Weights and biases of convolutions and linear layers, scales and shifts of normalisations (the authors'
    networks have batch normalisation; group and layer normalisation are treated likewise).
    """
    kinds = (_ConvNd, nn.Linear, _BatchNorm, nn.GroupNorm, nn.LayerNorm)
    owned = {
        id(tensor)
        for layer in model.modules()
        if isinstance(layer, kinds)
        for tensor in layer.parameters(recurse=False)
    }
    return {name: tensor for name, tensor in model.named_parameters() if id(tensor) in owned}


class AdaptiveL2(nn.Module):
    """Sum over tensors of a learnt factor times the tensor's squared length.

    Give `raw` to the optimiser, in a group without weight decay. The model is held from outside: its
    parameters are none of this module's, and neither is in the other's checkpoint.

    Args:
        model: whose tensors are regularised, those that learn at the time of the call; frozen ones cost
            nothing and leave their factors where they are.
        amplitude: the largest factor.
    """

    def __init__(self, model: nn.Module, amplitude: float = 0.005) -> None:
        super().__init__()
        tensors = regularised(model)
        self.names = tuple(tensors)
        self.tensors = tuple(tensors.values())  # a tuple is no part of the module: not registered twice
        self.amplitude = amplitude
        device = self.tensors[0].device if tensors else None
        self.raw = nn.Parameter(torch.zeros(len(tensors), device=device))

    def factors(self) -> Tensor:
        """The factors float32[groups] in 0..amplitude, in the order of `names`."""
        return scaled_hard_sigmoid(self.raw, self.amplitude)

    def forward(self) -> Tensor:
        """The penalty float32[], 0 or more, to add to the loss."""
        return (self.factors() * squares(self.tensors, self.raw)).sum()


def squares(tensors: Sequence[Tensor], like: Tensor) -> Tensor:
    """Squared lengths float[groups] of tensors, 0 for those that do not learn; on the device of `like`."""
    each = [tensor.square().sum() if tensor.requires_grad else like.new_zeros(()) for tensor in tensors]
    return torch.stack(each) if each else like.new_zeros(0)


def constant_l2(model: nn.Module, factor: float) -> Tensor:
    """The same penalty float32[] with one factor for all tensors that learn.

    A step of plain gradient descent on it is weight decay of twice the factor.
    """
    tensors = tuple(regularised(model).values())
    like = tensors[0] if tensors else torch.zeros(0)
    return factor * squares(tensors, like.detach()).sum()
