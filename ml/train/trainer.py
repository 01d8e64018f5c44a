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

from ml.data.pictures import PictureSet, some
from ml.machine.description import machine
from ml.machine.memory import keep_freed_memory
from ml.machine.precision import precision_name
from ml.systems.base import System
from ml.systems.named import as_values, from_values, system_of
from ml.systems.recipe import Recipe
from ml.train.adaptive import AdaptiveL2, constant_l2
from ml.train.episodic import episodic_loss

Progress = Callable[[int, dict[str, float]], None]
MOMENTUM = 0.9


def train(
    name: str,
    recipe: Recipe,
    training: PictureSet,
    validation: PictureSet,
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
    learner = Learner(system_of(recipe), device)
    system = learner.system
    state: dict[str, Any] = {"epoch": 0, "best": -1.0, "best_epoch": 0, "seconds": 0.0}
    last, best = out / "last.pt", out / "best.pt"
    if last.exists():
        saved = torch.load(last, map_location=device, weights_only=True)
        _refuse_another(last, saved["recipe"], name, recipe)
        learner.load_state_dict(saved)
        state = saved["state"]
    asked, known = validation, training
    if recipe.validated:
        asked, known = some(validation, recipe.validated), some(training, 2 * recipe.validated)
    while state["epoch"] < recipe.epochs and state["epoch"] - state["best_epoch"] < recipe.patience:
        started = time.monotonic()
        system.epoch_begins(state["epoch"], training, learner.rng)
        said = {"loss": learner.epoch(training), "validation": system.accuracy(asked, known)}
        said["seconds"] = time.monotonic() - started
        state["epoch"] += 1
        state["seconds"] += said["seconds"]
        state["machine"] = machine() | {"device": str(device), "precision": precision_name(device)}
        content = {"recipe": as_values(name, recipe), "state": state}
        if said["validation"] > state["best"]:
            state["best"], state["best_epoch"] = said["validation"], state["epoch"]
            save({**content, "network": system.network.state_dict()}, best)
        save({**content, **learner.state_dict()}, last)
        append_log(out / "log.csv", state["epoch"], said, precision_name(device))
        progress(state["epoch"], said)
    return best


def train_rates(
    name: str,
    recipe: Recipe,
    rates: Sequence[float],
    training: PictureSet,
    validation: PictureSet,
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
        content = torch.load(path, map_location="cpu", weights_only=True)
        # What the best's file says of its run ends with the best epoch; and the run may go on for longer now.
        content["recipe"] = as_values(name, tried)
        content["state"] = torch.load(path.with_name("last.pt"), map_location="cpu", weights_only=True)[
            "state"
        ]
        contents.append(content)
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
    system.recipe = recipe
    system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    system.network.load_state_dict(saved["network"])
    return name, system, saved["state"]


def save(content: dict[str, Any], path: Path) -> None:
    """Write a checkpoint, wholly or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.rename(path)


class Learner:
    """A system with what its descent needs: regularisation, optimiser, what is drawn, and how far it is.

    Args:
        system: its network is moved to the device.
    """

    def __init__(self, system: System[Any], device: torch.device) -> None:
        self.system = system
        system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.penalty = _Penalty(system)
        self.optimiser = _optimiser(system.recipe, system, self.penalty)
        self.rng = torch.Generator().manual_seed(system.recipe.seed)
        self.step = 0

    def epoch(self, data: PictureSet) -> float:
        """Learn from an epoch's batches; returns the mean loss."""
        self.system.network.train()
        losses = [self._learn(data, index) for index in self.system.batches(data, self.rng)]
        return sum(losses) / max(1, len(losses))

    def state_dict(self) -> dict[str, Any]:
        """What a run that was cut short goes on from."""
        return {
            "network": self.system.network.state_dict(),
            "penalty": self.penalty.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.get_state(),
            "step": self.step,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        self.system.network.load_state_dict(saved["network"])
        self.penalty.load_state_dict(saved["penalty"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.rng.set_state(saved["rng"].cpu())
        self.step = saved["step"]

    def _learn(self, data: PictureSet, index: Tensor) -> float:
        system, recipe = self.system, self.system.recipe
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.learning_rate / (1 + recipe.decay * self.step)
        loss = episodic_loss(system, data, index, self.rng) if recipe.episodic else None
        loss = system.loss(data, index, self.rng) if loss is None else loss
        added = self.penalty()
        self.optimiser.zero_grad(set_to_none=True)
        (loss if added is None else loss + added).backward()
        learning = {id(parameter) for parameter in system.learning(self.step)}
        for parameter in system.network.parameters():
            if id(parameter) not in learning:
                parameter.grad = None  # the optimiser leaves what has no gradient as it is
        nn.utils.clip_grad_norm_(system.network.parameters(), recipe.clip_norm)
        self.optimiser.step()
        self.step += 1
        return float(loss.detach())


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


def _refuse_another(path: Path, values: dict[str, Any], name: str, recipe: Recipe) -> None:
    was, before = from_values(values)
    if (was, replace(before, epochs=recipe.epochs, threads=recipe.threads)) != (name, recipe):
        raise ValueError(f"{path} is of another run: {values}")


def append_log(path: Path, epoch: int, said: dict[str, float], precision: str) -> None:
    """Add an epoch's line to a CSV log, which begins with a header."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        if new:
            log.writerow(["epoch", "precision", *said])
        log.writerow([epoch, precision, *(f"{value:.5f}" for value in said.values())])
