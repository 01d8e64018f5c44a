"""Training on distorted digits, with and without the spatial transformer: paper 001's first experiment.

Pairs labelled 1 or 0 alone (section IV.B), the contrastive loss of equation 8, the transformer alone and the
whole in turns (section III.D). What the paper does not give is in `DigitsRecipe`. It calls this training
difficult (section V), and turns alone were not enough here. What was tried, on the first seed:

- All from the identity with one learning rate: everything collapses into one point. With a tenth of it for
  the transformer it stays the identity; with all of it, later, its hidden layer dies.
- From s = 0.6 at once: s grows to 1.4. While the siamese part knows nothing, smaller digits are only more
  alike. Nor do twelve epochs before it always suffice: on another seed pairs were not told apart by then,
  and hardly better afterwards. Hence `ready`.
- A picture's gradient does not point to its digit at s = 1, where the siamese part sees the digit wherever
  it lies, nor without a blur, since it is that of single pixels' noise. At s = 0.6 to 0.8 with a blur of one
  pixel it does, if weakly (correlation 0.15 to 0.2).
- With both, s still grows back to 1, which is quicker learnt than where the digit is, and the transformer
  is no gain. Hence `shift_only`: tx and ty first, which is all that section V speaks of, then s too.

With all of this the transformer finds the digit, later on some seeds than on others; where it begins late,
64 epochs end while it is still learning. With more of them a training goes on from where it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from ml.losses.getnet import getnet_loss
from ml.models.getnet import DIGITS, GetNet, SpatialTransformer, getnet, turn
from ml.papers.digits.pairs import batch_pairs, best_threshold, embedded, forward, pair_distances, pixels
from ml.papers.digits.pictures import Digits, distorted_digits, pairs
from ml.train.loop import BEST, Learner, State, read
from ml.train.loop import train as train_learner
from ml.train.run import CPU, Progress, Run, silent

Transformer = Literal[0, 3, 6]
TRANSFORMERS: tuple[Transformer, ...] = (0, 3, 6)
_EPOCHS_OF_A_SEED = 10_000
"""No two seeds' epochs show the same pictures."""


@dataclass(frozen=True, kw_only=True)
class DigitsRecipe:
    """One training.

    transformer: how many parameters it has, 0 for none. seed: of the weights, the pictures and the order.
    learning_rate: Adam's; transformer_rate: the transformer's share of it. ready: the validation accuracy
    until which the transformer stays the identity; start: s with which it begins to learn then; shift_only:
    epochs in which it then learns tx and ty alone. turn: steps in which the transformer learns alone, and as
    many in which all learns. batch: pictures a step. margin: of the loss. blur_px: standard deviation of the
    pictures' blur, 0 for none. epochs: at most, each with all digits at new places; patience: epochs without
    a better validation accuracy after which it ends, counted from when all of the transformer learns.
    digits: of the training ones, how many, evenly from all; 0 for all.
    """

    transformer: Transformer = 3
    seed: int = 0
    learning_rate: float = 1e-3
    transformer_rate: float = 0.3
    start: float = 0.6
    ready: float = 0.7
    shift_only: int = 30
    turn: int = 1
    batch: int = 16
    margin: float = 4.0
    blur_px: float = 1.0
    epochs: int = 64
    patience: int = 20
    digits: int = 0


SMOKE = DigitsRecipe(epochs=3, ready=0.5, shift_only=1, digits=96)
"""Over in seconds, and learns nothing to speak of."""


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    network: its best epoch's, from which to judge. state: `ml.train.loop.State`, with `ready` (after how many
    epochs the transformer began to learn, None if it did not) and `threshold` (the distance that reached the
    best validation accuracy).
    """

    recipe: DigitsRecipe
    network: nn.Module
    state: State


class DigitsLearner(Learner):
    """A network that learns pairs of digits; `ready` is when its transformer began to learn."""

    def __init__(self, recipe: DigitsRecipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.step = recipe, 0
        self.ready: int | None = None
        self.network = getnet(DIGITS, recipe.transformer)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = _optimiser(recipe, self.network)
        self.rng = torch.Generator().manual_seed(recipe.seed)
        validation = distorted_digits(recipe.seed, "validation", copies=2)
        self._asked, self._same = pairs(validation.labels, recipe.seed)
        self._validation = pixels(validation.pictures, recipe.blur_px)

    def content(self) -> dict[str, Any]:
        """Return the recipe."""
        return {"recipe": asdict(self.recipe)}

    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether all but the length is the same."""
        return replace(DigitsRecipe(**saved["recipe"]), epochs=self.recipe.epochs) == self.recipe

    def finished(self, state: State) -> bool:
        """Return whether all epochs are over, or validation has gained nothing for `patience` of them."""
        recipe = self.recipe
        if state["epoch"] >= recipe.epochs:
            return True
        if not recipe.transformer:
            return bool(state["epoch"] - state["best_epoch"] >= recipe.patience)
        if self.ready is None:
            return False
        since = max(state["best_epoch"], self.ready + recipe.shift_only)
        return bool(state["epoch"] - since >= recipe.patience)

    def learn(self, state: State) -> dict[str, float]:
        """Learn for an epoch, and call the validation pairs by the threshold that is best for them."""
        recipe, network = self.recipe, self.network
        if isinstance(network, GetNet) and self.ready is None and state["best"] >= recipe.ready:
            self.ready = state["epoch"]
            with torch.no_grad():
                network.transformer.locate.bias.mul_(recipe.start)
        shifts = isinstance(network, GetNet) and state["epoch"] < (self.ready or 0) + recipe.shift_only
        digits, losses = _epoch(recipe, state["epoch"]), []
        for index in torch.split(torch.randperm(len(digits.labels), generator=self.rng), recipe.batch):
            self._choose_what_learns()
            rows, same = batch_pairs(torch.from_numpy(digits.labels)[index], self.rng)
            embeddings = forward(network, pixels(digits.pictures[index.numpy()], recipe.blur_px))
            loss = getnet_loss(embeddings[rows[:, 0]], embeddings[rows[:, 1]], same, recipe.margin)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            if isinstance(network, GetNet) and shifts:
                _shift_only(network.transformer)
            self.optimiser.step()
            losses.append(float(loss.detach()))
            self.step += 1
        distances = pair_distances(embedded(network, self._validation), self._asked)
        threshold, share = best_threshold(distances, self._same)
        return {"loss": sum(losses) / len(losses), "validation": share, "threshold": threshold}

    def state_dict(self) -> dict[str, Any]:
        """Return network, optimiser, generator, and how far it is."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.get_state(),
            "step": self.step,
            "ready": self.ready,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Take back what `state_dict` returned."""
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.rng.set_state(saved["rng"])
        self.step, self.ready = saved["step"], saved["ready"]

    def _choose_what_learns(self) -> None:
        """Ask for gradients of what learns at this step; the optimiser leaves what has none as it is."""
        if isinstance(self.network, GetNet) and self.ready is None:
            learning = list(self.network.siamese.parameters())
        else:
            learning = turn(self.network, self.step // self.recipe.turn % 2 == 0)
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)
        for parameter in learning:
            parameter.requires_grad_(True)


def train(recipe: DigitsRecipe, out: Path, progress: Progress = silent) -> Trained:
    """Train one network by `ml.train.loop`, or read it back if that was done before.

    Raises:
        ValueError: out/last.pt is of another recipe.
    """
    learner = DigitsLearner(recipe)
    last = read(train_learner(learner, Run(out=out, progress=progress)), CPU)
    best = read(out / BEST, CPU)
    learner.network.load_state_dict(best["network"])
    state = last["state"] | {"ready": last["ready"], "threshold": best["measured"]["threshold"]}
    return Trained(recipe, learner.network.eval(), state)


def train_all(
    recipe: DigitsRecipe,
    transformers: Sequence[Transformer],
    seeds: Sequence[int],
    out: Path,
    progress: Callable[[DigitsRecipe, dict[str, float]], None] = lambda *_: None,
) -> Iterator[Trained]:
    """Yield a network for each seed and transformer, each in its folder; seed by seed.

    Those that are finished are read back: of a run that was cut short only the rest is trained.
    """
    for seed in seeds:
        for transformer in transformers:
            one = replace(recipe, seed=seed, transformer=transformer)
            folder = out / f"transformer-{transformer}" / f"seed-{seed}"
            yield train(one, folder, partial(progress, one))


def _optimiser(recipe: DigitsRecipe, network: nn.Module) -> torch.optim.Optimizer:
    if not isinstance(network, GetNet):
        return torch.optim.Adam(network.parameters(), recipe.learning_rate)
    parts: list[dict[str, Any]] = [
        {"params": network.siamese.parameters()},
        {"params": network.transformer.parameters(), "lr": recipe.learning_rate * recipe.transformer_rate},
    ]
    return torch.optim.Adam(parts, recipe.learning_rate)


def _shift_only(transformer: SpatialTransformer) -> None:
    """Let the last layer's gradients be 0 but for tx and ty."""
    shifts = [1, 2] if transformer.parameters_out == 3 else [2, 5]
    others = [row for row in range(transformer.parameters_out) if row not in shifts]
    for parameter in transformer.locate.parameters():
        if parameter.grad is not None:
            parameter.grad[others] = 0.0


def _epoch(recipe: DigitsRecipe, epoch: int) -> Digits:
    digits = distorted_digits(recipe.seed * _EPOCHS_OF_A_SEED + epoch, "train")
    if not recipe.digits:
        return digits
    few = np.linspace(0, len(digits.labels) - 1, recipe.digits).round().astype(np.int64)
    return Digits(digits.pictures[few], digits.labels[few], digits.boxes[few], digits.sources[few])
