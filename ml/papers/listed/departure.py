"""The moment at which a bar leaves its state, with and without masked ambiguous pictures (RMS-Net)."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Bool, Float64, Int64
from ml.artefact.torchscript import Scripted
from ml.data.moving import PLACES
from ml.papers.listed.heads import PATIENCE, DepartureHead, departure_loss, fit_head, hide_pictures
from ml.papers.listed.measure import NAIVE, Measurement, Row, Setting, compared
from ml.papers.listed.passages import DEPARTED, Sequences, commonest, read_sequences

Masking = Literal["none", "ambiguous", "at random"]
"""Which pictures are hidden while a head learns. `at random`: as many of all, the control."""

CHANCE = 0.5
"""Of an ambiguous picture to be hidden in a step."""

WITHIN = 1.0 / (PLACES - 1)
"""A moment is found if it is off by no more than the distance of two pictures."""


def ambiguous_pictures(sequences: Sequences) -> Float64:
    """Return float64[N, T], 1 where a bar that moves is on its way between its two states, else 0.

    The way is that of the passage's own movement, from its lowest to its highest opening; a bar that stands
    still is never on it, at whatever height, as in `departure`.
    """
    openings = sequences.openings
    lowest, highest = openings.min(1, keepdims=True), openings.max(1, keepdims=True)
    moves = highest - lowest > DEPARTED
    way = (openings - lowest) / np.where(moves, highest - lowest, 1.0)
    return np.asarray(moves & (way > DEPARTED) & (way < 1 - DEPARTED), np.float64)


def chances(sequences: Sequences, masking: Masking) -> Tensor:
    """Return each picture's chance to be hidden, float32[N, T]."""
    ambiguous = CHANCE * ambiguous_pictures(sequences)
    if masking == "none":
        ambiguous = np.zeros_like(ambiguous)
    if masking == "at random":
        ambiguous = np.full_like(ambiguous, ambiguous.mean())
    return torch.from_numpy(ambiguous.astype(np.float32))


def departure_rows(setting: Setting) -> list[Row]:
    """Return how often each way of masking leads to the right event, found in time."""
    train, stop, asked = read_sequences(Scripted.load(setting.artefact), setting)
    right: dict[str, list[Bool]] = {name: [] for name in (*get_args(Masking), NAIVE)}
    off: dict[str, list[float]] = {name: [] for name in right}

    def judge(name: str, event: Int64, offset: Float64) -> None:
        found, error = found_in_time(event, offset, asked)
        right[name].append(found)
        off[name].append(error)

    for masking in get_args(Masking):
        for seed in range(setting.seeds):
            judge(masking, *answers(trained(train, stop, masking, seed), asked))
    _, event, moment = commonest(train)
    judge(NAIVE, np.full(len(asked.event), event), np.full(len(asked.event), moment))
    rows = compared(right, asked.lift, "none", "event and moment right")
    for row in rows:
        row["moment off, share of the way"] = round(float(np.mean(off[row["variant"]])), 4)
        row["variant"] = row["variant"] if row["variant"] == NAIVE else f"hidden: {row['variant']}"
    return rows


def found_in_time(event: Int64, offset: Float64, asked: Sequences) -> tuple[Bool, float]:
    """Return which passages' events are right, with their moments, and how far moments are off.

    Args:
        event, offset: int64[N] and float64[N], the answers.

    Returns:
        bool[N], and the mean over passages with an event, of the way from begin to end.
    """
    happens = asked.event > 0
    error = np.abs(offset - np.where(happens, asked.departs, 0.0))
    right: Bool = (event == asked.event) & (~happens | (error <= WITHIN))
    return right, float(error[happens].mean())


def trained(
    train: Sequences, stop: Sequences, masking: Masking, seed: int, patience: int = PATIENCE
) -> DepartureHead:
    """Return a head that learnt events and moments."""
    torch.manual_seed(seed)
    x, x_stop, chance = train.inputs(), stop.inputs(), chances(train, masking)
    event, departs = torch.from_numpy(train.event), torch.from_numpy(train.departs)
    event_stop, departs_stop = torch.from_numpy(stop.event), torch.from_numpy(stop.departs)
    head, generator = DepartureHead(x.shape[2], x.shape[1]), torch.Generator().manual_seed(seed)

    def loss(rows: Tensor) -> Tensor:
        shown = hide_pictures(x[rows], chance[rows], generator)
        return departure_loss(head(shown), event[rows], departs[rows])

    def stopped_by() -> float:
        return float(departure_loss(head(x_stop), event_stop, departs_stop))

    fit_head(head, loss, stopped_by, len(x), seed, patience)
    return head


@torch.no_grad()
def answers(head: DepartureHead, asked: Sequences) -> tuple[Int64, Float64]:
    """Return each passage's event int64[N] and moment float64[N]."""
    logits, offset = head(asked.inputs())
    return logits.argmax(1).numpy(), offset.double().numpy()


DEPARTURE = Measurement(
    "moment of departure, ambiguous pictures hidden in training",
    "Tomei et al., RMS-Net (ICPR 2020)",
    departure_rows,
)
