"""Plots of paper 000's two-dimensional space of pictures and masks, as in its figures 4 and 5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from lifts.arrays import Bool, Float32, UInt8
from ml.data.benchmark import Part
from ml.data.pictures import PictureSet
from ml.systems.base import Trainable

_OPEN, _CLOSED = "tab:orange", "tab:blue"


@dataclass(frozen=True)
class LiftPoints:
    """One lift's points: pictures float32[N, 2], is_open bool[N]; its masks float32[2, 2], (closed, open)."""

    name: str
    pictures: Float32
    is_open: Bool
    masks: Float32


def lifts_of(system: Trainable[Any], data: PictureSet) -> list[LiftPoints]:
    """Embed each lift's pictures and masks.

    Raises:
        ValueError: the system's space does not have two dimensions.
    """
    masks = masks_of(system, data.masks.numpy())
    outputs, which = system.all_outputs(data.images).numpy(), data.lift.numpy()
    is_open = data.is_open.numpy()
    return [
        LiftPoints(name, outputs[which == k], is_open[which == k], masks[k])
        for k, name in enumerate(data.names)
    ]


def masks_of(system: Trainable[Any], masks: UInt8) -> Float32:
    """Embed masks uint8[L, 2, 200, 200], (closed, open), as float32[L, 2, 2].

    Raises:
        ValueError: the system's space does not have two dimensions.
    """
    found: Float32 = system.all_outputs(torch.from_numpy(masks).flatten(0, 1)).numpy()
    if found.shape[1] != 2:
        raise ValueError(f"expected two dimensions, got {found.shape[1]}")
    return found.reshape(-1, 2, 2)


def read_masks(folder: Path, parts: Sequence[Part]) -> UInt8:
    """Read only the masks of rendered parts, uint8[L, 2, 200, 200], (closed, open)."""
    pairs = []
    for part in parts:
        with np.load(part.path(folder)) as data:
            pairs.append(np.stack([data["close_mask"], data["open_mask"]]))
    return np.stack(pairs).astype(np.uint8)


def draw(lifts: Sequence[LiftPoints], names: Sequence[str], masks: Float32, path: Path) -> Path:
    """Draw each lift's pictures around its two masks (figure 4), and all lifts' masks (figure 5).

    Args:
        lifts: one panel each.
        names, masks: of all lifts, float32[L, 2, 2], (closed, open); the last panel.

    Returns:
        path, a PNG.
    """
    count = len(lifts) + 1
    figure = Figure(figsize=(5 * count, 5), layout="constrained")
    panels = figure.subplots(1, count, squeeze=False)[0]
    for axes, lift in zip(panels, lifts, strict=False):
        for state, colour in ((False, _CLOSED), (True, _OPEN)):
            word = "open" if state else "closed"
            points, mask = lift.pictures[lift.is_open == state], lift.masks[int(state)]
            axes.scatter(*points.T, s=8, alpha=0.5, color=colour, label=f"{word} ({len(points)})")
            axes.scatter(
                *mask, s=220, marker="^" if state else "v", color=colour, edgecolors="black", zorder=3
            )
            axes.annotate(f"{word} mask", mask, xytext=(9, 9), textcoords="offset points", zorder=4)
        axes.set_title(lift.name)
        axes.legend(loc="best")
    last = panels[-1]
    for state, colour in ((False, _CLOSED), (True, _OPEN)):
        places = masks[:, int(state)]
        last.scatter(*places.T, s=110, marker="^" if state else "v", color=colour, edgecolors="black")
        for name, place in zip(names, places, strict=True):
            last.annotate(name, place, xytext=(5, 5), textcoords="offset points", fontsize=8)
    last.set_title("masks of all lifts: open up, closed down")
    for axes in panels:
        axes.set_aspect("equal", adjustable="datalim")
        axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    return path
