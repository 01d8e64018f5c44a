"""One visible loop for every system: epochs, early stopping on the validation set, checkpoints, resume."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ml.data.pictures import Pictures
from ml.systems.base import System
from ml.systems.named import as_values, from_values, system_of
from ml.systems.recipe import Recipe
from ml.train.adaptive import AdaptiveL2, constant_l2
from ml.train.memory import keep_freed_memory

Progress = Callable[[int, dict[str, float]], None]
MOMENTUM = 0.9


def train(
    name: str,
    recipe: Recipe,
    training: Pictures,
    validation: Pictures,
    out: Path,
    progress: Progress,
    device: torch.device,
) -> Path:
    """Train until the validation accuracy has not risen for `patience` epochs; returns the best's file.

    Writes out/best.pt, out/last.pt (from which a run that was cut short goes on) and out/log.csv.

    Args:
        name: of the system, for the checkpoint.
        recipe: how. A run that goes on may be longer than was first asked, not otherwise another one.
        training, validation: of the same lifts in the same order; the first is also the gallery of systems
            that judge by known pictures.

    Raises:
        ValueError: out/last.pt is of another run.
    """
    keep_freed_memory()
    out.mkdir(parents=True, exist_ok=True)
    system = system_of(recipe)
    system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    penalty = _Penalty(system)
    optimiser = _optimiser(recipe, system, penalty)
    rng = torch.Generator().manual_seed(recipe.seed)
    state: dict[str, Any] = {"epoch": 0, "step": 0, "best": -1.0, "best_epoch": 0, "seconds": 0.0}
    last, best = out / "last.pt", out / "best.pt"
    if last.exists():
        saved = torch.load(last, map_location=device, weights_only=True)
        _refuse_another(last, saved["recipe"], name, recipe)
        system.network.load_state_dict(saved["network"])
        penalty.load_state_dict(saved["penalty"])
        optimiser.load_state_dict(saved["optimiser"])
        rng.set_state(saved["rng"].cpu())
        state = saved["state"]
    while state["epoch"] < recipe.epochs and state["epoch"] - state["best_epoch"] < recipe.patience:
        started, losses = time.monotonic(), []
        system.epoch_begins(state["epoch"], training, rng)
        system.network.train()
        for index in system.batches(training, rng):
            losses.append(_step(system, penalty, optimiser, training, index, rng, state["step"]))
            state["step"] += 1
        state["epoch"] += 1
        said = {
            "loss": sum(losses) / max(1, len(losses)),
            "validation": system.accuracy(validation, training),
        }
        said["seconds"] = time.monotonic() - started
        state["seconds"] += said["seconds"]
        content = {"recipe": as_values(name, recipe), "network": system.network.state_dict(), "state": state}
        if said["validation"] > state["best"]:
            state["best"], state["best_epoch"] = said["validation"], state["epoch"]
            save(content, best)
        going_on = {
            "penalty": penalty.state_dict(),
            "optimiser": optimiser.state_dict(),
            "rng": rng.get_state(),
        }
        save({**content, **going_on}, last)
        append_log(out / "log.csv", state["epoch"], said)
        progress(state["epoch"], said)
    return best


def train_rates(
    name: str,
    recipe: Recipe,
    rates: Sequence[float],
    training: Pictures,
    validation: Pictures,
    out: Path,
    progress: Progress,
    device: torch.device,
) -> Path:
    """Train once with each learning rate; returns the file of the best on validation.

    Each has its folder, out/rate-RATE; out/best.pt is that of the best and says what each rate reached.
    """
    reached: dict[str, float] = {}
    contents = []
    for rate in rates:
        tried = replace(recipe, learning_rate=rate)
        path = train(name, tried, training, validation, out / f"rate-{rate:g}", progress, device)
        contents.append(torch.load(path, map_location="cpu", weights_only=True))
        reached[f"{rate:g}"] = contents[-1]["state"]["best"]
    best = max(contents, key=lambda content: content["state"]["best"])
    best["state"] |= {"reached_by_rate": reached, "training_pictures": len(training)}
    save(best, out / "best.pt")
    return out / "best.pt"


def load(path: Path, device: torch.device) -> tuple[str, System[Any], dict[str, Any]]:
    """Read best.pt back: the system's name, the system as trained, and how far training had come."""
    saved = torch.load(path, map_location=device, weights_only=True)
    name, recipe = from_values(saved["recipe"])
    system = system_of(replace(recipe, weights=""))  # those it began with are not needed any more
    system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    system.network.load_state_dict(saved["network"])
    return name, system, saved["state"]


def save(content: dict[str, Any], path: Path) -> None:
    """Write a checkpoint, wholly or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.rename(path)


class _Penalty(nn.Module):
    """The recipe's L2 regularisation."""

    def __init__(self, system: System[Any]) -> None:
        super().__init__()
        recipe = system.recipe
        self._network, self._factor = (system.network,), recipe.l2_factor  # a tuple: not registered here too
        self._constant = recipe.l2 == "constant"
        self.adaptive = AdaptiveL2(system.network, recipe.l2_factor) if recipe.l2 == "adaptive" else None

    def forward(self) -> Tensor | None:
        """Return what to add to the loss, None for nothing."""
        if self.adaptive is not None:
            return self.adaptive()  # type: ignore[no-any-return]
        return constant_l2(self._network[0], self._factor) if self._constant else None


def _optimiser(recipe: Recipe, system: System[Any], penalty: _Penalty) -> torch.optim.Optimizer:
    learnt = [*system.network.parameters(), *penalty.parameters()]
    if recipe.optimiser == "adam":
        return torch.optim.Adam(learnt, recipe.learning_rate)
    return torch.optim.SGD(learnt, recipe.learning_rate, MOMENTUM, nesterov=True)


def _step(
    system: System[Any],
    penalty: _Penalty,
    optimiser: torch.optim.Optimizer,
    data: Pictures,
    index: Tensor,
    rng: torch.Generator,
    step: int,
) -> float:
    recipe = system.recipe
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate / (1 + recipe.decay * step)
    loss = system.loss(data, index, rng)
    added = penalty()
    optimiser.zero_grad(set_to_none=True)
    (loss if added is None else loss + added).backward()
    learning = {id(parameter) for parameter in system.learning(step)}
    for parameter in system.network.parameters():
        if id(parameter) not in learning:
            parameter.grad = None  # the optimiser leaves what has no gradient as it is
    nn.utils.clip_grad_norm_(system.network.parameters(), recipe.clip_norm)
    optimiser.step()
    return float(loss.detach())


def _refuse_another(path: Path, values: dict[str, Any], name: str, recipe: Recipe) -> None:
    was, before = from_values(values)
    if (was, replace(before, epochs=recipe.epochs, threads=recipe.threads)) != (name, recipe):
        raise ValueError(f"{path} is of another run: {values}")


def append_log(path: Path, epoch: int, said: dict[str, float]) -> None:
    """Add an epoch's line to a CSV log, which begins with a header."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        if new:
            log.writerow(["epoch", *said])
        log.writerow([epoch, *(f"{value:.5f}" for value in said.values())])
