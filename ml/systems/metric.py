"""Metric learning (papers 003 and 004): pictures of one class lie together in the embedding.

A class is a lift with its bar open, or closed. Which lift is this? The lift of the nearest known pictures
says. Open or closed? The nearer of the lift's own open and closed ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from ml.data.pictures import PictureSet
from ml.losses.am_softmax import AMSoftmax
from ml.losses.deviance import deviance_loss
from ml.losses.lossless_triplet import lossless_triplet_loss
from ml.losses.triplet import triplet_loss
from ml.miners.drawn import draw_triplets, wrong_neighbours
from ml.miners.triplets import Triplets, batch_all, batch_hard
from ml.models import resnet50, vgg16
from ml.models.metric import mildnet, triplet_resnet50
from ml.models.metric.abir import ABIR
from ml.models.metric.mildnet import MILDNet
from ml.models.metric.top_db_net import TopDBNet
from ml.models.metric.triplet_resnet50 import TripletResNet50
from ml.models.pretrained import load_trunk
from ml.systems.base import System, prepare_images
from ml.systems.recipe import AbirRecipe, Recipe, TripletRecipe

R = TypeVar("R", bound=Recipe)
EACH = 4
"""Pictures of a class in a batch."""


def classes(data: PictureSet) -> Tensor:
    """Return int64[N]: two classes a lift, the bar closed or open."""
    return 2 * data.lift + data.is_open.long()


class Metric(System[R]):
    """Batches of some pictures of some classes; judged by the nearest known picture."""

    by_gallery = True

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield batches of EACH pictures of as many classes as fit, as many pictures as there are."""
        labels = classes(data)
        rows = [(labels == label).nonzero()[:, 0] for label in torch.unique(labels)]
        wanted = max(2, self.recipe.batch // EACH)
        for _ in range(max(1, len(data) // self.recipe.batch)):
            chosen = torch.randperm(len(rows), generator=generator)[:wanted]
            yield torch.cat(
                [rows[c][torch.randperm(len(rows[c]), generator=generator)[:EACH]] for c in chosen.tolist()]
            )

    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """Return how much nearer the lift's nearest open picture is than its nearest closed one."""
        known, asked = self.all_outputs(gallery.images), self.all_outputs(data.images)
        out = torch.zeros(len(data))
        for lift in range(len(data.names)):
            rows = data.lift == lift
            nearest = [
                torch.cdist(asked[rows], known[(gallery.lift == lift) & (gallery.is_open == state)]).amin(1)
                for state in (False, True)
            ]
            out[rows] = nearest[0] - nearest[1]
        return out


class Abir(Metric[AbirRecipe]):
    """Nie et al. (paper 003): binomial deviance over all pairs of a batch."""

    def build(self) -> nn.Module:
        """Return the network, VGG16's convolutions with pretrained weights if given."""
        network = ABIR(self.recipe.se)
        if self.recipe.weights:
            load_trunk(network, Path(self.recipe.weights), vgg16.TRUNK)
        return network

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss over pairs."""
        del generator
        return deviance_loss(self.outputs(data.images[index]), classes(data)[index].to(self.device))


class Triplet(Metric[TripletRecipe]):
    """Srinivas Murthy's thesis (paper 004)."""

    def build(self) -> nn.Module:
        """Return MILDNet or the changed ResNet-50, and what the loss learns beside it."""
        recipe = self.recipe
        self._hard: dict[int, Tensor] = {}
        if recipe.network == "mildnet" and (recipe.pooling != "mean" or recipe.drop):
            raise ValueError("pooling and drop are options of network=resnet50")
        network: nn.Module
        trunk: tuple[str, ...]
        if recipe.network == "mildnet":
            network, width, trunk = MILDNet(), mildnet.DIMENSIONS, vgg16.TRUNK
        else:
            width = triplet_resnet50.DIMENSIONS  # of each stream
            network = (
                TopDBNet(recipe.pooling, recipe.drop) if recipe.drop else TripletResNet50(recipe.pooling)
            )
            trunk = resnet50.TRUNK if recipe.pooling == "mean" else resnet50.TRUNK_TO_MIDDLE
        if recipe.weights:  # the thesis also freezes the first ten layers; here everything learns
            load_trunk(network, Path(recipe.weights), trunk)
        if recipe.loss == "am-softmax":
            network.am_softmax = AMSoftmax(width, recipe.classes)
        return network

    def epoch_begins(self, epoch: int, data: PictureSet, generator: torch.Generator) -> None:
        """Mine hard negatives, offline, after the first round."""
        del generator
        if self.recipe.mining == "offline" and epoch >= self.recipe.hard_from:
            self._hard = wrong_neighbours(self.all_outputs(data.images), classes(data))

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield batches by class, or rows of triplets drawn before the epoch."""
        if self.recipe.mining != "offline" or self.recipe.loss == "am-softmax":
            yield from super().batches(data, generator)
            return
        drawn = draw_triplets(classes(data), len(data) // 3 + 1, generator, self._hard)
        for rows in torch.split(torch.stack(drawn, 1), max(1, self.recipe.batch // 3)):
            yield rows.t().flatten()  # anchors, positives, negatives

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the mean over the batch's triplets, or over its pictures; of three streams, their mean."""
        del generator
        labels = classes(data)[index].to(self.device)
        if not self.recipe.drop:
            return self._loss(self.outputs(data.images[index]), labels)
        x = prepare_images(data.images[index].to(self.device), self.recipe.side)
        streams = self.forward(x, cast("TopDBNet", self.network).streams)  # [3, N, D]
        return torch.stack([self._loss(one, labels) for one in streams]).mean()

    def _loss(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        if self.recipe.loss == "am-softmax":
            value: Tensor = self.network.am_softmax(embeddings, labels)  # type: ignore[operator]
            return value
        chosen = self._triplets(embeddings.detach(), labels)
        if self.recipe.loss == "lossless":
            return lossless_triplet_loss(embeddings, chosen, reduction="mean")
        return triplet_loss(embeddings, chosen, self.recipe.margin, reduction="active")

    def _triplets(self, embeddings: Tensor, labels: Tensor) -> Triplets:
        if self.recipe.mining == "offline":
            anchors, positives, negatives = torch.arange(len(labels), device=self.device).chunk(3)
            return anchors, positives, negatives
        if self.recipe.mining == "batch-all":
            return batch_all(embeddings, labels, self.recipe.margin)
        return batch_hard(embeddings, labels)
