"""Every system behind one call: scores of a split's pictures, positive for open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lifts.arrays import Float64
from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.data.counts import TABLE
from ml.data.pictures import PictureSet
from ml.evaluate.baselines import BASELINES
from ml.evaluate.benchmark import baseline_scores
from ml.evaluate.factors import cost_of_factors
from ml.evaluate.scoring import score
from ml.evaluate.verdicts import count_verdicts, total
from ml.machine.memory import keep_freed_memory
from ml.systems.base import Trainable
from ml.systems.named import as_values, trained_by
from ml.train.systems import load_judge


def scores_of(
    system: str, data: PictureSet, known: Callable[[], PictureSet], where: Path, device: str
) -> tuple[Float64, dict[str, Any]]:
    """Score all pictures.

    Args:
        system: barwatch, a name of `ml.systems.named.RECIPES`, or one of BASELINES.
        known: reads the training pictures of the same lifts, for systems that judge by known ones.
        where: the artefact or checkpoint; baselines have none.

    Returns:
        float64[N], positive for open, and how the system was trained; for barwatch
        the verdicts instead: in total, for each lift, and the accuracy with and without each factor.
    """
    lift, masks = data.lift.numpy(), data.masks.numpy()
    if system in BASELINES:
        return baseline_scores(BASELINES[system], data.images.numpy(), lift, masks), {}
    if system == "barwatch":
        network, out = Scripted.load(where), np.zeros(len(data))
        calibration, verdicts, right = read_calibration(where), {}, np.zeros(len(data), bool)
        for index, name in enumerate(data.names):
            of = lift == index
            images, pair = data.images.numpy()[of], (masks[index, 1], masks[index, 0])
            truth = (data.is_open.numpy()[of], data.occupied.numpy()[of])
            found = score(network, name, images, truth, pair)
            out[of] = -found.margin
            outcomes = list(found.judged(calibration, 1))
            verdicts[name] = count_verdicts(outcomes)
            right[of] = [outcome.right for outcome in outcomes]
        about: dict[str, Any] = {
            "verdicts": {"per_picture": total(verdicts.values())},
            "verdicts_of_lifts": verdicts,
            "verdict_factors": cost_of_factors(right, data.factors) if data.factors else [],
        }
        return out, about | {"trained_on_these_lifts": False}
    keep_freed_memory()
    trained_as, trained, state = load_judge(where, torch.device(device))
    found_scores = trained.scores(data, known() if trained.by_gallery else data).double().numpy()
    about = {
        "trained_on_these_lifts": True,
        **training_of(trained_as, trained, state),
    }
    return found_scores, about


def training_of(name: str, system: Trainable[Any], state: dict[str, Any]) -> dict[str, Any]:
    """Return how a system was trained; name and state as `ml.train.systems.load` returns them.

    validation_curve: the accuracy 0..1 after each epoch.
    """
    recipe, pictures = system.recipe, state.get("training_pictures")
    large = pictures == sum(sum(counts.large) for counts in TABLE)
    return {
        "trained_by": trained_by(name, recipe, list(state.get("reached_by_rate", ())), large),
        "recipe": as_values(name, recipe),
        "training_seconds": state["seconds"],
        "training_machine": state.get("machine"),
        "learning_rate": recipe.learning_rate,
        "seed": recipe.seed,
        "training_pictures": pictures,
        "epochs": state["epoch"],
        "epoch": state["best_epoch"],
        "validation_accuracy": state["best"],
        "validation_curve": [epoch["validation"] for epoch in state.get("curve", [])],
        "validation_accuracy_by_rate": state.get("reached_by_rate"),
        "parameters": sum(p.numel() for p in system.network.parameters()),
    }
