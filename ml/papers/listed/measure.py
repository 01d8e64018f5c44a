"""What the list's measurements share: where pictures are, how many, and how variants are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64
from ml.data.rendered import LiftRecipe, RenderedLift, load, prepare
from ml.evaluate.metrics import bootstrap, paired_difference

Row = dict[str, Any]
"""Plain values by column."""

NAIVE = "nothing learnt: the commoner answer"
"""A variant of what is compared: its answer never changes, or with the lift alone."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How one measurement is made.

    artefact: barwatch.ts. cache: rendered lifts. benchmark: S1 to S20. seeds: how often what is drawn at
    random is drawn again. smoke: two lifts and a few steps, to see that it works; no figure.
    """

    artefact: Path
    cache: Path
    benchmark: Path
    seeds: int = 3
    smoke: bool = False
    workers: int = 1

    def lifts(self, first_seed: int, count: int, recipe: LiftRecipe) -> list[RenderedLift]:
        """Return rendered lifts in order of their seeds; of a smoke run the first two."""
        seeds = range(first_seed, first_seed + (2 if self.smoke else count))
        return [load(path) for path in sorted(prepare(self.cache, seeds, recipe, self.workers))]


@dataclass(frozen=True)
class Measurement:
    """One ablation of the list that trains no system of its own.

    title: what is asked. source: the paper. rows: measures it. note: what a reader must know before its
    figures, a sentence or more; the page has it above the table.
    """

    title: str
    source: str
    rows: Callable[[Setting], list[Row]]
    note: str = ""


def compared(
    right: Mapping[str, Sequence[npt.ArrayLike]], lift: npt.ArrayLike, base: str, what: str = "right"
) -> list[Row]:
    """Return a row for each variant: its share, and its difference to one of them, in per cent and points.

    Intervals are of the mean over draws: cases or lifts are drawn, not seeds, and so they are too narrow for
    what another draw might show.

    Args:
        right: by variant and draw, whether each of the same N cases came out right, bool[N] or float[N].
        lift: int[N], which lift a case is of: the differences' interval draws lifts.
        base: the variant that the others are compared with; it gets no difference.
        what: the column's name.
    """
    mean: dict[str, Float64] = {
        name: np.mean([np.asarray(draw, np.float64) for draw in draws], axis=0)
        for name, draws in right.items()
    }
    rows = []
    for name, share in mean.items():
        low, high = bootstrap(share)
        row: Row = {
            "variant": name,
            f"{what}, %": round(100 * float(share.mean()), 2),
            "95 %, cases drawn": f"{100 * low:.2f} to {100 * high:.2f}",
            "draws": len(right[name]),
        }
        if name != base:
            difference, low, high = paired_difference(share, mean[base], lift)
            row |= {
                f"points over {base}": f"{100 * difference:+.2f}",
                "95 %, lifts drawn": f"{100 * low:+.2f} to {100 * high:+.2f}",
            }
        rows.append(row)
    return rows
