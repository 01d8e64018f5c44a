"""What the shipped network loses where riders' faces are blurred: lifts that no training saw."""

from __future__ import annotations

import numpy as np

from lifts.arrays import Bool
from ml.artefact.torchscript import Scripted
from ml.data.faces import with_faces_blurred
from ml.data.rendered import PlainLifts
from ml.evaluate.scoring import score_rendered
from ml.papers.listed.measure import NAIVE, Measurement, Row, Setting, compared

FIRST_SEED, LIFTS, PASSAGES = 10_000, 8, 67
"""The lifts of `barwatch evaluate`."""


def blurring_rows(setting: Setting) -> list[Row]:
    """Return how often pictures are judged right as they are, and with faces blurred: bars, and riders.

    The network has not learnt from blurred pictures; "accuracy is recovered by simply training on the
    anonymized versions" of the abstract is tried with systems that train (`barwatch ablate faces`).
    """
    network = Scripted.load(setting.artefact)
    bars: dict[str, list[Bool]] = {"as they are": [], "faces blurred": [], NAIVE: []}
    seats: dict[str, list[Bool]] = {"as they are": [], "faces blurred": [], NAIVE: []}
    lift_of = []
    for number, lift in enumerate(
        setting.lifts(FIRST_SEED, LIFTS, PlainLifts(8 if setting.smoke else PASSAGES))
    ):
        lift_of.append(np.full(len(lift.images), number))
        for name, shown in (("as they are", lift), ("faces blurred", with_faces_blurred(lift))):
            found = score_rendered(network, shown)
            bars[name].append((found.margin < 0) == lift.is_open)
            seats[name].append((found.inference.occupancy > 0.5) == lift.occupied)
        bars[NAIVE].append(lift.is_open)
        seats[NAIVE].append(lift.occupied)
    lifts = np.concatenate(lift_of)
    rows: list[Row] = []
    for asked, right in (("the bar's state", bars), ("somebody sits there", seats)):
        whole = {name: [np.concatenate(parts)] for name, parts in right.items()}
        whole[NAIVE] = [whole[NAIVE][0] == (whole[NAIVE][0].mean() > 0.5)]  # of these pictures themselves
        rows += [{"asked": asked, **row} for row in compared(whole, lifts, "as they are")]
    return rows


BLURRING = Measurement(
    "accuracy with faces blurred",
    "Dietlmeier et al., How Important Are Faces for Person Re-Identification? (ICPR 2020)",
    blurring_rows,
    "An upper bound of what blurred faces cost: no detector finds them, the renderer's labels do, and whole "
    "heads are blurred with 5 pixels around them, helmets, hands and parts of a raised bar among them "
    "(`ml/data/faces.py`).",
)
