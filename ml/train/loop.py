"""The training loop of every learner: checkpoints, log, resume, and the best network kept."""

from __future__ import annotations

import csv
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ml.machine.description import machine
from ml.machine.files import written_whole
from ml.machine.memory import keep_freed_memory
from ml.machine.precision import precision_name
from ml.train.run import Run

LAST, BEST, LOG = "last.pt", "best.pt", "log.csv"

State = dict[str, Any]
"""How far a training is: `epoch` (intervals done), `best` (validation accuracy 0..1; -1 before the first),
`best_epoch` (from 1), `seconds` (spent learning), `processor_s` (of all threads of this process, but not of
loaders), `machine` (what it ran on last, its precision included), `interval` (seconds and processor_s of the
interval that is not finished), `finished` (whether nothing is left to learn)."""

CLOCKS = {"seconds": time.monotonic, "processor_s": time.process_time}


class Learner(ABC):
    """A network in training. It learns in intervals (such as epochs), and can be saved between them.

    network: whose weights the best file holds. step: steps of descent so far.
    """

    network: nn.Module
    step: int

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """Return how the network is trained, as plain values for every checkpoint."""

    @abstractmethod
    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether a checkpoint with this `content` is of the same run; it may become longer."""

    @abstractmethod
    def finished(self, state: State) -> bool:
        """Return whether there is nothing left to learn."""

    @abstractmethod
    def learn(self, state: State) -> dict[str, float] | None:
        """Learn for one interval; returns measurements, such as `validation` (accuracy 0..1).

        None: the interval goes on. What was learnt is saved, and the next call continues it.
        """

    def precision(self, device: torch.device) -> str:
        """Return what it computes in on a device."""
        return precision_name(device)

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """Return everything that a resumed training needs."""

    @abstractmethod
    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""


def train(learner: Learner, run: Run) -> Path:
    """Let a learner learn until it is finished; returns the file of its last state.

    Writes last.pt after every interval and every part of one, best.pt after each interval that is better on
    validation, and log.csv, all in run.out. If last.pt exists already, training resumes from it.

    Raises:
        ValueError: last.pt is of another run.
    """
    keep_freed_memory()
    run.out.mkdir(parents=True, exist_ok=True)
    last = run.out / LAST
    none = dict.fromkeys(CLOCKS, 0.0)
    state: State = {"epoch": 0, "best": -1.0, "best_epoch": 0, **none, "interval": none}
    if last.exists():
        saved = read(last, run.device)
        if not learner.continues(saved):
            raise ValueError(f"{last} is of another run: {saved.get('recipe', saved.get('config'))}")
        learner.load_state_dict(saved)
        state |= saved["state"]
    while not learner.finished(state):
        started = {name: clock() for name, clock in CLOCKS.items()}
        measured = learner.learn(state)
        spent = {name: clock() - started[name] for name, clock in CLOCKS.items()}
        state |= {name: state[name] + spent[name] for name in CLOCKS}
        state["interval"] = {name: state["interval"][name] + spent[name] for name in CLOCKS}
        if measured is None:
            save({**learner.content(), "state": state, **learner.state_dict()}, last)
            continue
        measured |= state["interval"]
        state["interval"] = none
        state["epoch"] += 1
        precision = learner.precision(run.device)
        state["machine"] = machine() | {"device": str(run.device), "precision": precision}
        if measured.get("validation", -1.0) > state["best"]:
            state["best"], state["best_epoch"] = measured["validation"], state["epoch"]
            best = {"measured": measured, "network": learner.network.state_dict()}
            save({**learner.content(), "state": state, **best}, run.out / BEST)
        state["finished"] = learner.finished(state)
        save({**learner.content(), "state": state, **learner.state_dict()}, last)
        append_log(run.out / LOG, state, learner.step, measured)
        run.progress({"epoch": state["epoch"], "step": learner.step, **measured})
    return last


def read(path: Path, device: torch.device) -> dict[str, Any]:
    """Read a checkpoint: plain values and tensors, no code."""
    content: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return content


def save(content: dict[str, Any], path: Path) -> None:
    """Write a checkpoint, whole or not at all."""
    with written_whole(path) as part:
        torch.save(content, part)


def append_log(path: Path, state: State, step: int, measured: dict[str, float]) -> None:
    """Add an interval's line to a CSV log; the first line is a header."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        if new:
            log.writerow(["epoch", "step", "precision", *measured])
        figures = (f"{value:.5f}" for value in measured.values())
        log.writerow([state["epoch"], step, state["machine"]["precision"], *figures])
