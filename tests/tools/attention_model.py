"""ABIR as nobody trained it, exported as a trained one is: where it looks follows from its seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from ml.export.attention import release_attention
from ml.models.metric.abir import ABIR
from ml.systems.base import System
from ml.systems.named import system_of
from ml.systems.recipe import AbirRecipe

SIDE = 64
"""Of the pictures it looks at: a pass takes a tenth of what 200 pixels take."""


def untrained(seed: int = 0) -> System[Any]:
    """Return ABIR with weights from a seed, its scores enlarged: untrained ones are all alike."""
    system = system_of(AbirRecipe(seed=seed, side=SIDE))
    network = network_of(system)
    with torch.no_grad():
        for block in (network.block3, network.block4):
            block.score.weight.mul_(20.0)
    return system


def network_of(system: System[Any]) -> ABIR:
    """Return the network, as what it is."""
    network = system.network
    assert isinstance(network, ABIR)
    return network.eval()


def release(folder: Path) -> Path:
    """Write attention.ts and attention.json into `folder`; returns the file's path."""
    state = {"epoch": 3, "best": 0.5, "reached_by_rate": {"0.0001": 0.5}}
    return release_attention(
        untrained(), state, folder / "attention.ts", "9.9.9", "barwatch export-attention"
    )
