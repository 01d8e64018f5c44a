"""Leave one lift out: paper 000's future work, "testing our siamese network on new unseen chairlift"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ml.data.pictures import PictureSet
from ml.evaluate.systems import training_of
from ml.systems.recipe import GetNetRecipe, Recipe, SiameseRecipe
from ml.train.run import Run
from ml.train.systems import Lesson, load_judge, train_rates

KEPT = ("trained_by", "training_seconds", "training_machine", "training_pictures", "epochs", "epoch")
"""What is kept of each training; `validation_accuracy` besides."""


@dataclass(frozen=True)
class Fold:
    """One lift's test pictures, and the training and validation pictures of all others."""

    training: PictureSet
    validation: PictureSet
    test: PictureSet


def judge_without(name: str, recipe: Recipe, fold: Fold, run: Run) -> tuple[Tensor, dict[str, Any]]:
    """Train a system without a lift, or go on with it, and judge that lift's pictures by its masks.

    Args:
        name: of the system; one that judges by masks.
        run: its `out` holds the checkpoints.

    Returns:
        float[N], above 0 for open; and how it was trained, plain values for JSON.

    Raises:
        ValueError: `fold` has the lift in training, or the system does not judge by masks, or `run.out` holds
            another run.
    """
    if not isinstance(recipe, SiameseRecipe | GetNetRecipe):
        raise ValueError(f"{name} judges by known pictures or by none, and a new lift has masks alone")
    seen = set(fold.training.names) | set(fold.validation.names)
    if seen & set(fold.test.names):
        raise ValueError(f"{', '.join(fold.test.names)} must be in neither training nor validation")
    path = train_rates(Lesson(name, recipe, fold.training, fold.validation), [recipe.learning_rate], run)
    _, system, state = load_judge(path, run.device)
    about = training_of(name, system, state)
    kept = {key: about[key] for key in (*KEPT, "validation_accuracy")}
    return system.scores(fold.test, fold.test), kept
