"""Curves of retrieval: cumulative matching characteristics, and each epoch's hard triplets and loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Result = dict[str, Any]


def draw_curves(runs: Mapping[str, Result], out: Path) -> Path:
    """Draw all three for every run that was judged by retrieval; further seeds are left out. Returns the PNG.

    Raises:
        ValueError: there is no such run.
    """
    found = {
        name: run for name, run in runs.items() if "retrieval" in run and not re.search(r"-seed\d+$", name)
    }
    if not found:
        raise ValueError("no run was judged by retrieval")
    figure = Figure(figsize=(19, 5.5), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    small = next(iter(found.values()))["thumbnails"]
    _ranks(left, "thumbnails", small["curve"], "--")
    for name, run in found.items():
        _ranks(left, name, run["retrieval"]["curve"], ":" if run.get("untrained") else "-")
    left.set(xlabel="rank", ylabel="queries with a match by then, %", title="CMC, carriers never learnt")
    _epochs(middle, found, "hard", 100)
    middle.set(
        xlabel="epoch", ylabel="hard triplets, %", title="Hard triplets among those drawn, or of a batch"
    )
    _epochs(right, found, "loss", 1)
    right.set(xlabel="epoch", ylabel="loss", title="Loss while learning: each run's own, of its own scale")
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=90, metadata={"Software": None})
    return out


def _ranks(axes: Axes, name: str, curve: list[float], style: str) -> None:
    axes.plot(range(1, len(curve) + 1), [100 * share for share in curve], style, label=name)


def _epochs(axes: Axes, runs: Mapping[str, Result], what: str, factor: float) -> None:
    """Draw what each epoch measured, of the runs that did."""
    for name, run in runs.items():
        values = [factor * epoch[what] for epoch in run.get("curve", []) if what in epoch]
        if values:
            axes.plot(range(1, len(values) + 1), values, label=name)
            _second_round(axes, run["curve"])
    axes.set_ylim(bottom=0)


def _second_round(axes: Axes, curve: list[Result]) -> None:
    """Mark where 30 % hard negatives were added."""
    began = next((at for at, epoch in enumerate(curve, 1) if epoch["round"] > 1), None)
    if began is not None:
        axes.axvline(began - 0.5, color="grey", linewidth=0.8, linestyle=":")
