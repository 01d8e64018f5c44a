"""Every system behind one call: scores of a split's pictures, positive for open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ml.data.pictures import Pictures
from ml.evaluate.baselines import BASELINES
from ml.evaluate.benchmark import baseline_scores
from ml.evaluate.scoring import score
from ml.export.torchscript import Scripted
from ml.train.memory import keep_freed_memory
from ml.train.paper import load_paper, scores

Floats = npt.NDArray[np.float64]


def scores_of(system: str, data: Pictures, where: Path, device: str) -> tuple[Floats, dict[str, Any]]:
    """Score all pictures.

    Args:
        system: barwatch, paper-simple, paper-siamese, or a name of BASELINES.
        where: the artefact or checkpoint; not read for a baseline.

    Returns:
        float64[N], positive for open, and what there is to say of how the system came about.
    """
    lift, masks = data.lift.numpy(), data.masks.numpy()
    if system in BASELINES:
        return baseline_scores(BASELINES[system], data.images.numpy(), lift, masks), {}
    if system == "barwatch":
        network, out = Scripted.load(where), np.zeros(len(data))
        for index, name in enumerate(data.names):
            of = lift == index
            images, pair = data.images.numpy()[of], (masks[index, 1], masks[index, 0])
            found = score(
                network, name, network.look(images), data.is_open.numpy()[of], data.occupied.numpy()[of], pair
            )
            out[of] = -found.margin
        return out, {"trained_on_these_lifts": False}
    keep_freed_memory()
    model, config, state = load_paper(where, torch.device(device))
    found_scores = scores(model, data, config.kind).double().numpy()
    rates = "".join(f" --learning-rate {rate}" for rate in state.get("reached_by_rate", ()))
    how = f" --epochs {config.epochs} --seed {config.seed}"
    how += f" --threads {config.threads}" if config.threads else ""
    about = {
        "trained_on_these_lifts": True,
        "trained_by": f"barwatch train {system}{rates}{how}",
        "learning_rate": config.learning_rate,
        "seed": config.seed,
        "training_pictures": state.get("training_pictures"),
        "epoch": state["best_epoch"],
        "validation_accuracy": state["best"],
        "validation_accuracy_by_rate": state.get("reached_by_rate"),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    return found_scores, about
