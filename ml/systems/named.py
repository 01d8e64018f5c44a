"""The systems by the names that commands take, each with its recipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ml.systems.base import System
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

Any_ = System[Any]

_MAKE: dict[type[Recipe], Callable[[Any], Any_]] = {
    AbirRecipe: Abir,
    ClassifierRecipe: Classifier,
    GetNetRecipe: GetNetSystem,
    SiameseRecipe: Siamese,
    TripletRecipe: Triplet,
}

RECIPES: dict[str, Recipe] = {
    "siamese": SiameseRecipe(),
    "classifier": ClassifierRecipe(),
    "vgg16": ClassifierRecipe(network="vgg16", learning_rate=1e-2),
    "resnet50": ClassifierRecipe(network="resnet50", learning_rate=1e-2),
    "getnet": GetNetRecipe(optimiser="adam", learning_rate=1e-3),
    "abir": AbirRecipe(optimiser="adam", learning_rate=1e-4),
    "triplet-mildnet": TripletRecipe(optimiser="adam", learning_rate=1e-4),
    "triplet-resnet50": TripletRecipe(network="resnet50", optimiser="adam", learning_rate=1e-4),
}
"""Each system's recipe; see `ml.systems.recipe` for what may be changed."""


def system_of(recipe: Recipe) -> Any_:
    """Return the system of a recipe, before training."""
    return _MAKE[type(recipe)](recipe)


def as_values(name: str, recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain values, for a checkpoint."""
    return {"system": name, **asdict(recipe)}


def from_values(values: dict[str, Any]) -> tuple[str, Recipe]:
    """Read `as_values` back."""
    fields = dict(values)
    name = fields.pop("system")
    return name, type(RECIPES[name])(**fields)
