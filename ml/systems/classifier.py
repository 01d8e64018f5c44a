"""Two logits, open and closed, trained on pictures of the lifts themselves: paper 000's baselines."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.data.pictures import PictureSet
from ml.losses.focal import focal_loss
from ml.models.efficientnet import EfficientNetLite0
from ml.models.paper import PaperNetwork
from ml.models.pretrained import load_pretrained, load_trunk
from ml.models.resnet50 import ResNet50
from ml.models.vgg16 import TRUNK, VGG16
from ml.systems.base import System
from ml.systems.recipe import ClassifierRecipe


class Classifier(System[ClassifierRecipe]):
    """Alqasir, Muselet and Ducottet (VISAPP 2020): simple classifier (4.3), VGG16 and ResNet-50 (4.4.2)."""

    def build(self) -> nn.Module:
        """Return the network with two outputs."""
        network: nn.Module
        match self.recipe.network:
            case "paper":
                network = PaperNetwork(self.recipe.side)
            case "vgg16":
                network = VGG16(2)
            case "resnet50":
                network = ResNet50(2)
            case "efficientnet-lite0":
                network = EfficientNetLite0(2)
        if self.recipe.weights and isinstance(network, VGG16):
            load_trunk(network, Path(self.recipe.weights), TRUNK)
        elif self.recipe.weights:
            load_pretrained(network, Path(self.recipe.weights))
        return network

    def loss(self, data: PictureSet, index: Tensor, generator: torch.Generator) -> Tensor:
        """Return the cross entropy of closed and open, or the loss of two labels."""
        del generator
        outputs = self.outputs(data.images[index])
        if self.recipe.loss == "cross-entropy":
            return F.cross_entropy(outputs, data.is_open[index].long().to(self.device))
        every = torch.stack([data.occupied, data.is_open], 1).float().to(self.device)
        labels = every[index.to(self.device)]
        if self.recipe.loss == "multi-label":
            return F.binary_cross_entropy_with_logits(outputs, labels)
        return focal_loss(outputs, labels, every.mean(0))

    def scores(self, data: PictureSet, gallery: PictureSet) -> Tensor:
        """Return the logits' difference; of two labels the logit of open, the second."""
        del gallery
        outputs = self.all_outputs(data.images)
        return outputs[:, 1] - (outputs[:, 0] if self.recipe.loss == "cross-entropy" else 0.0)
