"""The systems and their recipes, by the names that commands take."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ml.systems.base import Trainable
from ml.systems.classifier import Classifier
from ml.systems.metric import Abir, Triplet
from ml.systems.recipe import (
    AbirRecipe,
    ClassifierRecipe,
    GetNetRecipe,
    Recipe,
    SiameseRecipe,
    TripletRecipe,
)
from ml.systems.siamese import GetNetSystem, Siamese

_MAKE: dict[type[Recipe], Callable[[Any], Trainable[Any]]] = {
    AbirRecipe: Abir,
    ClassifierRecipe: Classifier,
    GetNetRecipe: GetNetSystem,
    SiameseRecipe: Siamese,
    TripletRecipe: Triplet,
}

_FOUND_PATIENCE = 10
"""Epochs without a gain that end what finds carriers again, whose validation figure wanders."""

_TRIPLETS = TripletRecipe(
    optimiser="adam", learning_rate=1e-4, patience=_FOUND_PATIENCE, disguise="move", scale="imagenet"
)

RECIPES: dict[str, Recipe] = {
    "siamese": SiameseRecipe(),
    "classifier": ClassifierRecipe(),
    "vgg16": ClassifierRecipe(network="vgg16", learning_rate=1e-2),
    "resnet50": ClassifierRecipe(network="resnet50", learning_rate=1e-2),
    "efficientnet-lite0": ClassifierRecipe(
        network="efficientnet-lite0", optimiser="adam", learning_rate=1e-4
    ),  # its normalisation is fixed: by 1e-3 its first steps lead to one answer for every picture
    "getnet": GetNetRecipe(optimiser="adam", learning_rate=1e-3),
    "abir": AbirRecipe(
        optimiser="adam",
        learning_rate=1e-4,
        weight_decay=5e-4,
        batch=40,
        patience=_FOUND_PATIENCE,
        disguise="crop",
        scale="imagenet",
    ),
    "triplet-mildnet": _TRIPLETS,
    "triplet-resnet50": replace(_TRIPLETS, network="resnet50"),
    "adaptive-l2": replace(_TRIPLETS, network="resnet50", mining="batch-all", batch=64, l2="adaptive"),
}
"""Each system's recipe; see `ml.systems.recipe` for what may be changed."""

_ALQASIR = ("learning_rate=1e-5", "decay=1e-8", "clip_norm=0.0", "patience=10")

_THESIS = ("side=256", "width=128", "fall=0.5", "fall_every=50", "each=8", "frozen=true", "clip_norm=0.0")

PAPER: dict[str, tuple[str, ...]] = {
    "siamese": _ALQASIR,
    "classifier": (*_ALQASIR, "pixels=grey"),
    "vgg16": _ALQASIR,
    "resnet50": _ALQASIR,
    "abir": (
        *("learning_rate=1e-5", "batch=80", "side=224", "clip_norm=0.0"),
        *("fall=0.1", "fall_every=40000", "fall_by=step"),
    ),
    "triplet-mildnet": _THESIS,
    "triplet-resnet50": _THESIS,
    "adaptive-l2": (
        *("mining=batch-hard", "batch=64", "learning_rate=2e-4", "epochs=200", "epoch_pictures=12800"),
        *("side=384", "width=128", "fall=0.1", "fall_every=30", "clip_norm=0.0"),
    ),
}
"""What a paper prints, to the letter, where a system's own recipe is another: `--preset paper`.

Paper 000, section 4.3, gives rate and decay, and Nesterov's momentum of 0.9 and at most 1000 epochs, which
are every recipe's. It gives neither the batch (32 is Keras' default) nor how many epochs without
improvement end a training, nor how pictures are scaled, and no limit of the gradient. The classifier has grey
levels here, from which it learnt sooner by so low a rate when both were tried; the siamese network's
distances overflowed with those, so it has standard pixels. Of neither trial there is a record.

ABIR's is section 3.2 of paper 003, the triplets' are sections 3.1.3, 3.3.1 and 4.2 of the thesis, whose
online mining has 8 pictures of 8 identities: --set mining=batch-all --set batch=64. Both start from
ImageNet's weights (--weights), without which ten frozen layers would be random ones, and limit no gradient.
The thesis' 100 epochs are not taken over: early stopping ends each of its rounds, as all trainings here.

Paper 002 is here as an abstract, which fixes none of its numbers; those of adaptive-l2 are the flags of the
authors' published code (github.com/nixingyang/AdaptiveL2Regularization, solution.py; the abstract announces
it as AdaptiveReID): 384 x 128, 16 identities of 4 pictures, 200 steps an epoch, a tenth of the rate after
every 30 epochs. Not taken over: a branch of two regions, cross entropy beside the triplets, a soft margin,
its disguise (shifted by some pixels, flipped, erased in part), a rate that warms up in 10 epochs before the
30 and never falls below 2e-6, a frozen trunk in the first 20 epochs, means of the maps clipped to 0..1 as the
embedding, with no head of 1024, batch normalisation, ReLU and 128 and no unit length, and the judging, by
cosine distance of the mean over a picture and its mirrored one. Give it ImageNet's weights (--weights), as
there: from random ones the hardest triplets of a batch draw all embeddings into one point.
"""

LARGE_SET = ("vgg16", "resnet50", "efficientnet-lite0")
"""Systems that `--preset paper` trains on Table 3's pictures, as paper 000 does its baselines."""

LARGE_PATIENCE = "patience=3"
"""What paper 000's recipe has besides on the large set, an epoch of which is 18 of the small one's."""


def on_large_set(name: str, preset: str) -> bool:
    """Return whether a preset trains a system on Table 3's pictures."""
    return preset.endswith("large") or (preset == "paper" and name in LARGE_SET)


def preset_words(name: str, preset: str) -> tuple[str, ...]:
    """Return what a preset changes of a system's recipe: `with_changes` takes it."""
    words = PAPER.get(name, ()) if preset.startswith("paper") else ()
    theirs = words[: len(_ALQASIR)] == _ALQASIR
    return (*words, LARGE_PATIENCE) if theirs and on_large_set(name, preset) else words


SMOKE_SIDE = dict.fromkeys(
    ("vgg16", "resnet50", "efficientnet-lite0", "abir", "triplet-mildnet", "triplet-resnet50", "adaptive-l2"),
    64,
)
"""What a smoke run's pictures are reduced to, of systems that take any size: it is over in a minute."""


def system_of(recipe: Recipe) -> Trainable[Any]:
    """Return the system of a recipe, before training."""
    return _MAKE[type(recipe)](recipe)


def with_changes(recipe: Recipe, words: Sequence[str]) -> Recipe:
    """Return a recipe with some fields set, each by a word such as se=false or mining=offline.

    Raises:
        ValueError: no such field, or no such value for it.
    """
    values = asdict(recipe)
    for word in words:
        name, _, value = word.partition("=")
        if name not in values:
            raise ValueError(f"{word!r}: expected one of {', '.join(values)}")
        with suppress(json.JSONDecodeError):  # numbers, true and false; the rest are words
            value = json.loads(value)
        values[name] = value
    try:
        return TypeAdapter(type(recipe)).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def trained_by(name: str, recipe: Recipe, rates: Sequence[str] = (), large: bool = False) -> str:
    """Return the command that trains so, e.g. barwatch train abir --set se=false --epochs 10 --seed 0.

    rates: learning rates that were tried; the recipe's own if none is given. large: on the large set.
    """
    presets = [p for p in ("small", "large", "paper", "paper-large") if on_large_set(name, p) == large]
    found = [_changes(recipe, with_changes(RECIPES[name], preset_words(name, p))) for p in presets]
    least = min(range(len(presets)), key=lambda at: len(found[at]))
    words = [] if presets[least] == "small" else [f"--preset {presets[least]}"]
    words += found[least]
    words += [f"--learning-rate {rate}" for rate in rates or [f"{recipe.learning_rate:g}"]]
    words += [f"--epochs {recipe.epochs} --seed {recipe.seed}"]
    words += [f"--weights {recipe.weights}"] if recipe.weights else []
    words += [f"--threads {recipe.threads}"] if recipe.threads else []
    return " ".join([f"barwatch train {name}", *words])


def _changes(recipe: Recipe, default: Recipe) -> list[str]:
    """Return the options that make one recipe of another, but for those that have names of their own."""
    own, values = {"seed", "threads", "epochs", "learning_rate", "weights"}, asdict(default)
    return [
        f"--set {field}={json.dumps(value) if isinstance(value, bool) else value}"
        for field, value in asdict(recipe).items()
        if field not in own and value != values[field]
    ]


def as_values(name: str, recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain values, for a checkpoint."""
    return {"system": name, **asdict(recipe)}


def from_values(values: dict[str, Any]) -> tuple[str, Recipe]:
    """Read `as_values` back."""
    fields = dict(values)
    name = fields.pop("system")
    return name, type(RECIPES[name])(**fields)
