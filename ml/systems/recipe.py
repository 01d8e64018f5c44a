"""Recipes: how each system is trained; a frozen object saved in every checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Regularisation = Literal["none", "constant", "adaptive"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What every system has.

    learning_rate, batch (pictures a step), epochs (at most), patience (epochs without a better validation
    accuracy after which it ends). optimiser: `sgd` with Nesterov momentum 0.9, or `adam`. clip_norm: largest
    norm of a step's gradient. l2: no L2 regularisation, one constant factor, or factors that are learnt
    (`ml.train.adaptive`); l2_factor: the constant one, or the amplitude of those. side: of the pictures, in
    pixels; 200 but in reduced runs. weights: file of pretrained weights, for networks with torchvision's
    names. threads: of the CPU, 0 where not known; sums come out the same only with as many. episodic: each
    step also asks what it does for lifts that it did not learn from (`ml.train.episodic`). validated: how
    many pictures are judged after each epoch, evenly of all, by twice as many known ones where known ones
    are what it judges by; 0 for all.
    """

    seed: int = 0
    learning_rate: float = 3e-2
    decay: float = 1e-8
    optimiser: Literal["sgd", "adam"] = "sgd"
    batch: int = 32
    epochs: int = 1000
    patience: int = 5
    clip_norm: float = 1.0
    l2: Regularisation = "none"
    l2_factor: float = 0.005
    side: int = 200
    weights: str = ""
    threads: int = 0
    episodic: bool = False
    validated: int = 0


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(Recipe):
    """Open or closed by two logits; network: the paper's own, or one of the two that it is compared with."""

    network: Literal["paper", "vgg16", "resnet50"] = "paper"


@dataclass(frozen=True, kw_only=True)
class SiameseRecipe(Recipe):
    """Pictures and masks in one space (paper 000)."""


@dataclass(frozen=True, kw_only=True)
class GetNetRecipe(Recipe):
    """Pictures and masks behind a spatial transformer (paper 001).

    transformer: how many parameters it has, 0 for none. displaced: of the frame's side, how far a picture may
    lie off its place, on each axis; and between 1 - displaced and 1 + displaced times its size.
    """

    transformer: Literal[0, 3, 6] = 3
    displaced: float = 0.25


@dataclass(frozen=True, kw_only=True)
class AbirRecipe(Recipe):
    """Attention over three depths of VGG16 (paper 003); se: with squeeze-and-excitation."""

    se: bool = True


@dataclass(frozen=True, kw_only=True)
class TripletRecipe(Recipe):
    """Triplets (paper 004).

    network: whose embeddings. loss: which; am-softmax takes no triplets, but a vector for each of so many
    classes (two a lift). mining: all triplets of a batch that cost something, the hardest of each anchor
    (from random weights they pull all embeddings together), or triplets drawn before each epoch (at random
    first, 30 % hard ones after `hard_from` epochs). margin: of the triplet loss, in squared distance.
    pooling, of resnet50: the means of the last stage's maps, or local attention over those of the third
    (GLAP). drop, of resnet50: share of its maps' stripes without which a second stream learns (Top
    DropBlock); 0 for no such stream.
    """

    network: Literal["mildnet", "resnet50"] = "mildnet"
    loss: Literal["triplet", "lossless", "am-softmax"] = "triplet"
    mining: Literal["batch-all", "batch-hard", "offline"] = "offline"
    margin: float = 0.2
    hard_from: int = 3
    classes: int = 40
    pooling: Literal["mean", "glap"] = "mean"
    drop: float = 0.0
