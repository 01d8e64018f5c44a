"""Training of the papers' systems: epochs, and early stopping on the validation set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ml.data.pictures import PictureSet, select_evenly
from ml.systems.base import System, Trainable
from ml.systems.named import as_values, from_values, system_of
from ml.systems.recipe import Recipe
from ml.train.descent import Descent
from ml.train.loop import BEST, Learner, State, read, save, train
from ml.train.run import CPU, Run


@dataclass(frozen=True)
class Lesson:
    """A system's recipe with its pictures.

    name: of the system. recipe: its settings; a resumed run may have more epochs or other
    threads. training, validation: of the same lifts in the same order; the first is also the gallery of
    systems that judge by known pictures.
    """

    name: str
    recipe: Recipe
    training: PictureSet
    validation: PictureSet


SAVE_EVERY_S = 120.0
"""Between checkpoints within an epoch: what is lost where a run is ended without warning."""


class SystemLearner(Learner):
    """A system that learns until validation was no better for `patience` epochs, round by round.

    Args:
        save_every_s: how much of an epoch is learnt between two checkpoints.
    """

    def __init__(self, lesson: Lesson, device: torch.device, save_every_s: float = SAVE_EVERY_S) -> None:
        self.lesson = lesson
        self._save_every_s = save_every_s
        self.descent = Descent(system_of(lesson.recipe), device)
        self.network = self.descent.system.network
        validated = lesson.recipe.validated
        self._asked = select_evenly(lesson.validation, validated) if validated else lesson.validation
        self._known = select_evenly(lesson.training, 2 * validated) if validated else lesson.training

    @property
    def step(self) -> int:  # type: ignore[override]
        """Steps of descent so far."""
        return self.descent.step

    def content(self) -> dict[str, Any]:
        """Return the system's name and recipe."""
        return {"recipe": as_values(self.lesson.name, self.lesson.recipe)}

    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether all but the length and the number of threads is the same."""
        name, before = from_values(saved["recipe"])
        recipe = self.lesson.recipe
        before = replace(before, epochs=recipe.epochs, threads=recipe.threads)
        return (name, before) == (self.lesson.name, recipe)

    def finished(self, state: State) -> bool:
        """Return whether all epochs are over, or the last `patience` of the last round were no better."""
        if state["epoch"] >= self.lesson.recipe.epochs:
            return True
        system = self.descent.system
        return self._no_better(state) and not self.descent.under_way and system.round >= system.rounds

    def _no_better(self, state: State) -> bool:
        since = max(state.get("best_epoch", 0), state.get("round_began", 0))
        return bool(state["epoch"] - since >= self.lesson.recipe.patience)

    def learn(self, state: State) -> dict[str, float] | None:
        """Learn for an epoch, or a part of a long one, and judge the validation pictures after it.

        `curve` in the state has every epoch.
        """
        system, training = self.descent.system, self.lesson.training
        if not self.descent.under_way and self._no_better(state):
            system.next_round(training)
            state["round_began"] = state["epoch"]
        loss = self.descent.learn(training, state["epoch"], self._save_every_s)
        if loss is None:
            return None
        measured = {"loss": loss, **system.measured()}
        measured["validation"] = system.validation(self._asked, self._known)
        state.setdefault("curve", []).append({"step": self.step, "round": system.round, **measured})
        return measured

    def precision(self, device: torch.device) -> str:
        """Return what it computes in, which the recipe may say."""
        return super().precision(device) if self.lesson.recipe.precision == "native" else "float32"

    def state_dict(self) -> dict[str, Any]:
        """Return the descent's."""
        return self.descent.state_dict()

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore the descent's."""
        self.descent.load_state_dict(saved)


def train_rates(lesson: Lesson, rates: Sequence[float], run: Run) -> Path:
    """Train with each learning rate; returns the checkpoint that is best on validation.

    Each rate has a folder, run.out/rate-RATE; run.out/best.pt is the best's, and says what each rate reached.

    Raises:
        ValueError: a folder holds another run.
    """
    contents: dict[str, dict[str, Any]] = {}
    for rate in rates:
        tried = replace(lesson, recipe=replace(lesson.recipe, learning_rate=rate))
        learner = SystemLearner(tried, run.device)
        last = train(learner, replace(run, out=run.out / f"rate-{rate:g}"))
        best = read(last.with_name(BEST), CPU)
        # best.pt was written at its epoch; the run continued, and may be longer now.
        contents[f"{rate:g}"] = {**best, **learner.content(), "state": read(last, CPU)["state"]}
    reached = {rate: content["state"]["best"] for rate, content in contents.items()}
    content = max(contents.values(), key=lambda content: content["state"]["best"])
    content["state"] |= {"reached_by_rate": reached, "training_pictures": len(lesson.training)}
    save(content, run.out / BEST)
    return run.out / BEST


def load(path: Path, device: torch.device) -> tuple[str, Trainable[Any], State]:
    """Read best.pt: the system's name, the trained system, and the state of its training."""
    saved = read(path, device)
    name, recipe = from_values(saved["recipe"])
    system = system_of(replace(recipe, weights=""))  # the pretrained ones are overwritten
    system.recipe = recipe
    system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    system.network.load_state_dict(saved["network"])
    return name, system, saved["state"]


def load_judge(path: Path, device: torch.device) -> tuple[str, System[Any], State]:
    """Read best.pt of a system that judges bars.

    Raises:
        ValueError: it is of another kind.
    """
    name, system, state = load(path, device)
    if not isinstance(system, System):
        raise ValueError(f"{path}: {name} finds carriers again, it does not judge bars")
    return name, system, state
