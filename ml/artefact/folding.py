"""From the network as it trains to one that computes the same with less work, and back."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.models.barwatch import ModelConfig
from ml.models.layers import JoinConv, Residual, StandardConv, join
from ml.models.trunk import network_for


class FoldedJoin(nn.Module):
    """A `JoinConv` with its weight standardised once and for all."""

    def __init__(self, conv: JoinConv) -> None:
        super().__init__()
        self.weight = nn.Parameter(conv.standard_weight().detach())
        self.bias = nn.Parameter(conv.bias.detach())
        self.coarse = conv.coarse

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """As `JoinConv`."""
        return join(self.weight, self.bias, self.coarse, coarse, fine)


class FoldedResidual(nn.Module):
    """A `Residual` whose strength is in its second convolution; nothing is written twice."""

    def __init__(self, block: Residual) -> None:
        super().__init__()
        self.first, self.second = plain(block.first), plain(block.second)
        with torch.no_grad():
            for tensor in self.second.parameters():
                tensor.mul_(block.strength)
        # What training goes on with, and the graph does not read.
        self.strength = nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        """As `Residual`."""
        out: Tensor = self.second(self.first(x)).add_(x).relu_()
        return out


def plain(conv: StandardConv) -> nn.Module:
    """Return the plain convolution that a standardised one computes, with its ReLU."""
    outputs, inputs, kernel, _ = conv.weight.shape
    found = nn.Conv2d(inputs, outputs, kernel, conv.stride, conv.padding)
    with torch.no_grad():
        found.weight.copy_(conv.standard_weight())
        found.bias.copy_(conv.bias)  # type: ignore[union-attr]
    return nn.Sequential(found, nn.ReLU(inplace=True)) if conv.relu else found


def fold(module: nn.Module) -> None:
    """Replace every part with standardised convolutions by one that computes the same, in place."""
    for name, child in module.named_children():
        if isinstance(child, Residual):
            setattr(module, name, FoldedResidual(child))
        elif isinstance(child, JoinConv):
            setattr(module, name, FoldedJoin(child))
        elif isinstance(child, StandardConv):
            setattr(module, name, plain(child))
        else:
            fold(child)


def unfold(weights: dict[str, Tensor], config: ModelConfig | None = None) -> dict[str, Tensor]:
    """Return the weights of a network that computes what an artefact does: the inverse of `fold`.

    An artefact keeps what its standardised convolutions compute, which training never sees. A filter that is
    standardised already keeps its direction, so only its gain has to be found. Training can go on from what
    ships, for which no checkpoint is kept.

    Args:
        weights: `state_dict()` of a scripted artefact that is not frozen.
        config: the artefact's, from its manifest; the default's if None.

    Raises:
        ValueError: the artefact is of another network.
    """
    network, found = network_for(config), dict[str, Tensor]()
    for name, child in network.named_modules():
        if not isinstance(child, StandardConv):
            continue
        names = (name, f"{name}.0") if child.relu else (name,)  # one with a ReLU behind it is a sequence
        plain = next((each for each in names if f"network.{each}.weight" in weights), None)
        if plain is None:
            continue  # a part that younger networks have
        folded = weights[f"network.{plain}.weight"].float()
        if folded.shape != child.weight.shape:
            continue  # one of another width
        with torch.no_grad():
            child.weight.copy_(folded)
            child.gain.fill_(1.0)
            unit = child.standard_weight().flatten(1)
        gain = folded.flatten(1).norm(dim=1) / unit.norm(dim=1).clamp(min=1e-12)
        found |= {f"{name}.weight": folded, f"{name}.gain": gain}
        found[f"{name}.bias"] = weights[f"network.{plain}.bias"].float()
    if not found:
        raise ValueError("the artefact is not of this network, or it is frozen")
    for name in network.state_dict().keys() - found.keys():
        if f"network.{name}" in weights:
            found[name] = weights[f"network.{name}"].float()
    return found
