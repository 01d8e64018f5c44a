"""What stands behind a carrier: a picture that stands still in the camera while the carrier passes before it.

The three pictures of a passage show different parts of it at the same seat, as at a real station.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from lifts.arrays import Float64, UInt8
from lifts.geometry import CANONICAL_SIZE, to_canonical
from lifts.schema import Pose
from ml.scene.world.raster import Light

_DAYLIGHT = 1.05
"""Light, in the renderer's units, in which a photograph was taken: it looks the same under such light."""


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A picture behind the carrier.

    Attributes:
        name: of the pattern or photograph.
        picture: uint8[H, W, 3] RGB, display values in daylight.
        from_camera: float64[2, 3], camera pixels to its pixels; it is mirrored beyond its border.
        blur_px: out of focus, in canonical pixels, 0..3.
        beyond_m: it begins at this distance; nearer ground, trees and houses are the lift's own. 0: it is
            all that is behind the carrier.
        gain: brightness beside the light's own, 0.6..1.3.
    """

    name: str
    picture: UInt8
    from_camera: Float64
    blur_px: float
    beyond_m: float
    gain: float

    def seen(self, registered: Pose, light: Light) -> UInt8:
        """Return what a registered picture shows of it in a light, uint8[200, 200, 3]."""
        size = (CANONICAL_SIZE, CANONICAL_SIZE)
        row = [0.0, 0.0, 1.0]
        there = np.vstack([self.from_camera, row]) @ np.linalg.inv(np.vstack([to_canonical(registered), row]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        part = cv2.warpAffine(self.picture, there[:2], size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        if self.blur_px > 0.3:
            part = cv2.GaussianBlur(part, (0, 0), self.blur_px)
        return np.asarray(cv2.LUT(part, _developed(light, self.gain)), np.uint8)


def _developed(light: Light, gain: float) -> UInt8:
    """Return what becomes of each display value in a light, uint8[256, 1, 3]."""
    linear = (np.arange(256) / 255) ** 2.2
    strength = np.asarray(light.sky_rgb) * 0.75 + np.asarray(light.sun_rgb) * 0.4
    lit = linear[:, None] * strength * gain / _DAYLIGHT * 1.6
    clear = math.exp(-light.fog_per_m * 40.0)
    table = light.develop(lit * clear + np.asarray(light.fog_rgb) * (1 - clear))
    return np.asarray(np.clip(table, 0, 255), np.uint8)[:, None]


def placed(
    name: str, picture: UInt8, middle: Pose, rng: np.random.Generator, span: tuple[float, float]
) -> Backdrop:
    """Draw where a picture stands behind a carrier.

    Args:
        middle: the carrier's pose in the middle of its passage.
        span: the least and the greatest part of the picture's shorter side that a registered picture shows.
    """
    height, width = picture.shape[:2]
    shown = min(height, width) * math.exp(rng.uniform(math.log(span[0]), math.log(span[1])))
    scale = shown / CANONICAL_SIZE * middle.scale
    turn = float(rng.normal(0, 0.05))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    c, s = math.cos(turn) * scale, math.sin(turn) * scale
    linear = np.array([[c * flip, -s], [s * flip, c]])
    aim = np.array([rng.uniform(0, width), rng.uniform(0.25, 0.75) * height])
    offset = aim - linear @ np.array([middle.x, middle.y])
    return Backdrop(
        name=name,
        picture=picture,
        from_camera=np.hstack([linear, offset[:, None]]),
        blur_px=float(rng.uniform(0.3, 2.6) if rng.random() < 0.4 else 0.0),
        beyond_m=float(rng.uniform(6, 25) if rng.random() < 0.35 else 0.0),
        gain=float(rng.uniform(0.65, 1.3)),
    )
