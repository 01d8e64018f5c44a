"""Retrieval (papers 003 and 004): pictures of one identity lie together in the embedding.

An identity is a passage, seen by three cameras: begin, middle and end (`ml.retrieval.identities`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from ml.data.pictures import PictureSet
from ml.losses.am_softmax import AMSoftmax
from ml.losses.deviance import deviance_loss
from ml.losses.lossless_triplet import lossless_triplet_loss
from ml.losses.triplet import triplet_loss
from ml.miners.drawn import draw_triplets, wrong_neighbours
from ml.miners.triplets import Triplets, batch_all, batch_hard, count_kinds, every_triplet
from ml.models import resnet50, vgg16
from ml.models.metric import mildnet, triplet_resnet50
from ml.models.metric.abir import ABIR
from ml.models.metric.mildnet import MILDNet
from ml.models.metric.top_db_net import TopDBNet
from ml.models.metric.triplet_resnet50 import TripletResNet50
from ml.models.pretrained import load_trunk
from ml.retrieval.identities import Identities
from ml.retrieval.protocol import mean_average_precision
from ml.systems.base import Trainable
from ml.systems.inputs import inputs
from ml.systems.recipe import AbirRecipe, MetricRecipe, TripletRecipe

R = TypeVar("R", bound=MetricRecipe)


class Metric(Trainable[R]):
    """Batches of some pictures of some identities; judged by mean average precision on others."""

    epoch = 0

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield batches of `each` pictures of as many identities as fit: P and K of section 3.2.3 of 004."""
        recipe, labels = self.recipe, of(data).identity
        rows = [(labels == label).nonzero()[:, 0] for label in torch.unique(labels)]
        wanted = max(2, recipe.batch // recipe.each)
        for _ in range(max(1, self.epoch_pictures(data) // recipe.batch)):
            chosen = [rows[c] for c in torch.randperm(len(rows), generator=generator)[:wanted].tolist()]
            yield torch.cat(
                [own[torch.randperm(len(own), generator=generator)[: recipe.each]] for own in chosen]
            )

    def epoch_pictures(self, data: PictureSet) -> int:
        """Return how many pictures, or drawn anchors, an epoch has."""
        return self.recipe.epoch_pictures or len(data)

    def learning_rate(self, step: int) -> float:
        """Return the rate after its falls."""
        recipe = self.recipe
        done = step if recipe.fall_by == "step" else self.epoch
        return recipe.learning_rate * recipe.fall ** (done // recipe.fall_every if recipe.fall_every else 0)

    def epoch_begins(self, epoch: int, data: PictureSet, generator: torch.Generator) -> None:
        """Note the epoch, by which the rate falls."""
        del data, generator
        self.epoch = epoch

    def learnt(
        self,
        data: PictureSet,
        index: Tensor,
        generator: torch.Generator,
        by: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Return `forward` of the pictures at int64[B], disguised as the recipe says."""
        return self.forward(inputs(data.images[index].to(self.device), self.recipe, generator), by)

    def outputs(self, images: Tensor) -> Tensor:
        """Return float32[N, D] of uint8[N, 200, 200, 3], as they are judged."""
        return self.forward(inputs(images.to(self.device), self.recipe, None))

    def validation(self, data: PictureSet, gallery: PictureSet) -> float:
        """Return mean average precision, which says more of so few queries than Rank-1."""
        del gallery
        return mean_average_precision(self.all_outputs(data.images), of(data))

    def freeze(self, first_ten: tuple[str, ...]) -> None:
        """Let weights whose names begin so stay as they are, where the recipe says so."""
        for name, parameter in self.network.named_parameters():
            if self.recipe.frozen and name.startswith(first_ten):
                parameter.requires_grad = False

    def state_dict(self) -> dict[str, Any]:
        """Return the epoch too."""
        return {**super().state_dict(), "epoch": self.epoch}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore the epoch too."""
        super().load_state_dict(saved)
        self.epoch = saved["epoch"]


def of(data: PictureSet) -> Identities:
    """Return pictures that say which carrier each is of; others are the caller's mistake."""
    if not isinstance(data, Identities):
        raise TypeError(f"expected Identities, got {type(data).__name__}")
    return data


class Abir(Metric[AbirRecipe]):
    """Nie et al. (paper 003): binomial deviance over all pairs of a batch."""

    def build(self) -> nn.Module:
        """Return the network, VGG16's convolutions with pretrained weights if given."""
        self.network = ABIR(self.recipe.attention)
        if self.recipe.weights:
            load_trunk(self.network, Path(self.recipe.weights), vgg16.TRUNK)
        self.freeze(vgg16.FIRST_TEN)
        return self.network

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss over pairs."""
        embeddings = self.learnt(data, index, generator)
        return deviance_loss(embeddings, of(data).identity[index].to(self.device))


class Triplet(Metric[TripletRecipe]):
    """Srinivas Murthy's thesis (paper 004)."""

    def build(self) -> nn.Module:
        """Return MILDNet or the changed ResNet-50, and what the loss learns beside it."""
        recipe = self.recipe
        self._hard: dict[int, Tensor] = {}
        self._kinds = torch.zeros(3, dtype=torch.int64)
        self.rounds = 2 if self.drawn and recipe.hard_round else 1
        if recipe.network == "mildnet" and (recipe.pooling != "mean" or recipe.drop):
            raise ValueError("pooling and drop are options of network=resnet50")
        if self.drawn and recipe.episodic:  # which parts a batch by lifts: anchors would lose their negatives
            raise ValueError("episodic needs batches by identity: mining=batch-all or batch-hard")
        trunk: tuple[str, ...]
        if recipe.network == "mildnet":
            self.network, width, trunk = MILDNet(), mildnet.DIMENSIONS, vgg16.TRUNK
        else:
            width = triplet_resnet50.DIMENSIONS  # of each stream
            self.network = (
                TopDBNet(recipe.pooling, recipe.drop) if recipe.drop else TripletResNet50(recipe.pooling)
            )
            trunk = resnet50.TRUNK if recipe.pooling == "mean" else resnet50.TRUNK_TO_MIDDLE
        if recipe.weights:
            load_trunk(self.network, Path(recipe.weights), trunk)
        self.freeze(vgg16.FIRST_TEN if recipe.network == "mildnet" else resnet50.FIRST_TEN)
        if recipe.loss == "am-softmax":
            self.network.am_softmax = AMSoftmax(width, recipe.classes)
        return self.network

    @property
    def drawn(self) -> bool:
        """Whether triplets are drawn before the epoch."""
        return self.recipe.mining == "offline" and self.recipe.loss != "am-softmax"

    def next_round(self, data: PictureSet) -> None:
        """Mine hard negatives with the first round's network, once, for the second (section 4.2.3)."""
        super().next_round(data)
        self._hard = wrong_neighbours(self.all_outputs(data.images), of(data).identity)

    def batches(self, data: PictureSet, generator: torch.Generator) -> Iterator[Tensor]:
        """Yield batches by identity, or rows of triplets drawn before the epoch, `batch` triplets each."""
        if not self.drawn:
            yield from super().batches(data, generator)
            return
        told = of(data)
        count = self.epoch_pictures(data)
        drawn = draw_triplets(told.identity, count, generator, self._hard, told.camera)
        for rows in torch.split(torch.stack(drawn, 1), self.recipe.batch):
            yield rows.t().flatten()  # anchors, positives, negatives

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the mean over the batch's triplets, or over its pictures; of three streams, their mean."""
        labels = of(data).identity[index].to(self.device)
        if not self.recipe.drop:
            return self._loss(self.learnt(data, index, generator), labels)
        streams = self.learnt(data, index, generator, cast("TopDBNet", self.network).streams)
        return torch.stack([self._loss(one, labels) for one in streams]).mean()  # of [3, N, D]

    def measured(self) -> dict[str, float]:
        """Return the shares of hard and of semi-hard triplets among the epoch's, before each was learnt."""
        if self.recipe.loss == "am-softmax":
            return {}
        count, hard, semi = self._kinds.tolist()
        self._kinds.zero_()
        return {"hard": hard / max(1, count), "semi_hard": semi / max(1, count)}

    def state_dict(self) -> dict[str, Any]:
        """Return what was mined and counted too."""
        return {**super().state_dict(), "hard": self._hard, "kinds": self._kinds}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what was mined and counted too."""
        super().load_state_dict(saved)
        self._hard = {label: rows.cpu() for label, rows in saved["hard"].items()}
        self._kinds = saved["kinds"].cpu()

    def _loss(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        if self.recipe.loss == "am-softmax":
            value: Tensor = self.network.am_softmax(embeddings, labels)  # type: ignore[operator]
            return value
        chosen = self._triplets(embeddings.detach(), labels)
        seen = chosen if self.drawn else every_triplet(labels)
        self._kinds += count_kinds(embeddings.detach(), seen, self.recipe.margin)
        if self.recipe.loss == "lossless":
            return lossless_triplet_loss(embeddings, chosen, reduction="mean")
        return triplet_loss(embeddings, chosen, self.recipe.margin, reduction="active")

    def _triplets(self, embeddings: Tensor, labels: Tensor) -> Triplets:
        if self.drawn:
            anchors, positives, negatives = torch.arange(len(labels), device=self.device).chunk(3)
            return anchors, positives, negatives
        if self.recipe.mining == "batch-all":
            return batch_all(embeddings, labels, self.recipe.margin)
        return batch_hard(embeddings, labels)
