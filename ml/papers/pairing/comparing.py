"""What the transformer gains over none, over seeds: paper 001's Table I as differences with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lifts.arrays import Bool, Float64
from ml.evaluate.metrics import seeds_interval, unpack_flags

INSIDE = ("digits", "mnist-translated", "mnist-scaled", "objects")
"""Sets whose objects lie inside their pictures, whole."""

_OF_KIND = ("set", "transformer", "reduced", "parameters")


def gather(runs: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each set and transformer over its seeds, with what the transformer gains over none.

    First of each set stand rows of what needs no learning (`ml.papers.pairing.untaught`).

    gains: over pictures that are reduced to the crop's size, and over pictures as they are. gain: of test
    accuracy; gain_at_equal_steps: of the best validation accuracy up to the last step of the siamese part
    that all runs of both reached. Intervals draw seeds of either, and objects, with replacement; an object
    comes with its own two pairs, while its partners in them are not drawn, so they are a little too narrow.

    highest_overlap: what `overlap` can be at most where the crop's size is constant; None where it is not, or
    where it is not known.
    """
    kinds: dict[tuple[str, str, int, bool], list[dict[str, Any]]] = {}
    for run in sorted(runs.values(), key=_order):
        of = run["set"], run.get("naive", ""), run["transformer"], run["reduced"]
        kinds.setdefault(of, []).append(run)
    rows = []
    for (name, naive, kind, _), ones in kinds.items():
        right = _by_object(ones)
        row = {
            "naive": naive,
            **{key: ones[0][key] for key in (*_OF_KIND, "whole_picture_overlaps")},
            "highest_overlap": _highest_overlap(ones[0]),
            "seeds": [one["seed"] for one in ones],
            "pair_accuracy": float(right.mean()),
            "pair_accuracy_interval_95": list(seeds_interval([right])),
            "by_seed": [one["pair_accuracy"] for one in ones],
            **{key: float(np.mean([one[key] for one in ones])) for key in ("overlap", "inside", "follows")},
            "steps_by_seed": [one["intervals"] * one["steps_each"] for one in ones],
            "decided_by_budget": [one["seed"] for one in ones if one["ended"] == "budget"],
            "gains": [],
        }
        for reduced in (True, False):
            if kind and not naive and (without := kinds.get((name, "", 0, reduced))):
                row["gains"].append({"reduced": reduced, **_gain(ones, without)})
        rows.append(row)
    return rows


def _order(run: Mapping[str, Any]) -> tuple[Any, ...]:
    """What needs no learning comes first, thumbnails before first weights."""
    naive = run.get("naive", "")
    return run["set"], not naive, naive, run["transformer"], run["seed"]


def _highest_overlap(run: Mapping[str, Any]) -> float | None:
    """Return the mean of the box's area over the crop's.

    An intersection is no larger than the box, a union no smaller than the crop. Of a box inside the picture,
    the overlap with the whole picture is its share of the picture's area; scale squared is the crop's.
    """
    if run["transformer"] != 2 or run["set"] not in INSIDE:
        return None
    return float(min(run["whole_picture_overlaps"] / run["recipe"]["scale"] ** 2, 1.0))


def _gain(ones: Sequence[dict[str, Any]], without: Sequence[dict[str, Any]]) -> dict[str, Any]:
    right, other = _by_object(ones), _by_object(without)
    steps = min(len(one["curve"]) for one in (*ones, *without))
    return {
        "seeds": min(len(ones), len(without)),
        "decided_by_budget": any(one["ended"] == "budget" for one in (*ones, *without)),
        "gain": float(right.mean() - other.mean()),
        "interval_95": list(seeds_interval([right, other])),
        "equal_steps": steps * ones[0]["steps_each"],
        "gain_at_equal_steps": _best(ones, steps) - _best(without, steps),
    }


def _best(ones: Sequence[dict[str, Any]], intervals: int) -> float:
    return float(np.mean([max(one["curve"][:intervals]) for one in ones]))


def _by_object(ones: Sequence[dict[str, Any]]) -> Float64:
    """Return the share of an object's two pairs that were called correctly, float64[seeds, objects]."""
    flags: list[Bool] = [unpack_flags(one["right"], one["pairs"]) for one in ones]
    return np.stack([each.reshape(2, -1).mean(0) for each in flags])
