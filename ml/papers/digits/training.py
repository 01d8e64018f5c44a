"""Training on distorted digits, with and without the spatial transformer: paper 001's first experiment.

Pairs labelled 1 or 0 are all that is learnt from (section IV.B), by the contrastive loss of equation 8. The
transformer alone and the whole network are trained in turns (section III.D). Settings that the paper does not
give are in `DigitsRecipe`. The paper calls this training difficult (section V), and taking turns was not
enough here. What was tried, on the first seed, where s is the crop's scale and (tx, ty) its place:

- From the identity, with one learning rate for everything: all embeddings collapse into one point. With a
  tenth of that rate, the transformer stays the identity; with the full rate later on, its hidden layer dies.
- From s = 0.6: s grows to 1.4, because smaller digits merely look more alike to a siamese part that has not
  learnt anything. Twelve epochs of the siamese part alone are not always enough: with another seed it could
  not distinguish pairs by then, and hardly improved afterwards. Hence `ready`.
- At s = 1 the siamese part sees the digit wherever it lies, so a picture's gradient does not point to its
  digit. Nor does it without a blur, as it is then the gradient of single pixels' noise. At s = 0.6 to 0.8
  with a blur of one pixel it does, if weakly (correlation 0.15 to 0.2).
- With both, s still grows back to 1, which is learnt faster than the place of the digit, and the transformer
  gains nothing. Hence `shift_only`: at first only tx and ty learn, which is all that section V mentions.

With all of this the transformer finds the digit, on some seeds later than on others. If it starts late, it is
still learning after 64 epochs; a run with more epochs continues from there.
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
"""So that the epochs of two seeds never show the same pictures."""


@dataclass(frozen=True, kw_only=True)
class DigitsRecipe:
    """Settings of one training.

    transformer: its number of parameters, 0 for none. seed: of the weights, the pictures and their order.
    learning_rate: Adam's; transformer_rate: the transformer's rate as a fraction of it. ready: validation
    accuracy from which the transformer learns; until then it stays the identity. start: its s at that moment.
    shift_only: epochs in which it then learns only tx and ty. turn: steps in which the transformer learns
    alone, followed by as many in which everything learns. batch: pictures per step. margin: of the loss.
    blur_px: standard deviation of the pictures' blur, 0 for none. epochs: at most; each has all digits at new
    places. patience: epochs without a better validation accuracy after which training ends, counted from
    when the whole transformer learns. digits: number of training digits, evenly spaced; 0 for all.
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
"""Takes seconds, and learns hardly anything."""


@dataclass(frozen=True)
class Trained:
    """The result of a training.

    network: that of the best epoch. state: `ml.train.loop.State`, with `ready` (number of epochs after which
    the transformer began to learn, None if it did not) and `threshold` (the distance with the best validation
    accuracy).
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
        """Return network, optimiser, generator, step and `ready`."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.get_state(),
            "step": self.step,
            "ready": self.ready,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.rng.set_state(saved["rng"])
        self.step, self.ready = saved["step"], saved["ready"]

    def _choose_what_learns(self) -> None:
        """Require gradients only of what learns at this step; the optimiser skips parameters without one."""
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

    Finished ones are read back, so an interrupted run trains only the rest.
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
    """Set the last layer's gradients to 0, except those of tx and ty."""
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
