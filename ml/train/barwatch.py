"""Training of the shipped network: its loss over an episode, its moving average, its learning rate."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ml.data.episodes import Episode, Episodes
from ml.machine.precision import autocast
from ml.models.barwatch import BarwatchNetwork
from ml.models.trunk import TrunkNetwork, load_imagenet, network_for
from ml.train.config import TrainConfig
from ml.train.loop import Learner, State
from ml.train.objective import losses, total

TrainingFiles = Sequence[Path] | Callable[[int], Sequence[Path]] | Path

LOG_EVERY = 50
"""Steps between two lines of the log, and two checkpoints."""


def progress(step: int, seconds: float, config: TrainConfig) -> float:
    """Return how much of a run is over, 0 to 1: of its steps or of its time, whichever is more."""
    of_steps = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    of_time = seconds / (60 * config.minutes) if config.minutes else 0.0
    return min(max(of_steps, of_time), 1.0)


def learning_rate(step: int, config: TrainConfig, seconds: float = 0.0) -> float:
    """Return a step's learning rate: a linear warm-up, then half a cosine down to a hundredth.

    Args:
        seconds: spent learning when the step ends.
    """
    part = max(0.0, progress(step, seconds, config))
    warm = min(1.0, (step + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    return config.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * part)))


def network_of(checkpoint: dict[str, Any]) -> BarwatchNetwork:
    """Return what a checkpoint of a training would ship: the moving average of its weights."""
    network = network_for(TrainConfig.from_dict(checkpoint["config"]).model)
    network.load_state_dict(checkpoint["average"])
    return network.eval()


def _groups(network: BarwatchNetwork, config: TrainConfig) -> list[dict[str, Any]]:
    """Return the optimiser's groups: matrices decay; a trunk learns at a share of the rate, or not at all."""
    trunk = list(network.pretrained.parameters()) if isinstance(network, TrunkNetwork) else []
    for parameter in trunk:
        parameter.requires_grad_(config.trunk_share > 0)
    own = [p for p in network.parameters() if not any(p is other for other in trunk)]
    groups = []
    for parameters, share in ((own, 1.0), (trunk if config.trunk_share else [], config.trunk_share)):
        for decay, wide in ((config.weight_decay, True), (0.0, False)):
            chosen = [p for p in parameters if (p.ndim > 1) == wide]
            if chosen:
                groups.append({"params": chosen, "weight_decay": decay, "share": share})
    return groups


class BarwatchLearner(Learner):
    """The shipped network in training.

    Args:
        files: rendered lifts (`ml.data.rendered`), at least one; what gives those of a round of the run; or a
            folder in which they arrive.
        workers: processes that load and augment the pictures; 0 for none.
        teacher: a trained network that this one shall agree with; it stays as it is.
        clock: seconds, for runs that end by time.
    """

    network: BarwatchNetwork

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        files: TrainingFiles = (),
        workers: int = 1,
        teacher: BarwatchNetwork | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.files, self.workers = config, device, files, workers
        self.step, self._round, self._clock = 0, 0, clock
        self.network = network_for(config.model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = deepcopy(self.network).eval()
        self.teacher = None if teacher is None else teacher.to(device).eval()
        self.optimiser = torch.optim.AdamW(
            _groups(self.network, config),
            lr=config.learning_rate,
            # One kernel for all tensors: on a GPU a step of this small network is mostly launches.
            fused=device.type == "cuda" or None,
        )
        self._episodes: Iterator[Episode] | None = None

    def start_from_imagenet(self) -> None:
        """Give the trunk, if there is one, its weights from ImageNet; FileNotFoundError if not installed."""
        load_imagenet(self.network)
        self.average.load_state_dict(self.network.state_dict())

    def start_from(self, weights: dict[str, Tensor]) -> list[str]:
        """Take another network's weights where name and shape agree; returns the names of those taken.

        What this network has and the other has not keeps its first values.
        """
        own = self.network.state_dict()
        taken = {name: w for name, w in weights.items() if name in own and own[name].shape == w.shape}
        self.network.load_state_dict({**own, **taken})
        self.average.load_state_dict(self.network.state_dict())
        return sorted(taken)

    def content(self) -> dict[str, Any]:
        """Return the configuration."""
        return {"config": self.config.as_dict()}

    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether the network is the same, and its trunk's share; the rest may change in a run."""
        other = TrainConfig.from_dict(saved["config"])
        same_share = not other.model.trunk or other.trunk_share == self.config.trunk_share
        return other.model == self.config.model and same_share

    def finished(self, state: State) -> bool:
        """Return whether all steps are done, or the time is over."""
        done = self.step >= self.config.steps
        return done or progress(self.step, state["seconds"], self.config) >= 1.0

    def learn(self, state: State) -> dict[str, float]:
        """Learn until the next multiple of `LOG_EVERY` steps, or the end; returns the means of the losses."""
        begun_s = self._clock() - state["seconds"]
        now = self.step * self.config.rounds // self.config.steps
        if self._episodes is None or now != self._round:
            self._round, self._episodes = now, None  # the processes that load end before their files go
            self._episodes = self._loaded()
        sums: dict[str, Tensor] = {}
        last = min((self.step // LOG_EVERY + 1) * LOG_EVERY, self.config.steps)
        count, took_s, spent_s = 0, 0.0, state["seconds"]
        while self.step < last and (count == 0 or progress(self.step, spent_s, self.config) < 1.0):
            # As annealed as it will be at its end: there may not be another one.
            for name, value in self.update(next(self._episodes), spent_s + took_s).items():
                sums[name] = sums[name] + value if name in sums else value
            count += 1
            before_s, spent_s = spent_s, self._clock() - begun_s
            took_s = spent_s - before_s
        return {name: float(value) / count for name, value in sums.items()}

    def update(self, episode: Episode, seconds: float = 0.0) -> dict[str, Tensor]:
        """Make one step of descent; returns the parts of the loss, which a GPU may still be computing.

        Args:
            seconds: spent learning when the step ends, for runs that end by time.
        """
        episode = episode.to(self.device)
        for group in self.optimiser.param_groups:
            group["lr"] = group.get("share", 1.0) * learning_rate(self.step, self.config, seconds)
        with autocast(self.device):
            parts = losses(self.network, episode, self.config, self.teacher)
        self.optimiser.zero_grad(set_to_none=True)
        total(parts, self.config).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.config.average_decay, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_([*self.average.parameters()], [*self.network.parameters()], 1 - decay)
        return {name: value.detach() for name, value in parts.items()}

    def state_dict(self) -> dict[str, Any]:
        """Return the network, its moving average (which is what ships), the optimiser and the step."""
        return {
            "step": self.step,
            "model": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.step = int(saved["step"])
        self.network.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])

    def _loaded(self) -> Iterator[Episode]:
        """Start to load episodes, from this step on."""
        config = self.config
        files = self.files(self._round) if callable(self.files) else self.files
        data = Episodes(files, config.batch_lifts, config.batch_passages, config.seed, self.step)
        loader = DataLoader(
            data,
            batch_size=None,
            num_workers=self.workers,
            prefetch_factor=4 if self.workers else None,
            # Not forked: a child would wait for OpenCV's threads, which a fork does not copy.
            multiprocessing_context="spawn" if self.workers else None,
            pin_memory=self.device.type == "cuda",
        )
        return iter(loader)
