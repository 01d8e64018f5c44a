"""Small heads over sequences: temporal attention over a passage, and the moment of departure (RMS-Net)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.papers.listed.passages import EVENTS

Pooling = Literal["attention", "mean", "last"]

PATIENCE = 30
"""Epochs without an improvement after which a head's training ends."""

LEAST = 1e-4
"""What counts as an improvement: an entropy of what is told apart already falls for ever."""


class PassageHead(nn.Module):
    """The bar's state at the end of a passage, from what each of its pictures says.

    Breckon and Alsehaim, "Not 3D Re-ID: Simple Single Stream 2D Convolution for Robust Video
    Re-Identification" (ICPR 2020), of which the list in paper 002 gives the abstract alone: a 2D network's
    "frame-level features followed by temporal attention for clip level features". No equation; ours:

        h_t = relu(W x_t + b),   a = softmax over t of v . tanh(U h_t),   logit = w . (sum_t a_t h_t) + c

    Here a clip is a whole passage, x_t the shipped network's numbers of picture t with t itself (0..1), so
    that the attention may prefer the last pictures, and the network stays as it is.

    Args:
        inputs: length of x_t. pooling: `attention` as above; `mean`: a_t = 1 / T; `last`: the last picture.
    """

    def __init__(self, inputs: int, pooling: Pooling = "attention", width: int = 32) -> None:
        super().__init__()
        self.pooling = pooling
        self.frame, self.answer = nn.Linear(inputs, width), nn.Linear(width, 1)
        self.look, self.score = nn.Linear(width, width), nn.Linear(width, 1, bias=False)

    def attention(self, h: Tensor) -> Tensor:
        """Map float[N, T, width] to weights float[N, T] in 0..1 that sum to 1."""
        if self.pooling == "attention":
            return torch.softmax(self.score(torch.tanh(self.look(h))).squeeze(2), 1)
        weights = h.new_zeros(h.shape[:2])
        if self.pooling == "last":
            weights[:, -1] = 1.0
            return weights
        return weights + 1.0 / h.shape[1]

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, T, inputs] to the logit of open at the end, float[N]."""
        h = F.relu(self.frame(x))
        clip = torch.einsum("nt,ntw->nw", self.attention(h), h)
        out: Tensor = self.answer(clip).squeeze(1)
        return out


class DepartureHead(nn.Module):
    """What a bar does while its carrier passes, and when it leaves the state that it came in.

    Tomei et al., "RMS-Net: Regression and Masking for Soccer Event Spotting" (ICPR 2020), of which the list
    in paper 002 gives the abstract alone: a "lightweight and modular network" that "can simultaneously
    predict the event label and its temporal offset using the same underlying features", and two strategies,
    "data balancing and uniform sampling", and "masking ambiguous frames and keeping the most discriminative
    visual cues". Ours: the events are a bar's (none, lowered, raised), the moment is the bar's departure
    from its first state; two convolutions over time, and one linear layer for label and offset alike;
    balancing by the classes' weights in the loss; a picture is ambiguous while the bar is on its way
    (`ambiguous_pictures`).

    Args:
        inputs: numbers of each picture. places: T.
    """

    def __init__(self, inputs: int, places: int, width: int = 32) -> None:
        super().__init__()
        self.first = nn.Conv1d(inputs, width, 3, padding=1)
        self.second = nn.Conv1d(width, width, 3, padding=1)
        self.answer = nn.Linear(width * places, len(EVENTS) + 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map float[N, T, inputs] to logits of EVENTS float[N, 3] and the offset float[N] in 0..1."""
        h = F.relu(self.second(F.relu(self.first(x.transpose(1, 2)))))  # [N, width, T]
        out = self.answer(h.flatten(1))
        return out[:, :-1], torch.sigmoid(out[:, -1])


def departure_loss(found: tuple[Tensor, Tensor], event: Tensor, departs: Tensor) -> Tensor:
    """Return the balanced cross entropy of the events plus the offset's smooth L1 where there is one,
    float[].

    Args:
        found: from `DepartureHead`. event: int64[N]. departs: float[N], NaN where nothing departs.
    """
    logits, offset = found
    count = torch.bincount(event, minlength=len(EVENTS)).clamp(min=1).to(logits)
    label = F.cross_entropy(logits, event, weight=len(event) / (len(EVENTS) * count))
    there = ~departs.isnan()
    if not there.any():
        return label
    return label + 10.0 * F.smooth_l1_loss(offset[there], departs[there].to(offset), beta=0.1)


def hide_pictures(x: Tensor, chance: Tensor, generator: torch.Generator) -> Tensor:
    """Return sequences with some pictures' numbers set to zero, but for their place in time.

    Args:
        x: float[N, T, inputs], the place last. chance: float[N, T], of each picture to be hidden, 0..1.
    """
    hidden = torch.rand(chance.shape, generator=generator) < chance
    return torch.cat([x[..., :-1] * (~hidden)[..., None], x[..., -1:]], 2)


def fit_head(
    head: nn.Module,
    loss: Callable[[Tensor], Tensor],
    stop: Callable[[], float],
    rows: int,
    seed: int,
    patience: int = PATIENCE,
    most: int = 1000,
) -> int:
    """Train a head until the measure to stop by has not improved for `patience` epochs; the best is kept.

    Args:
        loss: of the training rows int64[B]. stop: what shall become small, measured after each epoch.
        rows: how many there are to train on. most: epochs, never reached where the head stops improving.

    Returns:
        Epochs until the best.
    """
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(head.parameters(), 3e-3, weight_decay=1e-3)
    best, at, kept = float("inf"), 0, copy.deepcopy(head.state_dict())
    for epoch in range(1, most + 1):
        head.train()
        for index in torch.split(torch.randperm(rows, generator=generator), 64):
            optimiser.zero_grad()
            loss(index).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        head.eval()
        with torch.no_grad():
            now = stop()
        if now < best - LEAST:
            best, at, kept = now, epoch, copy.deepcopy(head.state_dict())
        if epoch - at >= patience:
            break
    head.load_state_dict(kept)
    return at
