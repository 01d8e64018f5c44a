"""ABIR's attention (paper 003): pictures with its two attention maps overlaid as heat."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import torch

from lifts.arrays import Float32, UInt8
from ml.data.pictures import PictureSet
from ml.models.metric.abir import ABIR
from ml.systems.base import Trainable
from ml.systems.inputs import inputs

SIDE = 200

_LOW, _FULL = 60, 99
"""Percentiles of a picture's own weights between which heat rises from none to full.

The weights come from a sigmoid, and a network may keep all of them within a few hundredths: only attention
above the average is informative. Most of every picture is background; one hundredth is about a seat.
"""

_LEAST_SPAN = 0.02
"""Weights that span less are nearly uniform: they are drawn faintly and not stretched to a pattern."""

_OPAQUE = 0.82
"""Opacity of the fullest heat: the picture stays visible below it."""

_DARKEST = 96
"""Step of the colour scale's 256 at which the heat begins; lower steps are nearly black."""


@torch.inference_mode()
def attention_sheet(system: Trainable[Any], data: PictureSet) -> UInt8:
    """Return uint8[600, 200 N, 3] RGB: a column per picture: the original, then with each map over it.

    The maps are those "on the surroundings" (conv3_3) and "on the object parts" (conv4_3) of section 3.3.

    Raises:
        ValueError: the network is not ABIR and has no attention maps.
    """
    network = system.network
    if not isinstance(network, ABIR) or not network.attends:
        raise ValueError(f"expected ABIR, which has attention maps, got {type(network).__name__}")
    images, was_training = data.images, network.training
    network.eval()
    attention = network.attend(inputs(images.to(system.device), system.recipe, None)).attention
    network.train(was_training)
    pictures = images.numpy()
    levels = [level[:, 0].float().cpu().numpy() for level in (attention.conv3_3, attention.conv4_3)]
    rows: list[list[UInt8]] = [list(pictures)]
    rows += [[overlay_heat(p, w) for p, w in zip(pictures, level, strict=True)] for level in levels]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows], axis=0)


def overlay_heat(picture: UInt8, weights: Float32) -> UInt8:
    """Return the picture in grey with its weights over it: violet, red, orange, light yellow.

    The scale is the picture's own: the colours of two pictures cannot be compared.

    Args:
        picture: uint8[200, 200, 3] RGB.
        weights: float32[C, C] in 0..1.
    """
    fine = cv2.resize(weights, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    low, full = np.percentile(fine, (_LOW, _FULL))
    strength = np.clip((fine - low) / max(full - low, _LEAST_SPAN), 0, 1)
    steps = (_DARKEST + (255 - _DARKEST) * strength).astype(np.uint8)
    colours = cv2.cvtColor(cv2.applyColorMap(steps, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    # Opacity rises faster than colour, so that weak attention stays visible.
    opacity = _OPAQUE * np.sqrt(strength)[..., None]
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray((1 - opacity) * grey + opacity * colours, np.uint8)
