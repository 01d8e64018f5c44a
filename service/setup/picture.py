"""What an operator looks at: the proposal drawn in a picture, and the registered pictures of the carriers."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from lifts.edges import gradient
from lifts.geometry import CANONICAL_SIZE, apply, pose_at, to_camera, warp
from lifts.schema import Pose, Track

Image = npt.NDArray[np.uint8]

_COLOURS = {"begin": (60, 200, 80), "middle": (250, 210, 40), "end": (240, 70, 50)}  # RGB
_LINE = (70, 170, 255)
_GRID_PX, _FAINT, _STRONG = 20, 0.2, 0.4

Place = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def track_in_jpeg(jpeg: bytes, track: Track) -> bytes | None:
    """Return a camera's JPEG with the track drawn into it, as `draw_track` does; None if it is no picture."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if bgr is None:
        return None
    drawn = draw_track(np.asarray(bgr, np.uint8)[..., ::-1], track)
    return cv2.imencode(".jpg", drawn[..., ::-1])[1].tobytes()


def draw_track(picture: Image, track: Track) -> Image:
    """Return a copy of a camera picture uint8[H, W, 3] RGB with the three frames and the path."""
    out = picture.copy()
    thick = max(1, round(picture.shape[1] / 600))
    size = picture.shape[1] / 1600
    path = [pose_at(track, float(at)) for at in np.linspace(0.0, 1.0, 40)]
    cv2.polylines(out, [_pixels([(pose.x, pose.y) for pose in path])], False, _LINE, thick, cv2.LINE_AA)
    side = CANONICAL_SIZE
    labels: list[Place] = []
    for name, colour in _COLOURS.items():
        pose: Pose = getattr(track, name)
        corners = apply(to_camera(pose), [(0, 0), (side, 0), (side, side), (0, side)])
        cv2.polylines(out, [_pixels(corners)], True, colour, thick, cv2.LINE_AA)
        cv2.circle(out, tuple(_pixels([(pose.x, pose.y)])[0].tolist()), 3 * thick, colour, -1, cv2.LINE_AA)
        labels.append(_free_place(corners.min(axis=0), name, size, thick, out.shape, labels))
    # Last, so that no line crosses them.
    for (x, y, width, height), (name, colour) in zip(labels, _COLOURS.items(), strict=True):
        cv2.rectangle(out, (x, y), (x + width, y + height), (0, 0, 0), -1)
        at = (x + height // 4, y + 3 * height // 4)
        cv2.putText(out, name, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)
    return out


def _free_place(
    corner: npt.NDArray[np.float64],
    text: str,
    size: float,
    thick: int,
    shape: tuple[int, ...],
    taken: Sequence[Place],
) -> Place:
    """Return where a label goes: at its frame's corner, in the picture, below others there."""
    (text_width, text_height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
    height = 2 * text_height
    width = text_width + height // 2
    x = int(np.clip(corner[0], 0, max(0, shape[1] - width)))
    y = int(np.clip(corner[1], 0, max(0, shape[0] - height)))
    while any(
        x < left + wide and left < x + width and y < top + high and top < y + height
        for left, top, wide, high in taken
    ):
        y += height // 2
    return x, y, width, height


def registered(pictures: Sequence[Image], pose: Pose) -> list[Image]:
    """Return camera pictures uint8[H, W, 3] of carriers at one pose, each registered: uint8[200, 200, 3]."""
    return [warp(picture, pose) for picture in pictures]


def sharpest(pictures: Sequence[Image]) -> Image:
    """Return the picture uint8[H, W, 3] whose edges are steepest, however many edges it has."""
    return max(pictures, key=_steepness)


def with_grid(picture: Image) -> Image:
    """Return a copy uint8[H, W, 3] with a faint line every 20 pixels and a stronger one every 100."""
    out = picture.astype(np.float32)
    for at in range(_GRID_PX, max(out.shape[:2]), _GRID_PX):
        share = _STRONG if at % (5 * _GRID_PX) == 0 else _FAINT
        for line in (np.s_[at : at + 1], np.s_[:, at : at + 1]):
            away = np.where(picture[line].mean(axis=-1, keepdims=True) < 128.0, 255.0, 0.0)
            out[line] += share * (away - out[line])
    return np.rint(out).astype(np.uint8)


def sheet(pictures: Sequence[Image]) -> Image:
    """Return pictures uint8[200, 200, 3] side by side, five in a row, numbered from 1."""
    blank = np.zeros_like(pictures[0])
    numbered = []
    for number, picture in enumerate(pictures, 1):
        one = picture.copy()
        for colour, thick in (((0, 0, 0), 4), ((255, 255, 255), 1)):
            cv2.putText(one, str(number), (6, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, thick, cv2.LINE_AA)
        numbered.append(one)
    rows = [[*numbered[at : at + 5], *[blank] * 4][:5] for at in range(0, len(numbered), 5)]
    return np.vstack([np.hstack(row) for row in rows])


def _steepness(picture: Image) -> float:
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    dx, dy = gradient(grey, 0.8)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).sum() / (np.hypot(dx, dy).sum() + 1.0))


def _pixels(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    return np.rint(np.asarray(points, np.float64)).astype(np.int32)
