"""The canonical frame: similarity poses and the warp that serving and training share.

A pose says where the carrier is in the camera's picture::

    canonical = scale * R(angle) * (camera - (x, y)) + (100, 100)

Coordinates are OpenCV's: x to the right, y down, integers at pixel centres, angles in radians.
"""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64, UInt8
from lifts.schema import Pose, Track

CANONICAL_SIZE = 200
"""Side of the canonical frame in pixels."""

CANONICAL_CENTRE = 100.0
"""Where (x, y) of a pose lands, in canonical pixels, on both axes."""


def to_canonical(pose: Pose, margin_px: int = 0) -> Float64:
    """Return the float64[2, 3] matrix camera -> canonical, with `margin_px` added round the frame."""
    c, s = pose.scale * math.cos(pose.angle), pose.scale * math.sin(pose.angle)
    centre = CANONICAL_CENTRE + margin_px
    return np.array(
        [
            [c, -s, centre - c * pose.x + s * pose.y],
            [s, c, centre - s * pose.x - c * pose.y],
        ]
    )


def to_camera(pose: Pose) -> Float64:
    """Return the float64[2, 3] matrix canonical -> camera: the inverse of `to_canonical`."""
    return np.asarray(cv2.invertAffineTransform(to_canonical(pose)), dtype=np.float64)


def apply(matrix: Float64, points: npt.ArrayLike) -> Float64:
    """Map points float[N, 2] by an affine matrix; returns float64[N, 2]."""
    pts = np.atleast_2d(np.asarray(points, dtype=np.float64))
    return np.asarray(pts @ matrix[:, :2].T + matrix[:, 2])


def pose_from_matrix(matrix: Float64) -> Pose:
    """Return the pose whose `to_canonical` is the given similarity (float64[2, 3], no reflection)."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    angle = math.atan2(matrix[1, 0], matrix[0, 0])
    x, y = np.linalg.solve(matrix[:, :2], CANONICAL_CENTRE - matrix[:, 2])
    return Pose(x=float(x), y=float(y), scale=scale, angle=angle)


def refine(pose: Pose, dx_px: float, dy_px: float, scale: float = 1.0, angle: float = 0.0) -> Pose:
    """Return the pose corrected by a small similarity found in its canonical picture.

    The content seen at canonical point p under the old pose moves, under the new one, to
    scale * R(angle) * (p - centre) + centre + (dx_px, dy_px).
    """
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    m = CANONICAL_CENTRE
    delta = np.array([[c, -s, m - c * m + s * m + dx_px], [s, c, m - s * m - c * m + dy_px], [0.0, 0.0, 1.0]])
    old = np.vstack([to_canonical(pose), [0.0, 0.0, 1.0]])
    return pose_from_matrix((delta @ old)[:2])


def warp(
    image: UInt8,
    pose: Pose,
    *,
    margin_px: int = 0,
    border: Literal["replicate", "black"] = "replicate",
) -> UInt8:
    """Warp a camera picture to the canonical frame.

    Args:
        image: uint8[H, W] or uint8[H, W, C], camera pixels.
        pose: where the carrier is in it.
        margin_px: canonical pixels to add on each side, for a later refinement.
        border: how pixels outside the camera's picture are filled.

    Returns:
        uint8[200 + 2 * margin, 200 + 2 * margin(, C)].

    A picture with well over one camera pixel per canonical pixel is first reduced by area averaging:
    bilinear sampling alone could miss thin bars between its samples.
    """
    size = CANONICAL_SIZE + 2 * margin_px
    matrix = to_canonical(pose, margin_px)
    mode = cv2.BORDER_REPLICATE if border == "replicate" else cv2.BORDER_CONSTANT
    if pose.scale < 0.75:
        image, matrix = _reduce(image, matrix, pose.scale, size)
    out = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=mode)
    return np.asarray(out, dtype=np.uint8)


def _reduce(image: UInt8, matrix: Float64, scale: float, size: int) -> tuple[UInt8, Float64]:
    """Crop the part of the picture that the warp reads, shrink it by area averaging, and adapt the matrix."""
    height, width = image.shape[:2]
    corners = apply(
        np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64),
        [(-2, -2), (size + 2, -2), (-2, size + 2), (size + 2, size + 2)],
    )
    x0, y0 = np.clip(np.floor(corners.min(0)).astype(int), 0, [width - 1, height - 1])
    x1, y1 = np.clip(np.ceil(corners.max(0)).astype(int) + 1, [x0 + 1, y0 + 1], [width, height])
    crop = image[y0:y1, x0:x1]
    w = max(1, round((x1 - x0) * scale))
    h = max(1, round((y1 - y0) * scale))
    small = cv2.resize(crop, (w, h), interpolation=cv2.INTER_AREA)
    kx, ky = (x1 - x0) / w, (y1 - y0) / h
    # small pixel centre (i + 0.5) * k - 0.5 + offset = camera pixel
    back = np.array([[kx, 0.0, (kx - 1) / 2 + x0], [0.0, ky, (ky - 1) / 2 + y0], [0.0, 0.0, 1.0]])
    return np.asarray(small, dtype=np.uint8), (np.vstack([matrix, [0, 0, 1]]) @ back)[:2]


def warp_mask(mask: UInt8, pose: Pose) -> UInt8:
    """Warp a mask uint8[H, W] drawn on the camera's picture to uint8[200, 200] of 0 and 255."""
    warped = warp(mask, pose, border="black")
    # A pixel is bar from half coverage on; after a reduction a quarter suffices, so that thin lines survive.
    level = 127 if pose.scale >= 0.75 else 63
    return np.where(warped > level, 255, 0).astype(np.uint8)


def middle_fraction(track: Track) -> float:
    """Return the middle pose's progress along the track: 0 at begin, 1 at end, by distance in the world."""
    begin, end = _homogeneous(track.begin), _homogeneous(track.end)
    step = end - begin
    fraction = float(step @ (_homogeneous(track.middle) - begin) / (step @ step))
    return min(max(fraction, 0.05), 0.95)


def pose_at(track: Track, progress: float) -> Pose:
    """Return the pose of a carrier at a progress along the track: 0 at begin, 1 at end.

    Along a straight stretch of rope at constant speed, a pinhole camera's (x * scale, y * scale, scale)
    are linear in the distance travelled: scale is proportional to depth, x * scale to the lateral offset. The
    three poses are therefore joined by straight lines in these coordinates, and extrapolated beyond the ends.
    """
    middle = middle_fraction(track)
    if progress <= middle:
        first, second, part = track.begin, track.middle, progress / middle
    else:
        first, second, part = track.middle, track.end, (progress - middle) / (1.0 - middle)
    a, b = _homogeneous(first), _homogeneous(second)
    h = a + part * (b - a)
    # Far extrapolation may reach a point behind the camera, where a carrier is not visible anyway.
    scale = max(float(h[2]), 0.05 * min(first.scale, second.scale))
    return Pose(
        x=float(h[0]) / scale,
        y=float(h[1]) / scale,
        scale=scale,
        angle=first.angle + part * (second.angle - first.angle),
    )


def _homogeneous(pose: Pose) -> Float64:
    return np.array([pose.x * pose.scale, pose.y * pose.scale, pose.scale])
