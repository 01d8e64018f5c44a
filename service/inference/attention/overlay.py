"""What to lay over a picture: where a second network looked, as heat."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np

from service.domain.arrays import Float32, Image

SIDE = 200

_LOW, _FULL = 60, 99
"""Percentiles of a picture's own weights between which heat grows from nothing to its fullest.

The weights are a sigmoid's, and a network may have all of its within a few hundredths: what tells is where it
looked more than elsewhere. Most of every picture is background; the strongest hundredth is about a seat.
"""

_LEAST_SPAN = 0.02
"""Weights that differ by less say "everywhere alike": they are drawn faintly, not stretched to a pattern."""

_OPAQUE = 210
"""Alpha of the fullest heat: the picture stays visible below it."""

_DARKEST = 96
"""Where of the colour scale's 256 steps the heat begins; what lies below is nearly black."""


class Level(StrEnum):
    """Which of the network's two maps: "on the surroundings" or "on the object parts" (paper 003, 3.3)."""

    SURROUNDINGS = "surroundings"
    PARTS = "parts"

    @property
    def place(self) -> int:
        """Which of the maps it is, counted from 0."""
        return list(Level).index(self)


def heat(weights: Float32) -> Image:
    """Draw weights over the frame: uint8[200, 200, 4] RGBA.

    Transparent where it looked no more than elsewhere; from there violet, red, orange, light yellow. The
    scale is the picture's own: two pictures' colours cannot be compared.

    Args:
        weights: float32[C, C] in 0..1.
    """
    fine = cv2.resize(weights, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    low, full = np.percentile(fine, (_LOW, _FULL))
    strength = np.clip((fine - low) / max(full - low, _LEAST_SPAN), 0, 1)
    steps = (_DARKEST + (255 - _DARKEST) * strength).astype(np.uint8)
    colours = cv2.cvtColor(cv2.applyColorMap(steps, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    # Alpha rises faster than colour, so that what is looked at somewhat can be seen to be.
    alpha = _OPAQUE * np.sqrt(strength)
    return np.dstack([colours, alpha.astype(np.uint8)]).astype(np.uint8)
