"""ABIR as nobody trained it: where it looks follows from its seed."""

from __future__ import annotations

from typing import Any

import torch

from ml.models.metric.abir import ABIR
from ml.systems.base import Trainable
from ml.systems.named import system_of
from ml.systems.recipe import AbirRecipe

SIDE = 64
"""Side of the pictures it gets: a pass takes a tenth of what 200 pixels take."""


def untrained(seed: int = 0) -> Trainable[Any]:
    """Return ABIR with weights from a seed, its scores enlarged: untrained ones are all alike."""
    system = system_of(AbirRecipe(seed=seed, side=SIDE))
    network = system.network
    assert isinstance(network, ABIR)
    with torch.no_grad():
        for block in (network.block3, network.block4):
            block.score.weight.mul_(20.0)
    return system
