"""Carriers that were found again, or not: figure 3 of paper 003, figures 4.4 to 4.9 of paper 004."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import UInt8
from ml.retrieval.identities import CAMERAS, Identities
from ml.retrieval.protocol import nearest, query_rows
from ml.retrieval.ranks import Embeddings

NEAREST = 7
"""Pictures beside each query."""

_TILE, _FRAME, _GAP, _LABEL = 150, 5, 6, 22
_QUERY, _RIGHT, _WRONG = (20, 20, 20), (25, 150, 60), (215, 35, 35)


def retrievals_sheet(embeddings: Embeddings, data: Identities, count: int) -> UInt8:
    """Return uint8[H, W, 3] RGB: a row for each of `count` queries, evenly from all, and what ranks first.

    Frames: black the query, green the same carrier, red another one.

    Args:
        embeddings: float[N, D], a row for each of data's pictures.
    """
    queries = query_rows(data)[0]
    chosen = queries[np.linspace(0, len(queries) - 1, count).round().astype(int)]
    rows = []
    for query in chosen.tolist():
        found, right = nearest(embeddings, data, query, NEAREST)
        tiles = [_tile(data, query, _QUERY)]
        tiles += [
            _tile(data, row, _RIGHT if same else _WRONG)
            for row, same in zip(found.tolist(), right.tolist(), strict=True)
        ]
        rows.append(np.concatenate(tiles, axis=1))
    return np.concatenate(rows, axis=0)


def _tile(data: Identities, row: int, colour: tuple[int, int, int]) -> UInt8:
    side = _TILE + 2 * _FRAME + _GAP
    out = np.full((side + _LABEL, side, 3), 255, np.uint8)
    framed = out[_LABEL : _LABEL + _TILE + 2 * _FRAME, : _TILE + 2 * _FRAME]
    framed[:] = colour
    image = data.images[row].numpy()
    small = cv2.resize(image, (_TILE, _TILE), interpolation=cv2.INTER_AREA)
    framed[_FRAME:-_FRAME, _FRAME:-_FRAME] = small
    label = f"S{int(data.lift[row]) + 1}, {int(data.identity[row])}, {CAMERAS[int(data.camera[row])]}"
    cv2.putText(out, label, (2, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (20, 20, 20), 1, cv2.LINE_AA)
    return out
