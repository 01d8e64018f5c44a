"""Recipes: how each system is trained; a frozen object saved in every checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Regularisation = Literal["none", "constant", "adaptive"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The settings that every system has.

    learning_rate, decay (by which it falls: learning_rate / (1 + decay * step), but for networks that find
    carriers again), batch (pictures a step), epochs (at most), patience (epochs without a better validation
    figure after which it ends). optimiser: `sgd` with Nesterov momentum 0.9, or `adam`. weight_decay:
    what it adds to each gradient, times its weight. clip_norm: largest norm of a step's gradient, 0 for
    any. precision: what a forward pass is computed in: `native` is bfloat16 where the machine has it
    (`ml.machine.precision`). l2: no L2 regularisation, one constant factor, or factors that are learnt
    (`ml.train.adaptive`); l2_factor: the constant one, or the amplitude of those. side: of the pictures,
    in pixels; 200 but in reduced runs. weights: file of pretrained weights, for networks with
    torchvision's names. threads: of the CPU, 0 if not known; sums are reproducible only with the same
    number. episodic: each step also measures its effect on lifts that it did not learn from
    (`ml.train.episodic`). validated: number of pictures judged after each epoch, evenly spaced; a system
    that judges by known pictures gets twice as many of those; 0 for all. faces: of the riders in the
    training pictures, as they are or blurred (`ml.data.faces`). pixels: what a network sees of a picture,
    `standard` values about one, or `grey` levels about their mean, -127.5 to 127.5; the loss of a network
    without normalisation falls as many times faster.
    """

    seed: int = 0
    learning_rate: float = 3e-2
    decay: float = 1e-8
    weight_decay: float = 0.0
    optimiser: Literal["sgd", "adam"] = "sgd"
    batch: int = 32
    epochs: int = 1000
    patience: int = 5
    clip_norm: float = 1.0
    precision: Literal["native", "float32"] = "native"
    l2: Regularisation = "none"
    l2_factor: float = 0.005
    side: int = 200
    weights: str = ""
    threads: int = 0
    episodic: bool = False
    validated: int = 0
    faces: Literal["seen", "blurred"] = "seen"
    pixels: Literal["standard", "grey"] = "standard"


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(Recipe):
    """Open or closed by two numbers.

    network: the paper's own, one of the two that it is compared with, or EfficientNet-Lite0. loss: of two
    logits, closed and open; or of two labels, somebody sits there and open, each by its cross entropy, or by
    a focal loss for rare states (`ml.losses.focal`).
    """

    network: Literal["paper", "vgg16", "resnet50", "efficientnet-lite0"] = "paper"
    loss: Literal["cross-entropy", "multi-label", "focal"] = "cross-entropy"


@dataclass(frozen=True, kw_only=True)
class SiameseRecipe(Recipe):
    """Pictures and masks in one space (paper 000)."""


@dataclass(frozen=True, kw_only=True)
class GetNetRecipe(Recipe):
    """Pictures and masks behind a spatial transformer (paper 001).

    transformer: how many parameters it has, 0 for none. scale: its s at the start, of which 2 parameters
    leave it. transformer_rate: its learning rate, as a fraction of the rest's. turn: steps in which
    everything learns, followed by as many in which the transformer learns alone. displaced: largest shift of
    a picture on each axis, as a fraction of the frame's side; its size is scaled by 1 - displaced to 1 +
    displaced.
    """

    transformer: Literal[0, 2, 3, 6] = 2
    scale: float = 0.6
    transformer_rate: float = 0.3
    turn: int = 21
    displaced: float = 0.25


@dataclass(frozen=True, kw_only=True)
class MetricRecipe(Recipe):
    """Pictures of one carrier near to each other, for retrieval.

    width: of the pictures in pixels beside `side`, their height; 0 for squares. disguise: what random change
    a picture gets before it is learnt from, and scale: mean and spread, ours or ImageNet's
    (`ml.systems.inputs`). fall: factor of the learning rate after every fall_every steps or epochs; 0 for
    never. each: pictures of an identity in a batch. epoch_pictures: after how many pictures an epoch ends, 0
    for as many as there are. frozen: whether the first ten layers stay as they came, counted as Keras counts.
    """

    width: int = 0
    disguise: Literal["none", "crop", "move"] = "none"
    scale: Literal["ours", "imagenet"] = "ours"
    fall: float = 1.0
    fall_every: int = 0
    fall_by: Literal["step", "epoch"] = "epoch"
    each: int = 4
    epoch_pictures: int = 0
    frozen: bool = False


@dataclass(frozen=True, kw_only=True)
class AbirRecipe(MetricRecipe):
    """Attention over three depths of VGG16 (paper 003).

    attention: with squeeze-and-excitation, without, or none at all: the paper's "Our Baseline".
    """

    attention: Literal["none", "plain", "se"] = "se"


@dataclass(frozen=True, kw_only=True)
class TripletRecipe(MetricRecipe):
    """Triplets (paper 004).

    network: the embedder. loss: am-softmax takes no triplets, but a vector for each of `classes` identities.
    mining: all triplets of a batch with a loss above 0, the hardest of each anchor, or triplets drawn before
    each epoch; then `batch` counts triplets. hard_round: whether drawn triplets have a second round, 30 % of
    them with a hard negative, once the first has converged (section 4.2.3). margin: of the triplet loss, in
    squared distance.
    pooling, of resnet50: the means of the last stage's maps, or local attention over those of the third
    (GLAP). drop, of resnet50: share of its maps' stripes that the second of three streams learns without
    (Top-DB-Net, `ml.models.metric.top_db_net`); 0 for one stream.
    """

    network: Literal["mildnet", "resnet50"] = "mildnet"
    loss: Literal["triplet", "lossless", "am-softmax"] = "triplet"
    mining: Literal["batch-all", "batch-hard", "offline"] = "offline"
    hard_round: bool = True
    margin: float = 0.2
    classes: int = 760
    pooling: Literal["mean", "glap"] = "mean"
    drop: float = 0.0
