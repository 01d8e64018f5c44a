"""Which runs answer which question of the papers: rows that are trained alike but for what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ml.papers.comparison.orderings import FOUND, JUDGED, Ordering
from ml.systems.named import RECIPES, SMOKE_SIDE, preset_words, with_changes
from ml.systems.recipe import Recipe

WEIGHTS = "runs/weights"
"""Where `barwatch convert` puts pretrained weights."""

LARGE = ("side=64",)
"""How large networks are reduced for two processor cores; the row says so."""


@dataclass(frozen=True)
class TrainedRow:
    """One row of a plan.

    name: of its result; none that `barwatch reproduce` makes. system: what is trained. words: changes of its
    recipe, such as drop=0.3. reduced: further ones that a sitting on two cores needs, and `--preset paper`
    does without. run: name of the training, where several rows judge one. blurred: judged on pictures with
    faces blurred. weights: file in WEIGHTS.
    """

    name: str
    system: str
    words: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()
    run: str = ""
    blurred: bool = False
    weights: str = ""

    @property
    def training(self) -> str:
        """Name of its training."""
        return self.run or self.name

    def recipe(self, preset: str, seed: int, threads: int) -> Recipe:
        """Return how it is trained. Early stopping ends it: no preset has a budget, but smoke."""
        literal = preset.startswith("paper")
        words = [*(preset_words(self.system, preset) if literal else self.reduced), *self.words]
        words += [f"weights={WEIGHTS}/{self.weights}"] if self.weights else []
        return with_changes(RECIPES[self.system], [*words, f"seed={seed}", f"threads={threads}"])


@dataclass(frozen=True)
class Plan:
    """Rows, and which of them a paper says is better.

    preset: of `barwatch ablate`, by which it is what its title says.
    """

    title: str
    rows: tuple[TrainedRow, ...]
    orderings: tuple[Ordering, ...] = ()
    preset: Literal["small", "paper"] = "small"


_ALL = ("mining=batch-all",)
_FROM_RANDOM = {
    "triplet-mildnet": ("frozen=false",),
    "triplet-resnet50": ("frozen=false",),
    "adaptive-l2": _ALL,
}
"""What literal recipes (--preset paper) cannot have without ImageNet's weights: layers that stay as they
came, and a batch's hardest triplets, which draw all embeddings of an untrained network into one point."""

_DEEP = ("clip_norm=1.0", "optimiser=adam", "learning_rate=1e-4")
"""By which paper 000's deep networks learn from random weights; by plain descent they do not begin."""

_BASE = TrainedRow("l2-none", "adaptive-l2", ("l2=none", *_ALL), LARGE)
_HALF = ("side=100",)
_LABELS = TrainedRow("labels-none", "classifier", (), _HALF)
_FACES = TrainedRow("faces-blurred", "classifier", ("faces=blurred",), _HALF)

_RANDOM, _LOSSLESS = ("frozen=false", "each=8"), ("loss=lossless",)


def _again(name: str, system: str, *words: str, weights: str = "") -> TrainedRow:
    """Return a row of what finds carriers again, as `barwatch reproduce` has it, but at full size."""
    return TrainedRow(f"again-{name}", system, words, LARGE, weights=weights)


PLANS: dict[str, Plan] = {
    "adaptive-l2": Plan(
        "adaptive L2 on ResNet-50 with triplets (002)",
        (
            TrainedRow("l2-adaptive", "adaptive-l2", _ALL, LARGE),
            TrainedRow("l2-constant", "adaptive-l2", ("l2=constant", "l2_factor=0.0025", *_ALL), LARGE),
            _BASE,
        ),
        (
            Ordering("adaptive over constant L2, ResNet-50 (002)", "l2-adaptive", "l2-constant", FOUND),
            Ordering("adaptive L2 over none, ResNet-50", "l2-adaptive", "l2-none", FOUND),
        ),
    ),
    "top-dropblock": Plan(
        "Top-DB-Net's three streams over one (002's list)",
        (_BASE, TrainedRow("top-db-net", "adaptive-l2", ("l2=none", "drop=0.3", *_ALL), LARGE)),
        (Ordering("Top-DB-Net over one stream (002's list)", "top-db-net", "l2-none", FOUND),),
    ),
    "focal": Plan(
        "multi-label contrastive focal loss for rare states (002's list)",
        (
            _LABELS,
            TrainedRow("labels-both", "classifier", ("loss=multi-label",), _HALF),
            TrainedRow("labels-focal", "classifier", ("loss=focal",), _HALF),
        ),
        (
            Ordering(
                "focal over plain loss of two labels (002's list)",
                "labels-focal",
                "labels-both",
                ("seen", "rare"),
            ),
            Ordering("two labels over one", "labels-both", "labels-none", ("seen", "rare")),
        ),
    ),
    "faces": Plan(
        "accuracy with faces blurred, in training and after it (002's list)",
        (
            _LABELS,
            TrainedRow("labels-none-blurred", "classifier", (), _HALF, run="labels-none", blurred=True),
            _FACES,
            TrainedRow(
                "faces-blurred-blurred", "classifier", _FACES.words, _HALF, run=_FACES.name, blurred=True
            ),
        ),
        (
            Ordering(
                "blurred faces cost accuracy (002's list)", "labels-none", "labels-none-blurred", JUDGED
            ),
            Ordering(
                "training on blurred faces gains it back (002's list)",
                "faces-blurred-blurred",
                "labels-none-blurred",
                JUDGED,
            ),
        ),
    ),
    "pretrained": Plan(
        "pretrained weights over random ones",
        tuple(
            TrainedRow(
                f"start-{name}{kind}", name, words, LARGE, weights=file if kind == "-pretrained" else ""
            )
            for name, words, file in (
                ("efficientnet-lite0", (), "efficientnet-lite0.pt"),
                ("vgg16", _DEEP, "vgg16.pt"),
                ("abir", ("scale=ours",), "vgg16.pt"),  # what `barwatch convert` brought them to
            )
            for kind in ("-pretrained", "-random")
        ),
        tuple(
            Ordering(
                f"pretrained over random weights, {name}",
                f"start-{name}-pretrained",
                f"start-{name}-random",
                what,
            )
            for name, what in (("efficientnet-lite0", JUDGED), ("vgg16", JUDGED), ("abir", FOUND))
        ),
    ),
    "table-4": Plan(
        "the deep networks of Table 4 (000), at full size, by rates that random weights learn from",
        tuple(TrainedRow(f"full-{name}", name, _DEEP, LARGE) for name in ("resnet50", "vgg16")),
        preset="paper",
    ),
    "again": Plan(
        "carriers found again, each network at full size (002 to 004)",
        (
            *(
                _again(f"abir-{kind}", "abir", f"attention={kind}", "scale=ours", weights="vgg16.pt")
                for kind in ("none", "plain", "se")
            ),
            _again("mildnet", "triplet-mildnet", *_RANDOM),
            _again("resnet50", "triplet-resnet50", *_RANDOM),
            _again("lossless", "triplet-resnet50", *_RANDOM, *_LOSSLESS),
            *(
                _again(mining, "triplet-resnet50", *_RANDOM, *_LOSSLESS, f"mining={mining}", "batch=64")
                for mining in ("batch-all", "batch-hard")
            ),
            _again("mildnet-imagenet", "triplet-mildnet", "frozen=true", "scale=ours", weights="vgg16.pt"),
            _again("glap", "triplet-resnet50", *_RANDOM, "pooling=glap"),
            _again("am-softmax", "triplet-resnet50", *_RANDOM, "loss=am-softmax", "batch=64"),
        ),
        tuple(
            Ordering(f"{claim}, full size", f"again-{better}", f"again-{worse}", FOUND)
            for claim, better, worse in (
                ("attention over none (003, Tables 1 to 3)", "abir-plain", "abir-none"),
                ("squeeze-and-excitation over none (003, Tables 1 to 3)", "abir-se", "abir-plain"),
                ("both over neither (003, Tables 1 to 3)", "abir-se", "abir-none"),
                ("ResNet-50 over MILDNet (004, Table 4.1)", "resnet50", "mildnet"),
                ("lossless over plain triplet loss (004, Table 4.2)", "lossless", "resnet50"),
                ("offline mining over online, batch all (004, Table 4.3)", "lossless", "batch-all"),
                ("offline mining over online, batch hard (004, Table 4.3)", "lossless", "batch-hard"),
                ("AM-Softmax over triplets (002's list)", "am-softmax", "resnet50"),
                ("GLAP on the third stage over means of the fourth (002's list)", "glap", "resnet50"),
            )
        ),
        preset="paper",
    ),
    "systems": Plan(
        "every system by its own recipe",
        tuple(
            TrainedRow(f"{name}-alone", name, _FROM_RANDOM.get(name, ()), LARGE if name in SMOKE_SIDE else ())
            for name in RECIPES
        ),
    ),
}
"""By the names that `barwatch ablate` takes; `systems` has every system that there is, whoever adds one."""
