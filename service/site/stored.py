"""Stored passages, judged again: by what the network made of them, else by the pictures that are stored.

Where people are hidden in stored pictures, the network would see them otherwise than it did. Numbers that
another model kept mean nothing; then the pictures are all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lifts.decision.verdict import Inference
from service.domain.arrays import Float32
from service.domain.passage import KeptPicture, Picture
from service.inference.artefact import Manifest
from service.inference.protocol import Engine, answered
from service.store.pictures import Pictures
from service.store.records import PassageRecord

Read = Callable[[PassageRecord], Sequence[Picture | KeptPicture]]
"""A passage's stored pictures, all of one kind; those that are gone are left out."""


def reader(pictures: Pictures, manifest: Manifest) -> Read:
    """Return what reads stored passages for the model that judges now."""
    models = {manifest.identity, *manifest.formerly}

    def read(record: PassageRecord) -> Sequence[Picture | KeptPicture]:
        found: list[KeptPicture] = []
        for one in record.pictures if record.judgement.model in models else ():
            numbers = pictures.read_numbers(one)
            if numbers is not None:
                found.append(KeptPicture(numbers, one.quality, one.problem))
        return found if found and len(found) == len(record.pictures) else pictures.of_passage(record)

    return read


def inferred(engine: Engine, shown: Sequence[Picture | KeptPicture], references: Float32) -> Inference:
    """Return what the network infers from a passage's stored pictures, at least one; blocks until it has.

    Raises EngineUnavailableError.
    """
    kept = [one.numbers for one in shown if isinstance(one, KeptPicture)]
    if kept:
        return answered(engine.submit_kept(np.stack(kept), references))
    images = [one.image for one in shown if isinstance(one, Picture)]
    return answered(engine.submit_pictures(np.stack(images), references))
