"""Pairs judged without any learning: what a network's figure is worth beside that (`Naive`)."""

from __future__ import annotations

from typing import Literal

from ml.machine.description import machine
from ml.machine.precision import precision_name
from ml.papers.pairing.sets import PairingSet
from ml.papers.pairing.training import PairingLearner, PairingRecipe, Trained
from ml.systems.naive import ShrunkPicture
from ml.train.loop import State
from ml.train.run import CPU

Naive = Literal["thumbnails", "untrained"]
"""Distances of thumbnails of whole pictures, or of a network's embeddings by its first weights."""


def untaught(naive: Naive, recipe: PairingRecipe, data: PairingSet) -> Trained:
    """Return what is judged as a trained network is; its threshold alone is taken from validation pairs.

    Args:
        recipe: of the network and its seed; of thumbnails, the seed of the validation pairs.
    """
    learner = PairingLearner(recipe, data)
    if naive == "thumbnails":
        learner.network = ShrunkPicture()
    learner.network.eval()
    threshold, share = learner.validated()
    none: State = {"epoch": 0, "best_epoch": 0, "curve": [], "seconds": 0.0, "processor_s": 0.0}
    on = machine() | {"device": "cpu", "precision": precision_name(CPU)}
    return Trained(recipe, learner.network, none | {"threshold": threshold, "best": share, "machine": on})
