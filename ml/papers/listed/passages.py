"""Passages as sequences: what the shipped network says of each of a dozen pictures of a carrier.

The seeds from 62000 train the small heads over these sequences, those from 62500 stop their training; the
figures are of 61000.., on which nothing trains (`ml.data.moving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Bool, Float32, Float64, Int64
from lifts.decision.calibration import Calibration
from lifts.decision.fusion import fuse
from ml.data.moving import MEASURED_FIRST_SEED, PLACES, MovingLifts, openings_of
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import ScoringNetwork, score_rendered
from ml.models.matcher import LOGITS_PER_MARGIN
from ml.papers.listed.measure import Setting

TRAINING_FIRST_SEED, STOPPING_FIRST_SEED = 62_000, 62_500
TRAINING_LIFTS, STOPPING_LIFTS, MEASURED_LIFTS, PASSAGES = 40, 10, 20, 18

FEATURES = 6
"""Of each picture: log odds of open, of the distances alone, both distances, fit, occupancy."""

DEPARTED = 0.1
"""How far a bar has moved, of its whole way, when it has left the state that it came in."""

EVENTS = ("none", "lowered", "raised")


@dataclass(frozen=True, eq=False)
class Sequences:
    """N passages of T pictures.

    features: float32[N, T, FEATURES]. openings: float64[N, T], 0 closed .. 1 open. ends_open: bool[N].
    event: int64[N], of EVENTS. departs: float64[N], 0..1 of the way from begin to end, NaN where no event.
    lift: int64[N]. margins: float64[N, T], as the product fuses them.
    """

    features: Float32
    openings: Float64
    ends_open: Bool
    event: Int64
    departs: Float64
    lift: Int64
    margins: Float64

    def inputs(self) -> Tensor:
        """Return float32[N, T, FEATURES + 1]: the features, and each picture's place from 0 to 1."""
        count, places = self.features.shape[:2]
        time = np.broadcast_to(np.linspace(0, 1, places, dtype=np.float32)[None, :, None], (count, places, 1))
        return torch.from_numpy(np.concatenate([self.features, time], 2))


def sequences_of(network: ScoringNetwork, lifts: Sequence[RenderedLift]) -> Sequences:
    """Look at lifts of `MovingLifts` with the shipped network, each judged from its two masks."""
    features, openings, ends, margins, which = [], [], [], [], []
    for number, lift in enumerate(lifts):
        scores = score_rendered(network, lift)
        seen, matches = scores.inference.embeddings, scores.inference.matches
        both = scores.references.embeddings()[:2]  # open, closed
        distance = np.linalg.norm(seen[:, None] - both[None], axis=2)  # [P, 2]
        fit = np.clip(matches[:, 1], 1e-4, 1 - 1e-4)
        columns = (
            LOGITS_PER_MARGIN * matches[:, 0] / 4,
            LOGITS_PER_MARGIN * (distance[:, 0] - distance[:, 1]) / 4,
            *(distance[:, 0], distance[:, 1]),
            np.log(fit / (1 - fit)) / 4,
            scores.inference.occupancy,
        )
        features.append(np.stack(columns, 1).reshape(-1, PLACES, FEATURES))
        margins.append(matches[:, 0].reshape(-1, PLACES))
        openings.append(openings_of(lift.seed, len(lift.images) // PLACES))
        ends.append(lift.is_open[PLACES - 1 :: PLACES])
        which.append(np.full(len(ends[-1]), number))
    ways = np.concatenate(openings)
    found = [departure(way) for way in ways]
    return Sequences(
        np.concatenate(features).astype(np.float32),
        ways,
        np.concatenate(ends),
        np.array([event for event, _ in found]),
        np.array([at for _, at in found]),
        np.concatenate(which),
        np.concatenate(margins).astype(np.float64),
    )


def departure(openings: Float64) -> tuple[int, float]:
    """Return what a bar does on its way, of EVENTS, and at which share of the way it leaves its first state.

    Args:
        openings: float64[T], evenly spaced from begin to end. Between two pictures the bar moves evenly; a
            bar that moves already at the first one has left its state there, at 0.
    """
    first, last = float(openings[0]), float(openings[-1])
    ways = openings.max() - openings.min()
    if ways <= DEPARTED:
        return 0, float("nan")
    event = 1 if last < first else 2
    start = 1.0 if event == 1 else 0.0
    moved = np.abs(openings - start)
    if moved[0] > DEPARTED:
        return event, 0.0
    after = int(np.argmax(moved > DEPARTED))
    share = (DEPARTED - moved[after - 1]) / (moved[after] - moved[after - 1])
    return event, float((after - 1 + share) / (len(openings) - 1))


def commonest(train: Sequences) -> tuple[bool, int, float]:
    """Return what is right most often without a look: the end is open, the event, and the moment's median."""
    event = int(np.bincount(train.event, minlength=len(EVENTS)).argmax())
    return bool(train.ends_open.mean() > 0.5), event, float(np.nanmedian(train.departs))


def read_sequences(network: ScoringNetwork, setting: Setting) -> tuple[Sequences, Sequences, Sequences]:
    """Return the sequences that heads train on, stop by, and are measured on; rendered if need be."""
    recipe = MovingLifts(6 if setting.smoke else PASSAGES)
    counts = (TRAINING_LIFTS, STOPPING_LIFTS, MEASURED_LIFTS)
    seeds = (TRAINING_FIRST_SEED, STOPPING_FIRST_SEED, MEASURED_FIRST_SEED)
    train, stop, measured = (
        sequences_of(network, setting.lifts(seed, count, recipe))
        for seed, count in zip(seeds, counts, strict=True)
    )
    return train, stop, measured


def fused_open(sequences: Sequences, calibration: Calibration) -> Bool:
    """Return which passages the product's fusion finds open at the end, bool[N]; never `unknown` here."""
    return np.array([fuse(list(row), calibration).margin < 0 for row in sequences.margins])
