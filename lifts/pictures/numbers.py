"""What a network made of a picture, as few bytes: enough to compare it with other masks, nothing to look at.

A lift learns from its stored passages, and arming judges them again, by references that were not known when
they passed. Stored pictures in which people are hidden look different to the network. So what it made of the
picture as it was is kept as well: the embedding, the rider map, and the features that the masks' attention
reads. All are maps of 8 pixels and coarser, but for the bar map of 4 pixels, which shows bars alone.

Each map is stored as parts of its largest value: 8 bits for the embedding's and the rider map, 5 bits for the
features, most of which are zero. Roots are stored of what cannot be negative, for small values count as well.
The margins that come of it differ by 0.001 at most, those of a picture with hidden people by 0.02.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from lifts.arrays import Float32, UInt8

FEATURE_LEVELS = 31
_MAGIC = b"BWN1"
_HEADER = struct.Struct("<4s6H")
_SCALES = 5
"""Numbers before the features' own: occupancy, the largest of bar map and free map, the riders' two ends."""


class PictureNumbers(NamedTuple):
    """What a network made of N pictures, independent of masks.

    embeddings: float32[N, D]. occupancy: float32[N]. riders: float32[N, C, C]; C is 0 without such maps.
    features: float32[N, F, H, W], none negative; F is 0 of a model that only gives distances.
    """

    embeddings: Float32
    occupancy: Float32
    riders: Float32
    features: Float32


def pack(numbers: PictureNumbers, bar_cells: int) -> UInt8:
    """Return uint8[N, K]: K is the same for all pictures of a model, 36 kB for the one that ships.

    uint8[N, 0] if a number is not finite: nothing is kept then.

    Args:
        numbers: of N pictures, at least one.
        bar_cells: side of the bar map that embeddings begin with; 0 of a model without.
    """
    embeddings, occupancy, riders, features = numbers
    if not all(np.isfinite(part).all() for part in numbers):
        return np.zeros((len(embeddings), 0), np.uint8)
    count, bar = len(embeddings), bar_cells**2
    shape = (embeddings.shape[1], bar, riders.shape[1], *features.shape[1:])
    header = np.frombuffer(_HEADER.pack(_MAGIC, *shape), np.uint8)
    bars, free = np.maximum(embeddings[:, :bar], 0), embeddings[:, bar:]
    channels, height, width = features.shape[1:]
    seats, grids = (
        riders.reshape(count, riders.shape[1] ** 2),
        features.reshape(count, channels, height * width),
    )
    bar_top, free_top = _largest(bars), _largest(np.abs(free))
    low, high = (end(seats, axis=1, initial=0, keepdims=True) for end in (np.min, np.max))
    tops = np.max(grids, axis=2, initial=0)
    scales = np.concatenate([occupancy[:, None], bar_top, free_top, low, high, tops], 1).astype("<f4")
    parts = (
        np.repeat(header[None], count, 0),
        scales.view(np.uint8).reshape(count, -1),
        np.rint(255 * np.sqrt(bars / _nonzero(bar_top))).astype(np.uint8),
        np.rint(127 * free / _nonzero(free_top)).astype(np.int8).view(np.uint8),
        np.rint(255 * (seats - low) / _nonzero(high - low)).astype(np.uint8),
        np.rint(FEATURE_LEVELS * np.sqrt(grids / _nonzero(tops)[:, :, None]))
        .astype(np.uint8)
        .reshape(count, channels * height * width),
    )
    return np.ascontiguousarray(np.concatenate(parts, 1), np.uint8)


def unpack(packed: UInt8) -> PictureNumbers:
    """Return what `pack` was given, nearly.

    Args:
        packed: uint8[N, K], at least one picture.

    Raises:
        ValueError: `pack` did not make it.
    """
    rows = np.ascontiguousarray(packed, np.uint8)
    if rows.ndim != 2 or not len(rows):
        raise ValueError("these are no numbers of pictures")
    (cells, channels, height, width), sizes = _sizes(rows[0])
    if sum(sizes) != rows.shape[1] or (rows[:, : _HEADER.size] != rows[0, : _HEADER.size]).any():
        raise ValueError("these are numbers of several models, or cut short")
    _, scaled, bars, free, seats, grids = np.split(rows, np.cumsum(sizes)[:-1], axis=1)
    scales = np.ascontiguousarray(scaled).view("<f4").astype(np.float32)
    if not np.isfinite(scales).all():
        raise ValueError("a number is not finite")
    occupancy, bar_top, free_top, low, high = (scales[:, k : k + 1] for k in range(_SCALES))
    count = len(rows)
    embeddings = np.concatenate(
        [np.square(bars / np.float32(255)) * bar_top, free.view(np.int8) / np.float32(127) * free_top], 1
    )
    riders = low + seats / np.float32(255) * (high - low)
    features = np.square(grids.reshape(count, channels, height * width) / np.float32(FEATURE_LEVELS))
    features = features * scales[:, _SCALES:, None]
    return PictureNumbers(
        embeddings.astype(np.float32),
        occupancy[:, 0],
        riders.astype(np.float32).reshape(count, cells, cells),
        features.astype(np.float32).reshape(count, channels, height, width),
    )


def row_bytes(head: UInt8) -> int:
    """Return K, how many bytes a row has that begins as `head`, uint8[16 or more]; ValueError: it is none."""
    return sum(_sizes(head)[1])


def _sizes(head: UInt8) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes that a row's head names, and the sizes of its parts in bytes."""
    if len(head) < _HEADER.size:
        raise ValueError("these are no numbers of pictures")
    magic, dim, bar, cells, *features = _HEADER.unpack(head[: _HEADER.size].tobytes())
    if magic != _MAGIC or bar > dim:
        raise ValueError("these are no numbers of pictures")
    channels, height, width = features
    sizes = (_HEADER.size, 4 * (_SCALES + channels), bar, dim - bar, cells**2, channels * height * width)
    return (cells, channels, height, width), sizes


def _largest(rows: Float32) -> Float32:
    return np.asarray(np.max(rows, axis=1, initial=0, keepdims=True), np.float32)


def _nonzero(top: Float32) -> Float32:
    return np.where(top > 0, top, np.float32(1))
