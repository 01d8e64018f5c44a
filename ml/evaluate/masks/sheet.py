"""A contact sheet of proposals: each lift's masks, hand-made and proposed, over pictures of its passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from lifts.arrays import UInt8
from lifts.decision.calibration import Calibration
from ml.data.rendered import load
from ml.evaluate.masks.proposals import WAYS, Ways, draw_picks, propose
from ml.evaluate.scoring import ScoringNetwork

_OPEN_RGB, _CLOSE_RGB = (255, 176, 0), (70, 150, 255)


def write_sheet(
    path: Path,
    network: ScoringNetwork,
    files: Sequence[Path],
    calibration: Calibration,
    judged: int,
    seed: int,
    ways: Ways = WAYS,
) -> None:
    """Draw a row for each lift: an open and a closed picture, with its own masks and each way's proposal."""
    rows = []
    for file in files:
        lift = load(file)
        seen, is_open = network.look(lift.images), lift.is_open[::3]
        shown = [
            int(3 * (judged + np.flatnonzero(is_open[judged:] == state)[0]) + 1) for state in (True, False)
        ]
        pairs = [(lift.open_mask, lift.close_mask)]
        for count, grouped in ways.values():
            rng = np.random.default_rng([seed, lift.seed, 0, count])
            found = propose(network, seen, *draw_picks(is_open, judged, count, grouped, rng), calibration)
            pairs.append((found.open.raster(), found.close.raster()))
        cells = [_over(lift.images[k], masks, f"{lift.seed}") for masks in pairs for k in shown]
        rows.append(np.hstack(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _over(picture: UInt8, masks: tuple[UInt8, UInt8], name: str) -> UInt8:
    drawn = picture // 2
    for mask, colour in zip(masks, (_OPEN_RGB, _CLOSE_RGB), strict=True):
        drawn[mask > 0] = colour
    return np.asarray(cv2.putText(drawn, name, (4, 12), 0, 0.4, (255, 255, 255), 1), np.uint8)
