"""Settings of every training and evaluation: folders, device, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

Progress = Callable[[dict[str, float]], None]
"""Called after each interval of a training, with epoch, step and measurements."""

CPU = torch.device("cpu")


def silent(measured: dict[str, float]) -> None:
    """Report nothing."""
    del measured


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    device: what networks run on. cache: folder of rendered lifts. benchmark: folder of the benchmark's sets.
    workers: processes that render. out: folder of a training's checkpoints and log. progress: called as the
    training proceeds.
    """

    device: torch.device = CPU
    cache: Path = Path("runs/rendered")
    benchmark: Path = Path("runs/benchmark")
    workers: int = 2
    out: Path = Path("runs")
    progress: Progress = silent
