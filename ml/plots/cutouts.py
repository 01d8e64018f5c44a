"""Contact sheets of GetNet's crops: each picture with the crop's outline, and below it the crop.

A crop may reach beyond the picture, which is shown with a margin round it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from lifts.arrays import Float32, Float64, Int64, UInt8
from ml.data.pictures import PictureSet
from ml.models.getnet import GetNet, sample
from ml.papers.pairing.judging import corners
from ml.scene.sheets import COLUMNS, Row, Tile, sheet
from ml.systems.base import Trainable
from ml.systems.siamese import GetNetSystem

_SIDE = 200
_MARGIN = 0.125
"""Of the picture's side, on each side of it."""
_CUT, _TRUTH = (230, 30, 30), (40, 200, 40)


@torch.inference_mode()
def carriers_sheet(system: Trainable[Any], data: PictureSet) -> UInt8:
    """Return a sheet uint8[H, W, 3] of displaced carriers, COLUMNS in a row: their crops below them.

    Raises:
        ValueError: the system is no GetNet with a transformer.
    """
    network = system.network
    if not isinstance(system, GetNetSystem) or not isinstance(network, GetNet):
        raise ValueError("expected a GetNet with a transformer")
    was = network.training
    network.eval()
    images = system.shown(data)
    transform = network.cut(system.prepared(images)).transform.cpu().numpy()
    network.train(was)
    cuts = cut_out(images.numpy(), transform, network.transformer.cut)
    states = ["open" if is_open else "closed" for is_open in data.is_open.tolist()]
    titles = [f"{data.names[lift]}, {state}" for lift, state in zip(data.lift.tolist(), states, strict=True)]
    rows: list[Row] = []
    for start in range(0, len(images), COLUMNS):
        part = slice(start, start + COLUMNS)
        rows += tiles(images.numpy()[part], titles[part], transform[part], cuts[part])
    return sheet(rows)


def tiles(
    pictures: UInt8,
    titles: Sequence[str],
    transform: Float32,
    cuts: UInt8,
    boxes: Int64 | None = None,
) -> tuple[Row, Row]:
    """Return a row of pictures with their crops drawn on them, and a row of the crops.

    Args:
        pictures: uint8[N, S, S, 3]. cuts: uint8[N, C, C, 3].
        transform: float[N, 2, 3], from which the crops' labels give size, x and y.
        boxes: int64[N, 4], left, top, right, bottom in pixels: drawn where they are known.
    """
    above, below = [], []
    side = pictures.shape[1]
    outlines = corners(transform, side)
    for k, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        drawn = [(_box(boxes[k]), _TRUTH)] if boxes is not None else []
        above.append(Tile(title, _framed(picture, [*drawn, (outlines[k], _CUT)])))
        (a, b, x), (c, d, y) = transform[k].tolist()
        label = f"{math.sqrt(abs(a * d - b * c)):.2f} at {x:+.2f} {y:+.2f}"
        below.append(Tile(label, _enlarged(cuts[k])))
    return above, below


def write(image: UInt8, path: Path) -> Path:
    """Write uint8[H, W, 3] as PNG; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
        raise OSError(f"{path} could not be written")
    return path


def cut_out(pictures: UInt8, transform: Float32, side: int) -> UInt8:
    """Return the crops of pictures uint8[N, S, S, 3]: uint8[N, side, side, 3], black beyond the edges."""
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    cuts = sample(x, torch.from_numpy(transform), side).round().byte()
    return np.asarray(cuts.permute(0, 2, 3, 1), np.uint8)


def _box(box: Int64) -> Float64:
    left, top, right, bottom = box.tolist()
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def _enlarged(image: UInt8) -> UInt8:
    return np.asarray(cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST), np.uint8)


def _framed(picture: UInt8, outlines: Sequence[tuple[Float64, tuple[int, int, int]]]) -> UInt8:
    """The picture uint8[S, S, 3] in a light frame, with polygons float64[K, 2] in its pixels."""
    margin = round(_SIDE * _MARGIN)
    inner = _SIDE - 2 * margin
    out = np.full((_SIDE, _SIDE, 3), 225, np.uint8)
    resized = cv2.resize(picture, (inner, inner), interpolation=cv2.INTER_LINEAR)
    out[margin : margin + inner, margin : margin + inner] = resized
    for points, colour in outlines:
        places = np.round(points * inner / len(picture) + margin).astype(np.int32)
        cv2.polylines(out, [places], isClosed=True, color=colour, thickness=2)
    return out
