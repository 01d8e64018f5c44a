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

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ml.evaluate.metrics import Flags, Floats
from ml.losses.getnet import getnet_loss
from ml.machine.memory import keep_freed_memory
from ml.machine.precision import autocast, precision_name
from ml.models.getnet import DIGITS, GetNet, SpatialTransformer, getnet, turn
from ml.papers.digits.pictures import Bytes, Digits, distorted_digits, pairs
from ml.train.trainer import append_log, save

Transformer = Literal[0, 3, 6]
TRANSFORMERS: tuple[Transformer, ...] = (0, 3, 6)
Progress = Callable[[int, dict[str, float]], None]
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

    network: its best epoch's, from which to judge. state: `epoch` (the best, from 1), `epochs` (all that
    were run), `ready` (after how many the transformer began to learn, None if it did not), `best` (validation
    accuracy 0..1), `threshold` (distance that reached it), `step`, `seconds`.
    """

    recipe: DigitsRecipe
    network: nn.Module
    state: dict[str, Any]


def pixels(pictures: Bytes, blur_px: float = 0.0) -> Tensor:
    """uint8[N, 60, 60] to float[N, 1, 60, 60], about -1..3: 0 near the mean, as it is beyond the edges."""
    if blur_px:
        blurred = [cv2.GaussianBlur(one.astype(np.float32), (0, 0), blur_px) for one in pictures]
        x = torch.from_numpy(np.stack(blurred))
    else:
        x = torch.from_numpy(pictures).float()
    return x[:, None].div(63.75).sub(1.0)


def forward(network: nn.Module, x: Tensor) -> Tensor:
    """Return float32[N, 128] of float[N, 1, 60, 60], in training's precision inside, with gradient."""
    with autocast(torch.device("cpu")):
        out: Tensor = network(x.contiguous(memory_format=torch.channels_last))
    return out.float()


@torch.inference_mode()
def embedded(network: nn.Module, x: Tensor, batch: int = 128) -> Tensor:
    """Return `forward` of any number of pictures, without gradient."""
    return torch.cat([forward(network, part) for part in torch.split(x, batch)])


def pair_distances(embeddings: Tensor, rows: npt.NDArray[np.int64]) -> Floats:
    """Return distances float64[P] (equation 9) of pairs int64[P, 2] of embeddings float[N, D]."""
    index = torch.from_numpy(rows)
    found: Floats = (embeddings[index[:, 0]] - embeddings[index[:, 1]]).norm(dim=1).double().numpy()
    return found


def best_threshold(distance: Floats, same: Flags) -> tuple[float, float]:
    """The distance below which most pairs are called rightly, and the share that is.

    Args:
        distance: float64[P], P at least 1. same: bool[P].

    Returns:
        (threshold, half-way between two pairs' distances or at an end; accuracy 0..1).
    """
    order = np.argsort(distance, kind="stable")
    sorted_, right = distance[order], same[order]
    # With the k nearest called the same: those of them that are, and the others that are not.
    counts = np.append(0, np.cumsum(right)) + (~right).sum() - np.append(0, np.cumsum(~right))
    cuts = np.concatenate([sorted_[:1] - 1e-6, (sorted_[:-1] + sorted_[1:]) / 2, sorted_[-1:] + 1e-6])
    tied = np.concatenate([[False], sorted_[:-1] == sorted_[1:], [False]])  # no threshold parts equals
    k = int(np.argmax(np.where(tied, -1, counts)))
    return float(cuts[k]), float(counts[k] / len(same))


def batch_pairs(labels: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pair a batch's pictures: all pairs of one class, and as many of two, drawn among all.

    Section IV.B has two pairs for each picture; here a picture that was embedded once serves in all of them.

    Args:
        labels: int64[B].

    Returns:
        (int64[P, 2] rows, bool[P] whether of one class), half of them if the batch has enough.
    """
    rows = torch.combinations(torch.arange(len(labels)))
    same = labels[rows[:, 0]] == labels[rows[:, 1]]
    right, wrong = rows[same], rows[~same]
    wrong = wrong[torch.randperm(len(wrong), generator=generator)[: len(right)]]
    return torch.cat([right, wrong]), torch.arange(len(right) + len(wrong)) < len(right)


def train(recipe: DigitsRecipe, out: Path, progress: Progress = lambda *_: None) -> Trained:
    """Train one network, or read it back if that was done before.

    Writes out/last.pt, from which a training that was cut short goes on, and out/log.csv.

    Args:
        recipe: how. A training that goes on may be longer than was first asked, not otherwise another one.

    Raises:
        ValueError: out/last.pt is of another recipe.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    keep_freed_memory()
    network = getnet(DIGITS, recipe.transformer)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = _optimiser(recipe, network)
    rng = torch.Generator().manual_seed(recipe.seed)
    validation = distorted_digits(recipe.seed, "validation", copies=2)
    asked, same_asked = pairs(validation.labels, recipe.seed)
    x = pixels(validation.pictures, recipe.blur_px)
    best: dict[str, Tensor] = {}
    state: dict[str, Any] = {
        "epoch": 0,
        "epochs": 0,
        "step": 0,
        "ready": None,
        "best": -1.0,
        "threshold": 0.0,
        "seconds": 0.0,
        "precision": precision_name(torch.device("cpu")),
    }
    last = out / "last.pt"
    if last.exists():
        saved = _saved(last, recipe)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        rng.set_state(saved["rng"])
        best, state = saved["best"], saved["state"]
    while state["epochs"] < recipe.epochs and not _in_vain(recipe, state):
        started, losses = time.monotonic(), []
        if isinstance(network, GetNet) and state["ready"] is None and state["best"] >= recipe.ready:
            state["ready"] = state["epochs"]
            with torch.no_grad():
                network.transformer.locate.bias.mul_(recipe.start)
        digits = _epoch(recipe, state["epochs"])
        for index in torch.split(torch.randperm(len(digits.labels), generator=rng), recipe.batch):
            _let_learn(network, recipe, state["ready"] is not None, state["step"])
            rows, same = batch_pairs(torch.from_numpy(digits.labels)[index], rng)
            embeddings = forward(network, pixels(digits.pictures[index.numpy()], recipe.blur_px))
            loss = getnet_loss(embeddings[rows[:, 0]], embeddings[rows[:, 1]], same, recipe.margin)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            if isinstance(network, GetNet) and state["epochs"] < (state["ready"] or 0) + recipe.shift_only:
                _shift_only(network.transformer)
            optimiser.step()
            losses.append(float(loss.detach()))
            state["step"] += 1
        state["epochs"] += 1
        threshold, share = best_threshold(pair_distances(embedded(network, x), asked), same_asked)
        said = {"loss": sum(losses) / len(losses), "validation": share}
        said["seconds"] = time.monotonic() - started
        state["precision"] = precision_name(torch.device("cpu"))
        state["seconds"] += said["seconds"]
        if share > state["best"]:
            state |= {"best": share, "epoch": state["epochs"], "threshold": threshold}
            best = {name: value.clone() for name, value in network.state_dict().items()}
        going_on = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
        content = {"recipe": asdict(recipe), "best": best, "state": state, "rng": rng.get_state()}
        save({**content, **going_on}, last)
        append_log(out / "log.csv", state["epochs"], said, state["precision"])
        progress(state["epochs"], said)
    network.load_state_dict(best)
    return Trained(recipe, network.eval(), state)


def train_all(
    recipe: DigitsRecipe,
    transformers: Sequence[Transformer],
    seeds: Sequence[int],
    out: Path,
    progress: Callable[[DigitsRecipe, int, dict[str, float]], None] = lambda *_: None,
) -> Iterator[Trained]:
    """Yield a network for each seed and transformer, each in its folder; seed by seed.

    Those that are finished are read back: of a run that was cut short only the rest is trained.
    """
    for seed in seeds:
        for transformer in transformers:
            one = replace(recipe, seed=seed, transformer=transformer)

            def said(epoch: int, what: dict[str, float], one: DigitsRecipe = one) -> None:
                progress(one, epoch, what)

            yield train(one, out / f"transformer-{transformer}" / f"seed-{seed}", said)


def _saved(path: Path, recipe: DigitsRecipe) -> dict[str, Any]:
    saved: dict[str, Any] = torch.load(path, weights_only=True)
    if replace(DigitsRecipe(**saved["recipe"]), epochs=recipe.epochs) != recipe:
        raise ValueError(f"{path} is of another run: {saved['recipe']}")
    return saved


def _optimiser(recipe: DigitsRecipe, network: nn.Module) -> torch.optim.Optimizer:
    if not isinstance(network, GetNet):
        return torch.optim.Adam(network.parameters(), recipe.learning_rate)
    parts: list[dict[str, Any]] = [
        {"params": network.siamese.parameters()},
        {"params": network.transformer.parameters(), "lr": recipe.learning_rate * recipe.transformer_rate},
    ]
    return torch.optim.Adam(parts, recipe.learning_rate)


def _let_learn(network: nn.Module, recipe: DigitsRecipe, ready: bool, step: int) -> None:
    """Ask for gradients of what learns at a step; the optimiser leaves what has none as it is."""
    if isinstance(network, GetNet) and not ready:
        learning = list(network.siamese.parameters())
    else:
        learning = turn(network, step // recipe.turn % 2 == 0)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    for parameter in learning:
        parameter.requires_grad_(True)


def _shift_only(transformer: SpatialTransformer) -> None:
    """Let the last layer's gradients be 0 but for tx and ty."""
    shifts = [1, 2] if transformer.parameters_out == 3 else [2, 5]
    others = [row for row in range(transformer.parameters_out) if row not in shifts]
    for parameter in transformer.locate.parameters():
        if parameter.grad is not None:
            parameter.grad[others] = 0.0


def _in_vain(recipe: DigitsRecipe, state: dict[str, Any]) -> bool:
    """Whether validation has gained nothing for as long as patience lasts."""
    if recipe.transformer and state["ready"] is None:
        return False
    since = max(state["epoch"], state["ready"] + recipe.shift_only if recipe.transformer else 0)
    return bool(state["epochs"] - since >= recipe.patience)


def _epoch(recipe: DigitsRecipe, epoch: int) -> Digits:
    digits = distorted_digits(recipe.seed * _EPOCHS_OF_A_SEED + epoch, "train")
    if not recipe.digits:
        return digits
    few = np.linspace(0, len(digits.labels) - 1, recipe.digits).round().astype(np.int64)
    return Digits(digits.pictures[few], digits.labels[few], digits.boxes[few], digits.sources[few])
