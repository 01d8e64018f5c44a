"""A trained network inside a wider one that says the same: where a wider one can start.

Chen, Goodfellow and Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer" (ICLR 2016), section 2.
Not by copies of channels as there: new channels begin as in an untrained network, and nobody listens yet.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ml.models.barwatch import BarwatchNetwork, ModelConfig
from ml.models.layers import StandardConv


def fits_into(narrow: ModelConfig, wide: ModelConfig) -> bool:
    """Return whether a network has room for another one in every layer; never for one with a trunk."""
    widths = zip((*narrow.widths, narrow.matcher_width), (*wide.widths, wide.matcher_width), strict=True)
    return all(a <= b for a, b in widths) and narrow.free_channels == wide.free_channels and not narrow.trunk


def widened(weights: dict[str, Tensor], narrow: ModelConfig, network: BarwatchNetwork) -> dict[str, Tensor]:
    """Return weights with which a wider network computes what a trained one does.

    Args:
        weights, narrow: the trained network's state and configuration; `fits_into(narrow, network.config)`.
        network: the wider one, untrained, whose new channels keep their weights.

    Returns:
        Tensors by name, of the names that both have, in the wider network's shapes.
    """
    held, found = network.state_dict(), dict[str, Tensor]()
    standard = {name for name, layer in network.named_modules() if isinstance(layer, StandardConv)}
    for name, trained in weights.items():
        if name not in held:
            continue
        layer, _, kind = name.rpartition(".")
        new = held[name].clone()
        if trained.ndim < 2:  # biases, gains, strengths
            new.view(-1)[: trained.numel()] = trained.flatten()
        elif layer in standard:
            # A centred filter stays as it is when zeros are added to it, but for the divisor of its variance.
            new = _placed(
                trained - trained.mean((1, 2, 3), keepdim=True), new, *_blocks(layer, narrow, network)
            )
        else:
            new = _placed(trained, new, *_blocks(layer, narrow, network))
        if layer in standard and kind == "gain":
            few, many = (w[f"{layer}.weight"][0].numel() for w in (weights, held))
            new[: trained.numel()] *= (many / (many - 1) / (few / (few - 1))) ** 0.5
        found[name] = new
    return found


def _placed(trained: Tensor, new: Tensor, old_blocks: list[int], new_blocks: list[int]) -> Tensor:
    """Put float[o, i, ...] into float[O, I, ...], inputs block by block; the o outputs hear nothing else."""
    rows = len(trained)
    new[:rows] = 0
    for part, start in zip(torch.split(trained, old_blocks, 1), _starts(new_blocks), strict=True):
        new[:rows, start : start + part.shape[1]] = part
    return new


def _starts(blocks: list[int]) -> list[int]:
    return [sum(blocks[:k]) for k in range(len(blocks))]


def _blocks(layer: str, narrow: ModelConfig, network: BarwatchNetwork) -> tuple[list[int], list[int]]:
    """Return how many inputs a layer has from each of those that it joins, narrow and wide."""
    first, second = (_inputs(layer, config) for config in (narrow, network.config))
    return first, second


def _inputs(layer: str, config: ModelConfig) -> list[int]:
    a, b, c, d = config.widths
    w = config.matcher_width
    joined = {"merge25": [d, c], "matcher.first": [c, 16], "matcher.hidden": [*(6 * [w]), 1]}
    single = (
        (3, "stem occupancy"),
        (a, "down50"),
        (b, "down25 skip"),
        (c, "res25 down13 mix25 seat25 seats finer free"),
        (d, "res13 deep13 context"),
        (8, "bar"),
        (w, "matcher.second"),
        (64, "matcher.answer"),
    )
    of_one = {name: [width] for width, names in single for name in names.split()}
    return joined.get(layer) or of_one.get(layer) or of_one[layer.partition(".")[0]]
