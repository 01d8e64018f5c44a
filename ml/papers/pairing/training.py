"""Training on pairs of pictures, with and without the spatial transformer: paper 001's experiments.

Pairs labelled 1 or 0 are all that is learnt from, by the contrastive loss of equation 8: each picture with
another of its class, and with one of another class (section IV.B). A picture that was embedded for one pair
also serves in all others of its batch that can be made, which the paper does not say. The transformer alone
and the whole network are trained in turns (section III.D). What the paper does not give, such as rates,
lengths and the margin, is in `PairingRecipe`.

With and without a transformer, networks are compared at the same number of steps in which their siamese part
learns: an interval has `steps` of these, and as many more in which the transformer learns alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from lifts.arrays import Int64
from ml.losses.getnet import getnet_loss
from ml.models.getnet import GetNet, Shrunk, getnet, turn
from ml.papers.pairing.pairs import batch_pairs, best_threshold, forward, pair_distances
from ml.papers.pairing.sets import PairingSet, Placed, Split
from ml.train.loop import BEST, Learner, State, read
from ml.train.loop import train as train_learner
from ml.train.run import CPU, Progress, Run, silent

Transformer = Literal[0, 2, 3, 6]


@dataclass(frozen=True, kw_only=True)
class PairingRecipe:
    """Settings of one training.

    name: of the set (`ml.papers.pairing.named`). transformer: its number of parameters, 0 for none. reduced:
        whether a network without one gets pictures of the crop's size; else they are as they are.
    scale: its s at the start, of which 2 parameters leave it.
    seed: of the weights, the pictures and their order.
    learning_rate: Adam's; transformer_rate: the transformer's rate as a fraction of it.
    turn: steps in which everything learns, followed by as many in which the transformer learns alone.
    batch: pictures per step; with a partner of either kind for each, three times as many are embedded.
    margin: of the loss.
    steps: of the siamese part in an interval, after which validation pairs are judged and a checkpoint is
        written; whole turns.
    intervals: at most. patience: intervals without a better validation accuracy after which training ends.
    """

    name: str
    transformer: Transformer = 2
    reduced: bool = True
    scale: float = 0.6
    seed: int = 0
    learning_rate: float = 1e-3
    transformer_rate: float = 0.3
    turn: int = 20
    batch: int = 32
    margin: float = 4.0
    steps: int = 200
    intervals: int = 400
    patience: int = 15

    def __post_init__(self) -> None:
        if self.steps % self.turn:
            raise ValueError(f"steps are whole turns of {self.turn}, not {self.steps}")
        if self.transformer and not self.reduced:
            raise ValueError("a transformer cuts; only pictures without one are as they are")


@dataclass(frozen=True)
class Trained:
    """The result of a training.

    network: that of the best interval. state: `ml.train.loop.State`, with `curve`, the validation accuracy
    after each interval, and `threshold`, the distance that reached the best one.
    """

    recipe: PairingRecipe
    network: nn.Module
    state: State


class PairingLearner(Learner):
    """A network that learns pairs of pictures. An interval is a pure function of seed and number."""

    def __init__(self, recipe: PairingRecipe, data: PairingSet) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.data, self.step = recipe, data, 0
        self.network: nn.Module = (
            getnet(data.layout, recipe.transformer, recipe.scale)
            if recipe.reduced
            else Shrunk(data.layout, reduced=False)
        )
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = _optimiser(recipe, self.network)
        self.curve: list[float] = []
        self._asked, self._same = data.pairs("validation", recipe.seed)

    def content(self) -> dict[str, Any]:
        """Return the recipe."""
        return {"recipe": asdict(self.recipe)}

    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether all but the length is the same."""
        before = PairingRecipe(**saved["recipe"])
        mine = self.recipe
        return replace(before, intervals=mine.intervals, patience=mine.patience) == mine

    def finished(self, state: State) -> bool:
        """Return whether validation has gained nothing for `patience` intervals, or all are over."""
        recipe = self.recipe
        gained_nothing = state["epoch"] - state["best_epoch"] >= recipe.patience
        return bool(gained_nothing or state["epoch"] >= recipe.intervals)

    def learn(self, state: State) -> dict[str, float]:
        """Learn for an interval, and call the validation pairs by the threshold that is best for them."""
        recipe, losses = self.recipe, list[float]()
        rng = np.random.default_rng([recipe.seed, state["epoch"], 0])
        rounds = [alone for alone in self._turns() for _ in range(recipe.turn)]
        rows = _batches(len(self.data.labels("train")), recipe.batch, rng)
        losses += [self._learn(alone, next(rows), rng) for alone in rounds]
        threshold, share = self.validated()
        self.curve.append(share)
        return {"loss": sum(losses) / len(losses), "validation": share, "threshold": threshold}

    def validated(self) -> tuple[float, float]:
        """Return the threshold that calls most validation pairs correctly, and their share."""
        embeddings, _, _ = embed(self.network, self.data, "validation", self.recipe.seed)
        return best_threshold(pair_distances(embeddings, self._asked), self._same)

    def state_dict(self) -> dict[str, Any]:
        """Return network, optimiser, step and curve."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "curve": self.curve,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.curve = saved["step"], saved["curve"]

    def _turns(self) -> list[bool]:
        """Return an interval's turns (section III.D), True where the transformer learns alone."""
        rounds = self.recipe.steps // self.recipe.turn
        return [False, True] * rounds if isinstance(self.network, GetNet) else [False] * rounds

    def _learn(self, alone: bool, rows: Int64, rng: np.random.Generator) -> float:
        learning = {id(parameter) for parameter in turn(self.network, alone)}
        for parameter in self.network.parameters():
            parameter.requires_grad_(id(parameter) in learning)
        drawn = np.concatenate([rows, *self.data.partners("train", rows, rng)])
        placed = self.data.place("train", drawn, rng)
        embeddings = forward(self.network, self.data.pixels(placed.pictures))
        index, same = batch_pairs(self.data.groups(placed.labels), placed.labels, rng)
        first, second = (embeddings[torch.from_numpy(index[:, k])] for k in (0, 1))
        loss = getnet_loss(first, second, torch.from_numpy(same), self.recipe.margin)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()  # parameters without a gradient are skipped
        self.step += 1
        return float(loss.detach())


@torch.inference_mode()
def embed(network: nn.Module, data: PairingSet, split: Split, seed: int) -> tuple[Tensor, Tensor, Int64]:
    """Place a split's objects and embed their pictures.

    Returns:
        (embeddings float32[M, D]; the crops' transforms float32[M, 2, 3], the identity where there is no
        transformer; the objects' boxes int64[M, 4]).
    """
    embeddings, transforms, boxes = [], [], []
    for placed in placed_parts(data, split, seed):
        x = data.pixels(placed.pictures)
        embeddings.append(forward(network, x))
        if isinstance(network, GetNet):
            transforms.append(network.transformer.transform(x))
        else:
            transforms.append(torch.eye(2, 3).expand(len(x), -1, -1))
        boxes.append(placed.boxes)
    return torch.cat(embeddings), torch.cat(transforms), np.concatenate(boxes)


def placed_parts(data: PairingSet, split: Split, seed: int, at_once: int = 256) -> Iterator[Placed]:
    """Place a split's objects, some at a time: all of their pictures would take gigabytes."""
    count = len(data.labels(split))
    for start in range(0, count, at_once):
        rows = np.arange(start, min(start + at_once, count))
        yield data.place(split, rows, np.random.default_rng([seed, start, 1]))


def train(recipe: PairingRecipe, data: PairingSet, out: Path, progress: Progress = silent) -> Trained:
    """Train one network by `ml.train.loop`, or read it back if that was done before.

    Raises:
        ValueError: out/last.pt is of another recipe.
    """
    learner = PairingLearner(recipe, data)
    last = read(train_learner(learner, Run(out=out, progress=progress)), CPU)
    best = read(out / BEST, CPU)
    learner.network.load_state_dict(best["network"])
    state = last["state"] | {"curve": last["curve"], "threshold": best["measured"]["threshold"]}
    return Trained(recipe, learner.network.eval(), state)


def _optimiser(recipe: PairingRecipe, network: nn.Module) -> torch.optim.Optimizer:
    if not isinstance(network, GetNet):
        return torch.optim.Adam(network.parameters(), recipe.learning_rate)
    parts: list[dict[str, Any]] = [
        {"params": network.siamese.parameters()},
        {"params": network.transformer.parameters(), "lr": recipe.learning_rate * recipe.transformer_rate},
    ]
    return torch.optim.Adam(parts, recipe.learning_rate)


def _batches(count: int, batch: int, rng: np.random.Generator) -> Iterator[Int64]:
    """Yield batches int64[batch] without end, every row once before any comes again."""
    while True:
        order = rng.permutation(count)
        yield from np.split(order[: count // batch * batch], count // batch)
