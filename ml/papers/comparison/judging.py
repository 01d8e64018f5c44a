"""All figures of one trained system, in a form in which systems can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ml.data.pictures import PictureSet, select
from ml.evaluate.metrics import auc, bootstrap, pack_flags
from ml.papers.adapting import PASSAGE, Adaptation, adapt, halfway, picture_rows
from ml.systems.base import System
from ml.systems.siamese import NearestMask


@dataclass(frozen=True)
class Sets:
    """The pictures that a system is judged on.

    test: pictures of the lifts that it was trained on; known: these lifts' training pictures.
    unseen: whole passages of lifts that no training saw, of harder conditions than these.
    alike: pictures of lifts that no training saw, drawn as those lifts were; None in a smoke run.
    """

    test: PictureSet
    known: PictureSet
    unseen: PictureSet
    alike: PictureSet | None = None


def judge_system(system: System[Any], sets: Sets, how: Adaptation) -> dict[str, Any]:
    """Return the figures of a system, plain values for JSON.

    seen: open or closed on the test pictures. alike, unseen: the same on unseen lifts of the same kind, and
    on those of harder conditions; None for a system that judges by known pictures, of which an unseen lift
    has none. adapted: open or closed on the second half of each harder lift's passages after it learnt from
    the first half, where `how` says so; then the others, but for `unseen`, are None.

    Raises:
        ValueError: a system that judges by known pictures cannot adapt to a lift without.
    """
    out: dict[str, Any] = dict.fromkeys(("seen", "alike", "unseen", "adapted"))
    if not system.by_gallery:
        out["unseen"] = accuracy_figures(system.scores(sets.unseen, sets.unseen), sets.unseen)
    if how != Adaptation():
        if system.by_gallery:
            raise ValueError("a system that judges by known pictures has none of an unseen lift")
        out["adapted"] = _adapted(system, sets, how)
        return out
    out["seen"] = accuracy_figures(system.scores(sets.test, sets.known), sets.test)
    if sets.alike is not None and not system.by_gallery:
        out["alike"] = accuracy_figures(system.scores(sets.alike, sets.alike), sets.alike)
    return out


def accuracy_figures(scores: Tensor, data: PictureSet) -> dict[str, Any]:
    """Return the figures of scores float[N], above 0 for open.

    right, rare: which pictures were judged right, and which show the state that their lift shows more rarely
    (`pack_flags`).
    """
    right = ((scores > 0) == data.is_open).numpy()
    lifts = [data.lift.numpy() == number for number in range(len(data.names))]
    low, high = bootstrap(right)
    rare = np.zeros(len(data), bool)
    for of in lifts:
        is_open = data.is_open.numpy()[of]
        rare[of] = is_open == (is_open.mean() < 0.5)
    return {
        "rare_accuracy": float(right[rare].mean()) if rare.any() else None,
        "rare": pack_flags(rare),
        "pictures": len(data),
        "accuracy": float(right.mean()),
        "accuracy_interval_95": [low, high],
        "by_lift": {
            name: {"pictures": int(of.sum()), "accuracy": float(right[of].mean())}
            for name, of in zip(data.names, lifts, strict=True)
        },
        "auc": auc(scores.double().numpy(), data.is_open.numpy()),
        "right": pack_flags(right),
    }


def later_half(data: PictureSet) -> Tensor:
    """Return the rows int64[...] of the second half of each lift's passages, on which adapting is judged."""
    return rows_of(data, lambda passages: passages[len(passages) // 2 :])


def rows_of(data: PictureSet, pick: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the rows int64[...] of the pictures of some of each lift's passages.

    Args:
        data: whole passages, a lift's in a row.
        pick: some of int64[P], the numbers of a lift's passages.
    """
    of = data.lift[::PASSAGE]
    return torch.cat([picture_rows(pick((of == lift).nonzero()[:, 0])) for lift in range(len(data.names))])


def _adapted(system: System[Any], sets: Sets, how: Adaptation) -> dict[str, Any]:
    """Adapt a copy to each unseen lift's first passages, and judge it by the others."""
    weights = {name: value.clone() for name, value in system.network.state_dict().items()}
    recipe = system.recipe
    scores = torch.zeros(len(sets.unseen))
    for lift in range(len(sets.unseen.names)):
        own = _of_lift(sets.unseen, lift)
        half = halfway(len(own))
        watched = select(own, torch.arange(half))
        asked = select(own, torch.arange(half, len(own)))
        reviewed = adapt(system, sets.known, watched, how)
        if how.trains or not isinstance(system, NearestMask):
            found = system.scores(asked, asked)
        else:
            found = system.scores_after(asked, select(watched, picture_rows(reviewed)))
        rows = (sets.unseen.lift == lift).nonzero()[:, 0]
        scores[rows[half:]] = found
        system.network.load_state_dict(weights)
        system.recipe = recipe
    rows = later_half(sets.unseen)
    figures = accuracy_figures(scores[rows], select(sets.unseen, rows))
    return {"pseudo": how.pseudo, "reviews": how.reviews, "trains": how.trains, **figures}


def _of_lift(data: PictureSet, lift: int) -> PictureSet:
    """Return one lift's pictures, as the only lift."""
    own = select(data, (data.lift == lift).nonzero()[:, 0])
    return replace(
        own, lift=torch.zeros_like(own.lift), masks=data.masks[lift : lift + 1], names=(data.names[lift],)
    )
