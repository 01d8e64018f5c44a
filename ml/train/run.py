"""What every training and evaluation needs to know: folders, device, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

Progress = Callable[[dict[str, float]], None]
"""Told of each stretch of a training: epoch, step, and what was measured."""


CPU = torch.device("cpu")


def silent(measured: dict[str, float]) -> None:
    """Ignore it."""
    del measured


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    device: what networks run on. cache: folder of rendered lifts. benchmark: folder of the benchmark's sets.
    workers: processes that render. out: folder of a training's checkpoints and log. progress: told how the
    training goes.
    """

    device: torch.device = CPU
    cache: Path = Path("runs/rendered")
    benchmark: Path = Path("runs/benchmark")
    workers: int = 2
    out: Path = Path("runs")
    progress: Progress = silent
