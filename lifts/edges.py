"""Gradients, edge strength and brightness of pictures: one definition for the whole project."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import Float32, UInt8


def gradient(grey: UInt8 | Float32, blur_px: float, kernel_px: int = 0) -> tuple[Float32, Float32]:
    """Return the slopes (dx, dy) of a picture [H, W], each float32[H, W] in grey levels per pixel.

    Args:
        grey: uint8 or float32.
        blur_px: standard deviation of the Gaussian that removes noise first.
        kernel_px: width of its kernel, odd; 0 derives it from `blur_px`.
    """
    blurred = cv2.GaussianBlur(grey, (kernel_px, kernel_px), blur_px)
    dx = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(dx, dtype=np.float32), np.asarray(dy, dtype=np.float32)


def edge_strength(grey: UInt8 | Float32, blur_px: float) -> Float32:
    """Return float32[H, W], the length of the gradient; arguments as for `gradient`."""
    return np.asarray(cv2.magnitude(*gradient(grey, blur_px)), dtype=np.float32)


def brightness(filtered: UInt8) -> tuple[float, float]:
    """Return the brightness of the dark and of the bright areas of a picture: its 5th and 95th percentile.

    filtered: uint8[H, W], median-filtered, so that specks of snow and distant lamps affect neither.
    """
    shares = np.cumsum(np.bincount(filtered.ravel(), minlength=256)) / filtered.size
    low, high = (int(np.searchsorted(shares, share)) for share in (0.05, 0.95))
    return float(low), float(high)
