"""Camera-specific pooling: where on a lift's pictures the difference between open and closed is.

Matsukawa and Suzuki, "Convolutional Feature Transfer via Camera-Specific Discriminative Pooling for Person
Re-Identification" (ICPR 2020), of which the list in paper 002 gives the abstract alone: features of a network
that was trained on a large set are transferred to a small one by "camera and dataset-specific position weight
maps for discriminative local pooling of convolutional features", because "each camera view in a dataset has a
unique spatial property". No equation; this is ours:

    f(x) = sum over positions p of w_p x_p,
    w_p proportional to |m_open,p - m_closed,p|^2 / (s_open,p^2 + s_closed,p^2 + mean of it over p)

with m the means and s^2 the mean squared distances from them of the known pictures' features at p: Fisher's
ratio of a position. Of a lift's own known pictures it is camera-specific (a camera watches one lift), of all
lifts' dataset-specific. Uniform weights are the mean that an ordinary pooling takes. The nearest known
picture of the lift decides, as for all systems that judge by known pictures.

The network is the shipped one, which learnt on hundreds of other lifts; its features are 48 maps of 25 x 25.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Bool
from ml.artefact.torchscript import Scripted
from ml.data.benchmark import parts, render_parts
from ml.data.pictures import PictureSet, read
from ml.papers.listed.measure import NAIVE, Measurement, Row, Setting, compared

KNOWN = (4, 16)
"""Known pictures of each state of a lift: a set as small as the paper is about."""

WEIGHTS = ("mean", "dataset-specific", "camera-specific")


def fisher(maps: Tensor, is_open: Tensor) -> Tensor:
    """Return each position's ratio float[P], 0 or more.

    Args:
        maps: float[N, C, P]. is_open: bool[N], both states at least once.
    """
    means = [maps[is_open == state].mean(0) for state in (True, False)]  # [C, P] each
    within = sum(
        (maps[is_open == state] - mean).square().sum(1).mean(0)
        for state, mean in zip((True, False), means, strict=True)
    )
    between = (means[0] - means[1]).square().sum(0)
    # Without the floor a position that never changes, such as a sky, would have the largest weight.
    ratio: Tensor = between / (within + within.mean() + 1e-9)  # type: ignore[union-attr]
    return ratio


def pooled(maps: Tensor, weights: Tensor) -> Tensor:
    """Pool float[N, C, P] by position weights float[P] of any size: float[N, C] of unit length."""
    vectors = torch.einsum("ncp,p->nc", maps, weights / weights.sum().clamp(min=1e-9))
    return torch.nn.functional.normalize(vectors, dim=1)


def nearest_open(asked: Tensor, known: Tensor, is_open: Tensor) -> Bool:
    """Return whether the nearest known picture is open, bool[Q], of vectors float[Q, C] and float[K, C]."""
    return np.asarray(is_open[torch.cdist(asked, known).argmin(1)].numpy(), bool)


def pooling_rows(setting: Setting) -> list[Row]:
    """Return how often the nearest known picture tells the state, by weights and number of known pictures."""
    wanted = [parts([split])[: 2 if setting.smoke else None] for split in ("train", "test")]
    for part, _ in render_parts(setting.benchmark, [*wanted[0], *wanted[1]], setting.workers):
        del part
    network = Scripted.load(setting.artefact)
    train = [read(setting.benchmark, [part]) for part in wanted[0]]
    known_maps = [_maps(network, lift) for lift in train]
    rows: list[Row] = []
    every = 40 if setting.smoke else 3
    asked, asked_maps = [], []
    for part in wanted[1]:
        lift = read(setting.benchmark, [part])
        some = torch.arange(0, len(lift), every)
        asked.append(lift.is_open[some].numpy())
        asked_maps.append(_maps(network, lift, some))
    lift_of = np.repeat(np.arange(len(asked)), [len(each) for each in asked])
    for count in KNOWN[:1] if setting.smoke else KNOWN:
        right: dict[str, list[Bool]] = {name: [] for name in WEIGHTS}
        for seed in range(setting.seeds):
            chosen = [_draw(lift.is_open, count, seed, k) for k, lift in enumerate(train)]
            ratios = [
                fisher(maps[some], lift.is_open[some])
                for maps, lift, some in zip(known_maps, train, chosen, strict=True)
            ]
            together = torch.stack(ratios).mean(0)
            for name in WEIGHTS:
                found = []
                for k, some in enumerate(chosen):
                    weights = {"mean": torch.ones_like(together), "dataset-specific": together}.get(
                        name, ratios[k]
                    )
                    known = pooled(known_maps[k][some], weights)
                    told = nearest_open(pooled(asked_maps[k], weights), known, train[k].is_open[some])
                    found.append(told == asked[k])
                right[name].append(np.concatenate(found))
        right[NAIVE] = [commoner_right(train, asked)]
        rows += [{"known pictures of each state": count, **row} for row in compared(right, lift_of, "mean")]
    return rows


def commoner_right(train: Sequence[PictureSet], asked: Sequence[Bool]) -> Bool:
    """Return which pictures show the state that their lift's training pictures show more often, bool[N].

    Args:
        asked: bool[n] of each lift, whether its pictures are open.
    """
    commoner = [bool(lift.is_open.float().mean() > 0.5) for lift in train]
    return np.concatenate([is_open == state for is_open, state in zip(asked, commoner, strict=True)])


def _maps(network: Scripted, lift: PictureSet, rows: Tensor | None = None) -> Tensor:
    """Return a lift's features float32[N, 48, 625], each picture's of unit length."""
    images = lift.images if rows is None else lift.images[rows]
    maps = network.look(images.numpy()).features.flatten(2)
    length: Tensor = maps.flatten(1).norm(dim=1).clamp(min=1e-6)
    return maps / length.view(-1, 1, 1)


def _draw(is_open: Tensor, count: int, seed: int, lift: int) -> Tensor:
    """Return up to `count` rows of each state, int64[...]."""
    rng = np.random.default_rng([seed, lift])
    states = [np.flatnonzero(is_open.numpy() == state) for state in (True, False)]
    return torch.from_numpy(np.concatenate([rng.permutation(rows)[:count] for rows in states]))


POOLING = Measurement(
    "camera-specific pooling: position weights of each lift",
    "Matsukawa and Suzuki (ICPR 2020)",
    pooling_rows,
)
