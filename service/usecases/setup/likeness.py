"""Groups the carriers of a set-up by likeness, before anybody has said what they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from service.domain.arrays import Float64, Image
from service.domain.errors import NotFoundError
from service.inference.protocol import MAX_REQUEST, Engine, answered
from service.setup.jobs.state import SetupJob

MOST_GROUPS = 4
LEAST_APART = 0.1
"""Mean silhouette (Rousseeuw 1987) below which carriers count as one group."""


@dataclass(frozen=True, slots=True, eq=False)
class CarrierGroups:
    """Adds groups to a job that has come to its end; for SetupBoard's `on_done`. Asks the embedder."""

    engine: Engine

    def __call__(self, job: SetupJob, folder: Path) -> SetupJob:
        """Return the job with its carriers grouped by where the network sees a bar in their middle pictures.

        Raises EngineUnavailableError, NotFoundError.
        """
        images = np.stack([read_picture(folder, one.number, "middle") for one in job.carriers])
        pieces = [images[at : at + MAX_REQUEST] for at in range(0, len(images), MAX_REQUEST)]
        found = np.concatenate([answered(self.engine.submit_pictures(one)).embeddings for one in pieces])
        cells = self.engine.manifest.calibration.bar_map_cells
        groups = group_alike(np.asarray(found[:, : cells * cells] if cells else found, np.float64))
        carriers = [
            one.model_copy(update={"group": group}) for one, group in zip(job.carriers, groups, strict=True)
        ]
        return job.model_copy(update={"carriers": tuple(carriers)})


def group_alike(rows: Float64) -> list[int]:
    """Return a group, from 1 in order of appearance, for each of float64[N, D].

    Average linkage on cosine distances from the rows' mean; of 2 to MOST_GROUPS groups the number that parts
    them best, or one group where none does.
    """
    count = len(rows)
    centred = np.nan_to_num(rows - rows.mean(0))
    unit = centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9)
    apart = np.clip(1.0 - unit @ unit.T, 0.0, None)
    np.fill_diagonal(apart, 0.0)
    members = [[k] for k in range(count)]
    best, best_score = [list(range(count))], LEAST_APART
    while len(members) > 1:
        if len(members) <= MOST_GROUPS and (score := _silhouette(apart, members)) > best_score:
            best, best_score = [list(each) for each in members], score
        pairs = [(a, b) for a in range(len(members)) for b in range(a)]
        a, b = min(pairs, key=lambda pair: float(apart[np.ix_(members[pair[0]], members[pair[1]])].mean()))
        members[b] += members.pop(a)
    order = sorted(best, key=min)
    return [next(number for number, each in enumerate(order, 1) if k in each) for k in range(count)]


def read_picture(folder: Path, number: int, place: str) -> Image:
    """Return a carrier's picture, uint8[200, 200, 3] RGB. Raises NotFoundError."""
    found = cv2.imread(str(folder / f"{number}-{place}.jpg"))
    if found is None:
        raise NotFoundError(
            f"the picture of carrier {number} at {place} is gone", "pictures_gone", number=number
        )
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), np.uint8)


def _silhouette(apart: Float64, members: list[list[int]]) -> float:
    scores = []
    for own in members:
        for k in own:
            within = apart[k, own].sum() / (len(own) - 1) if len(own) > 1 else 0.0
            nearest = min(float(apart[k, other].mean()) for other in members if other is not own)
            scores.append(0.0 if len(own) == 1 else (nearest - within) / max(nearest, within, 1e-9))
    return float(np.mean(scores))
