"""What training needs of a system, and what judging bars needs besides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.data.pictures import PictureSet
from ml.machine.precision import autocast
from ml.models.paper import prepare
from ml.systems.recipe import Recipe

R = TypeVar("R", bound=Recipe)


class Trainable(ABC, Generic[R]):
    """A network with its loss.

    recipe: how it is trained. network: the weights; on the CPU until it is moved. rounds: after how many the
    training is over; each ends when validation is no better for a while. round: which is under way, from 1.
    """

    rounds = 1
    round = 1

    def __init__(self, recipe: R) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.network = self.build()

    @abstractmethod
    def build(self) -> nn.Module:
        """Return the network before training."""

    @abstractmethod
    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss float[] of the pictures at int64[B]; generator: for what is drawn."""

    @abstractmethod
    def validation(self, data: PictureSet, gallery: PictureSet) -> float:
        """Return the figure 0..1 that decides when training ends and which weights are kept.

        gallery: training pictures of the same lifts, for systems that judge by known ones.
        """

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield an epoch's batches, int64[B] each: every picture once, shuffled."""
        order = torch.randperm(len(data), generator=generator)
        yield from torch.split(order, self.recipe.batch)

    def learning(self, step: int) -> list[nn.Parameter]:
        """Return what learns at a step; all of it unless training takes turns."""
        del step
        return list(self.network.parameters())

    def begin_learning(self) -> None:
        """Let the network learn; a normalisation whose weights stay as they came keeps its statistics too."""
        self.network.train()
        for module in self.network.modules():
            if isinstance(module, nn.BatchNorm2d) and not module.weight.requires_grad:
                module.eval()

    def shares(self) -> list[tuple[list[nn.Parameter], float]]:
        """Return the network's parameters in groups, each with its share of the learning rate."""
        return [(list(self.network.parameters()), 1.0)]

    def epoch_begins(self, epoch: int, data: PictureSet, generator: torch.Generator) -> None:
        """Prepare for an epoch, numbered from 0."""

    def learning_rate(self, step: int) -> float:
        """Return the rate at a step of the epoch under way."""
        return self.recipe.learning_rate / (1 + self.recipe.decay * step)

    def next_round(self, data: PictureSet) -> None:
        """Begin the next of several rounds; data: the training pictures."""
        del data
        self.round += 1

    def measured(self) -> dict[str, float]:
        """Return what the epoch's steps showed beside their loss, by name."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed training needs of it beside its weights."""
        return {"round": self.round}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.round = saved["round"]

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def outputs(self, images: Tensor) -> Tensor:
        """Return float32[N, D] for uint8 pictures [N, 200, 200, 3] or masks [N, 200, 200], with gradient."""
        return self.forward(self.prepared(images))

    def prepared(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] pictures or uint8[N, 200, 200] masks to float[N, 3, side, side].

        In -2.5..2.5, or of a recipe with grey pixels in -127.5..127.5, for all networks alike. Pretrained
        weights expect another normalisation (ImageNet's means and spreads); training adapts them to this
        one within the first epochs.
        """
        images, side = images.to(self.device), self.recipe.side
        x = prepare(images) if self.recipe.pixels == "standard" else prepare(images, spread=1 / 255)
        return x if side == x.shape[-1] else F.interpolate(x, (side, side), mode="bilinear", antialias=True)

    def forward(self, x: Tensor, by: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """Return float32[N, D] for prepared pictures, computed inside in what `ml.machine.precision` says.

        by: what of the network computes it, if not the whole.
        """
        x = x.contiguous(memory_format=torch.channels_last)
        with autocast(self.device, native=self.recipe.precision == "native"):
            return (by or self.network)(x).float()

    @torch.inference_mode()
    def all_outputs(self, images: Tensor, batch: int = 64) -> Tensor:
        """Return `outputs` of any number of pictures or masks, on the CPU, without gradient."""
        was = self.network.training
        self.network.eval()
        try:
            return torch.cat([self.outputs(part).cpu() for part in torch.split(images, batch)])
        finally:
            self.network.train(was)


class System(Trainable[R]):
    """A system that tells open bars from closed ones; by_gallery: by pictures whose state is known."""

    by_gallery = False

    @abstractmethod
    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """Return float[N], above 0 for open.

        gallery: pictures whose state is known, of the same lifts in the same order; some need none.
        """

    def accuracy(self, data: PictureSet, gallery: PictureSet) -> float:
        """Return the share of pictures whose state is called correctly, 0..1."""
        return float(((self.scores(data, gallery) > 0) == data.is_open).float().mean())

    def validation(self, data: PictureSet, gallery: PictureSet) -> float:
        """Return the accuracy."""
        return self.accuracy(data, gallery)
