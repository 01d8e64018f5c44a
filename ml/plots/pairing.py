"""Pairs with their crops, as figures 7 to 9 of paper 001: what succeeded, what only GetNet got right, what
failed.

Each pair stands side by side, four in a row, with the crop's edges in red and the object's box in green;
below each picture is its crop.
"""

from __future__ import annotations

import numpy as np

from lifts.arrays import Float32, Float64, Int64, UInt8
from ml.models.getnet import GetNet
from ml.papers.pairing.judging import TEST_SEED
from ml.papers.pairing.pairs import pair_distances
from ml.papers.pairing.sets import PairingSet, Placed
from ml.papers.pairing.training import Trained, embed, placed_parts
from ml.plots.cutouts import cut_out, tiles
from ml.scene.sheets import COLUMNS, Row, sheet

PAIRS = COLUMNS // 2


def pairs_sheet(trained: Trained, whole: Trained | None, data: PairingSet) -> UInt8:
    """Return a sheet uint8[H, W, 3] of test pairs.

    Args:
        trained: a network with a transformer. whole: one without, for the pairs that only the other got
        right.

    Raises:
        ValueError: the network has no transformer.
    """
    if not isinstance(trained.network, GetNet):
        raise ValueError("there is nothing to draw without a transformer")
    rows, same = data.pairs("test", TEST_SEED)
    distance, transforms = _distances(trained, data, rows)
    right = (distance < trained.state["threshold"]) == same
    groups = [("right", right), ("wrong", ~right)]
    if whole is not None:
        other = (_distances(whole, data, rows)[0] < whole.state["threshold"]) == same
        groups = [("both right", right & other), ("right with it only", right & ~other), ("wrong", ~right)]
    drawn: list[Row] = []
    for title, chosen in groups:
        if not chosen.any():
            continue
        pairs = _evenly(np.flatnonzero(chosen))
        objects = rows[pairs].flatten()
        placed = _placed(data, objects)
        colour = np.repeat(placed.pictures, 3, axis=3) if placed.pictures.shape[3] == 1 else placed.pictures
        said = [f"{title}: {'same' if same[pair] else 'not'}, d {distance[pair]:.1f}" for pair in pairs]
        titles = [text for pair in said for text in (pair, "")]
        cut = transforms[objects]
        drawn += tiles(colour, titles, cut, cut_out(colour, cut, data.layout.cut), placed.boxes)
    return sheet(drawn)


def _evenly(rows: Int64) -> Int64:
    """Return a few rows, of right pairs and of wrong ones where there are both."""
    few = np.linspace(0, len(rows) - 1, min(PAIRS, len(rows))).round().astype(np.int64)
    found: Int64 = rows[few]
    return found


def _distances(trained: Trained, data: PairingSet, rows: Int64) -> tuple[Float64, Float32]:
    embeddings, transforms, _ = embed(trained.network, data, "test", TEST_SEED)
    return pair_distances(embeddings, rows), np.asarray(transforms, np.float32)


def _placed(data: PairingSet, objects: Int64) -> Placed:
    """Return the test pictures of some objects, as they were judged."""
    found: dict[int, Placed] = {}
    start = 0
    for part in placed_parts(data, "test", TEST_SEED):
        for row in objects[(objects >= start) & (objects < start + len(part.labels))]:
            one = slice(row - start, row - start + 1)
            found[int(row)] = Placed(part.pictures[one], part.labels[one], part.boxes[one])
        start += len(part.labels)
    wanted = [found[int(row)] for row in objects]
    return Placed(
        *(np.concatenate([getattr(one, f) for one in wanted]) for f in ("pictures", "labels", "boxes"))
    )
