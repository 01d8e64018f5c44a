"""Gradient descent of a system: optimiser, regularisation, random numbers."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from torch import Tensor, nn

from ml.data.pictures import PictureSet
from ml.systems.base import Trainable
from ml.systems.recipe import Recipe
from ml.train.adaptive import AdaptiveL2, constant_l2
from ml.train.episodic import episodic_loss

MOMENTUM = 0.9


class Descent:
    """A system in training, with its regularisation, optimiser, random numbers and step.

    Args:
        system: its network is moved to the device.
    """

    def __init__(self, system: Trainable[Any], device: torch.device) -> None:
        self.system, self.device = system, device
        system.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        # Batches are of one size, but for those that episodes part.
        torch.backends.cudnn.benchmark = device.type == "cuda" and not system.recipe.episodic
        self.penalty = _Penalty(system)
        self.optimiser = _optimiser(system.recipe, system, self.penalty)
        self.rng = torch.Generator().manual_seed(system.recipe.seed)
        self.step = 0
        self.factors: list[Tensor] = []  # learnt ones after each epoch, float32[groups] in 0..l2_factor
        self._left: list[Tensor] = []
        self._losses: list[float] = []

    @property
    def under_way(self) -> bool:
        """Whether an epoch was begun and is not over."""
        return bool(self._left)

    def learn(self, data: PictureSet, epoch: int, seconds: float = math.inf) -> float | None:
        """Learn from an epoch's batches, or from as many of those that are left as the time allows.

        The epoch's batches are drawn at its beginning and are part of `state_dict`, so that an epoch that is
        interrupted goes on as if it had not been.

        Args:
            epoch: its number, from 0.
            seconds: after which it returns, at least one batch later.

        Returns:
            the epoch's mean loss, or None if batches are left.
        """
        if not self._left:
            self.system.epoch_begins(epoch, data, self.rng)
            self._left, self._losses = list(self.system.batches(data, self.rng)), []
        self.system.begin_learning()
        until = time.monotonic() + seconds
        while self._left:
            self._losses.append(self._learn(data, self._left[0]))
            del self._left[0]
            if time.monotonic() >= until and self._left:
                return None
        if self.penalty.adaptive is not None:
            self.factors.append(self.penalty.adaptive.factors().detach().cpu().clone())
        return sum(self._losses) / max(1, len(self._losses))

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a resumed run needs."""
        return {
            "network": self.system.network.state_dict(),
            "penalty": self.penalty.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.get_state(),
            "dropout": torch.get_rng_state(),
            "dropout_on_gpu": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
            "system": self.system.state_dict(),
            "step": self.step,
            "factors": self.factors,
            "left": self._left,
            "losses": self._losses,
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.system.network.load_state_dict(saved["network"])
        self.penalty.load_state_dict(saved["penalty"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.rng.set_state(saved["rng"].cpu())
        if "system" in saved:  # older checkpoints have none
            torch.set_rng_state(saved["dropout"].cpu())
            if self.device.type == "cuda" and saved.get("dropout_on_gpu") is not None:  # nor has a CPU's
                torch.cuda.set_rng_state(saved["dropout_on_gpu"].cpu(), self.device)
            self.system.load_state_dict(saved["system"])
        self.step = saved["step"]
        self.factors = [factors.cpu() for factors in saved.get("factors", ())]
        self._left = [index.cpu() for index in saved.get("left", [])]  # older checkpoints have none
        self._losses = list(saved.get("losses", []))

    def _learn(self, data: PictureSet, index: Tensor) -> float:
        system, recipe = self.system, self.system.recipe
        for group in self.optimiser.param_groups:
            group["lr"] = system.learning_rate(self.step) * group.get("share", 1.0)
        loss = episodic_loss(system, data, index, self.rng) if recipe.episodic else None
        loss = system.loss(data, index, self.rng) if loss is None else loss
        added = self.penalty()
        self.optimiser.zero_grad(set_to_none=True)
        (loss if added is None else loss + added).backward()
        learning = {id(parameter) for parameter in system.learning(self.step)}
        for parameter in system.network.parameters():
            if id(parameter) not in learning:
                parameter.grad = None  # the optimiser skips parameters without a gradient
        if recipe.clip_norm:
            nn.utils.clip_grad_norm_(system.network.parameters(), recipe.clip_norm)
        self.optimiser.step()
        self.step += 1
        return float(loss.detach())


class _Penalty(nn.Module):
    """The recipe's L2 regularisation."""

    def __init__(self, system: Trainable[Any]) -> None:
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


def _optimiser(recipe: Recipe, system: Trainable[Any], penalty: _Penalty) -> torch.optim.Optimizer:
    learnt: list[dict[str, Any]] = [{"params": part, "share": share} for part, share in system.shares()]
    if factors := list(penalty.parameters()):  # decay would pull factors back to half of the amplitude
        learnt.append({"params": factors, "weight_decay": 0.0})
    if recipe.optimiser == "adam":
        return torch.optim.Adam(learnt, recipe.learning_rate, weight_decay=recipe.weight_decay)
    return torch.optim.SGD(
        learnt, recipe.learning_rate, MOMENTUM, weight_decay=recipe.weight_decay, nesterov=True
    )
