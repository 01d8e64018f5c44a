"""What an operator looks at: the proposal drawn in a picture, and the registered pictures of the carriers."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE, apply, pose_at, to_camera, warp
from lifts.schema import Pose
from service.setup.proposal import Proposal

Image = npt.NDArray[np.uint8]

_COLOURS = {"begin": (60, 200, 80), "middle": (250, 210, 40), "end": (240, 70, 50)}  # RGB
_LINE = (70, 170, 255)


def draw_proposal(picture: Image, proposal: Proposal) -> Image:
    """Return a copy of a camera picture uint8[H, W, 3] RGB with the three frames and the path."""
    out = picture.copy()
    thick = max(1, round(picture.shape[1] / 600))
    size = picture.shape[1] / 1600
    track = proposal.track
    path = [pose_at(track, float(at)) for at in np.linspace(0.0, 1.0, 40)]
    cv2.polylines(out, [_pixels([(pose.x, pose.y) for pose in path])], False, _LINE, thick, cv2.LINE_AA)
    side = CANONICAL_SIZE
    for name, colour in _COLOURS.items():
        pose: Pose = getattr(track, name)
        corners = apply(to_camera(pose), [(0, 0), (side, 0), (side, side), (0, side)])
        cv2.polylines(out, [_pixels(corners)], True, colour, thick, cv2.LINE_AA)
        cv2.circle(out, tuple(_pixels([(pose.x, pose.y)])[0].tolist()), 3 * thick, colour, -1, cv2.LINE_AA)
        at = _pixels([corners.min(axis=0)])[0]
        at = (
            int(np.clip(at[0] + 4, 4, out.shape[1] - 80)),
            int(np.clip(at[1] + 34 * size, 20, out.shape[0] - 8)),
        )
        cv2.putText(out, name, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)
    return out


def registered(pictures: Sequence[Image], pose: Pose) -> tuple[Image, list[Image]]:
    """Bring camera pictures uint8[H, W, 3] of carriers at one pose to the canonical frame.

    Returns:
        Their mean uint8[200, 200, 3], in which the carrier is clear and its riders are not, and each of them.
    """
    single = [warp(picture, pose) for picture in pictures]
    if not single:
        return np.zeros((CANONICAL_SIZE, CANONICAL_SIZE, 3), np.uint8), []
    mean = np.mean(single, axis=0, dtype=np.float32)
    return np.rint(mean).astype(np.uint8), single


def _pixels(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    return np.rint(np.asarray(points, np.float64)).astype(np.int32)
