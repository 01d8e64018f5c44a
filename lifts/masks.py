"""A lift's masks and reference pictures as people hand them over: reading them, refusing unusable pairs."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from lifts.errors import LiftError, MaskError, PictureError
from lifts.geometry import CANONICAL_SIZE, warp, warp_mask
from lifts.pictures.bar import MAX_BAR_FRACTION, MIN_BAR_PX, find_bar
from lifts.pictures.header import PictureHeader, read_header
from lifts.pictures.reader import decode_picture
from lifts.schema import Lift, MaskPair, Pose

Image = npt.NDArray[np.uint8]

MAX_OVERLAP = 0.8
"""Open and close masks that share more than this of their union are the same drawing."""

APART_PX = 6
"""A part of a bar that is further than this from the other drawing tells the two apart."""


def read_mask(data: bytes, lift: Lift | None, name: str) -> Image:
    """Read a drawing's file (JPEG or PNG) into the canonical frame; `find_bar` says what the bar in it is.

    Args:
        data: the file's bytes.
        lift: the lift it belongs to, or None for a new one.
        name: what to call the drawing in errors.

    Returns:
        uint8[200, 200] of 0 and 255.

    Raises:
        MaskError: no picture, no drawing, or its size is neither canonical nor the camera's.
    """
    try:
        pose = _pose_of(read_header(data), lift)
        drawing = find_bar(decode_picture(data))
    except LiftError as error:
        raise MaskError(f"{name} mask: {error}", error.code, which=name, **error.parameters) from error
    return drawing if pose is None else warp_mask(drawing, pose)


def read_reference(data: bytes, lift: Lift | None, name: str) -> Image:
    """Read a reference picture's file (JPEG or PNG) into the canonical frame, uint8[200, 200, 3] RGB.

    Raises:
        PictureError: no picture, or its size is neither canonical nor the camera's.
    """
    try:
        pose = _pose_of(read_header(data), lift)
        rgb = decode_picture(data).flat()
    except LiftError as error:
        raise PictureError(f"{name}: {error}", error.code, which=name, **error.parameters) from error
    return rgb if pose is None else warp(rgb, pose)


def _pose_of(header: PictureHeader, lift: Lift | None) -> Pose | None:
    """Return by which pose a picture is warped, None if it is canonical; asked before anything is decoded.

    Raises:
        PictureError: its size is neither canonical nor the camera's.
    """
    width, height = header.upright_size
    if (width, height) == (CANONICAL_SIZE, CANONICAL_SIZE):
        return None
    if lift is None or lift.camera is None or lift.track is None:
        raise PictureError(
            f"the picture is {width}x{height}: expected 200x200, because the lift has no track yet to warp "
            "a picture of the camera's size with",
            "size_without_track",
            width=width,
            height=height,
        )
    if (width, height) != (lift.camera.width, lift.camera.height):
        raise PictureError(
            f"the picture is {width}x{height}: expected 200x200 or the camera's "
            f"{lift.camera.width}x{lift.camera.height}",
            "wrong_size",
            width=width,
            height=height,
            camera_width=lift.camera.width,
            camera_height=lift.camera.height,
        )
    return lift.track.middle


def overlap(first: Image, second: Image, tolerance_px: int = 2) -> float:
    """Return 0..1: the share of the two bars' pixels that lie within `tolerance_px` of the other bar.

    Plain intersection over union would treat two thin drawings of the same bar as different if they were a
    pixel or two apart.
    """
    side = 2 * tolerance_px + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    a, b = first > 0, second > 0
    total = int(a.sum()) + int(b.sum())
    if total == 0:
        return 1.0
    near_a = cv2.dilate(a.astype(np.uint8), kernel) > 0
    near_b = cv2.dilate(b.astype(np.uint8), kernel) > 0
    return (int((a & near_b).sum()) + int((b & near_a).sum())) / total


def extents(masks: MaskPair, apart_px: int = APART_PX) -> tuple[float, float]:
    """Return how far what tells the bars apart reaches: of the open mask, and of the close mask.

    It is the diagonal in pixels of the box around the part of a bar that is further than `apart_px` from the
    other one; 0 where there is no such part. A thick line reaches further only by about its thickness.
    """
    side = 2 * apart_px + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))

    def own(drawing: Image, other: Image) -> float:
        ys, xs = np.nonzero((drawing > 0) & (cv2.dilate(other, kernel) == 0))
        return float(np.hypot(np.ptp(ys) + 1, np.ptp(xs) + 1)) if len(ys) else 0.0

    return own(masks.open, masks.close), own(masks.close, masks.open)


def check_masks(open_mask: Image, close_mask: Image) -> MaskPair:
    """Refuse masks that cannot distinguish open from closed.

    Args:
        open_mask: uint8[200, 200] of 0 and 255.
        close_mask: uint8[200, 200] of 0 and 255.

    Returns:
        The pair.

    Raises:
        MaskError: a mask is empty or nearly full, or the two are nearly alike; the message says which.
    """
    for name, mask in (("open", open_mask), ("close", close_mask)):
        drawn = int((mask > 0).sum())
        if drawn < MIN_BAR_PX:
            raise MaskError(
                f"{name} mask is empty: {drawn} pixels stand out from its background, expected at least "
                f"{MIN_BAR_PX}: draw the bar in white on black",
                "mask_empty",
                which=name,
                drawn_px=drawn,
                least_px=MIN_BAR_PX,
            )
        if drawn > MAX_BAR_FRACTION * mask.size:
            raise MaskError(
                f"{name} mask is nearly full: {100 * drawn / mask.size:.0f} % of it is bar, expected at "
                f"most {100 * MAX_BAR_FRACTION:.0f} %: draw the bar alone, white on black",
                "mask_full",
                which=name,
                share=round(drawn / mask.size, 3),
                most=MAX_BAR_FRACTION,
            )
    shared = overlap(open_mask, close_mask)
    if shared > MAX_OVERLAP:
        raise MaskError(
            f"open and close mask are nearly alike: {100 * shared:.0f} % of their bars coincide, "
            f"expected at most {100 * MAX_OVERLAP:.0f} %",
            "masks_alike",
            share=round(shared, 3),
            most=MAX_OVERLAP,
        )
    return MaskPair(open=open_mask, close=close_mask)


def mask_bank(masks: MaskPair, shifts_px: Iterable[tuple[int, int]]) -> Image:
    """Return uint8[2, B, 200, 200]: each mask itself first, then its copies moved by each (dx, dy)."""
    offsets = dict.fromkeys([(0, 0), *shifts_px])
    return np.stack(
        [[shifted(mask, dx, dy) for dx, dy in offsets] for mask in (masks.open, masks.close)]
    ).astype(np.uint8)


def shifted(mask: Image, dx_px: int, dy_px: int) -> Image:
    """Return the mask moved right and down; what comes in from outside is black."""
    height, width = mask.shape
    out = np.zeros_like(mask)
    x0, x1 = max(dx_px, 0), width + min(dx_px, 0)
    y0, y1 = max(dy_px, 0), height + min(dy_px, 0)
    out[y0:y1, x0:x1] = mask[y0 - dy_px : y1 - dy_px, x0 - dx_px : x1 - dx_px]
    return out
