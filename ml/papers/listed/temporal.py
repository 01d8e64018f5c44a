"""Temporal attention over a passage, beside the mean, the last picture, and how the product fuses."""

from __future__ import annotations

from typing import get_args

import numpy as np
import torch
from torch.nn import functional as F

from lifts.arrays import Bool
from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.papers.listed.heads import PATIENCE, PassageHead, Pooling, fit_head
from ml.papers.listed.measure import NAIVE, Measurement, Row, Setting, compared
from ml.papers.listed.passages import Sequences, commonest, fused_open, read_sequences


def temporal_rows(setting: Setting) -> list[Row]:
    """Return how often each way to fuse a passage tells the bar's state at its end."""
    train, stop, asked = read_sequences(Scripted.load(setting.artefact), setting)
    right: dict[str, list[Bool]] = {
        "mean": [],
        "attention": [],
        "last": [],
        "the product's fusion": [fused_open(asked, read_calibration(setting.artefact)) == asked.ends_open],
        NAIVE: [asked.ends_open == commonest(train)[0]],
    }
    for pooling in get_args(Pooling):
        for seed in range(setting.seeds):
            head = trained(train, stop, pooling, seed)
            right[pooling].append(predicted_open(head, asked) == asked.ends_open)
    return compared(right, asked.lift, "mean", "state at the end right")


def trained(
    train: Sequences, stop: Sequences, pooling: Pooling, seed: int, patience: int = PATIENCE
) -> PassageHead:
    """Return a head that learnt a passage's state at its end."""
    torch.manual_seed(seed)
    x, y = train.inputs(), torch.from_numpy(train.ends_open).float()
    x_stop, y_stop = stop.inputs(), torch.from_numpy(stop.ends_open).float()
    head = PassageHead(x.shape[2], pooling)
    entropy = F.binary_cross_entropy_with_logits
    fit_head(
        head,
        lambda rows: entropy(head(x[rows]), y[rows]),
        lambda: float(entropy(head(x_stop), y_stop)),
        len(x),
        seed,
        patience,
    )
    return head


@torch.no_grad()
def predicted_open(head: PassageHead, asked: Sequences) -> Bool:
    """Return bool[N]."""
    return np.asarray(head(asked.inputs()).numpy() > 0)


TEMPORAL = Measurement(
    "temporal attention over a passage of twelve pictures",
    "Breckon and Alsehaim, Not 3D Re-ID (ICPR 2020)",
    temporal_rows,
)
