"""Curves of retrieval: cumulative matching characteristics, and how hard the triplets of each epoch are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Result = dict[str, Any]


def draw_curves(runs: Mapping[str, Result], out: Path) -> Path:
    """Draw both for every run that was judged by retrieval; further seeds are left out. Returns the PNG.

    Raises:
        ValueError: there is no such run.
    """
    found = {
        name: run for name, run in runs.items() if "retrieval" in run and not re.search(r"-seed\d+$", name)
    }
    if not found:
        raise ValueError("no run was judged by retrieval")
    figure = Figure(figsize=(13, 5.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    small = next(iter(found.values()))["thumbnails"]
    _ranks(left, "thumbnails", small["curve"], "--")
    for name, run in found.items():
        _ranks(left, name, run["retrieval"]["curve"], ":" if run.get("untrained") else "-")
    left.set(xlabel="rank", ylabel="queries with a match by then, %", title="CMC, carriers never learnt")
    for name, run in found.items():
        shares = [100 * epoch["hard"] for epoch in run.get("curve", []) if "hard" in epoch]
        if shares:
            right.plot(range(1, len(shares) + 1), shares, label=name)
            _second_round(right, run["curve"])
    right.set(xlabel="epoch", ylabel="hard triplets, %", title="Hard triplets among those that are learnt")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=90, metadata={"Software": None})
    return out


def _ranks(axes: Axes, name: str, curve: list[float], style: str) -> None:
    axes.plot(range(1, len(curve) + 1), [100 * share for share in curve], style, label=name)


def _second_round(axes: Axes, curve: list[Result]) -> None:
    """Mark where 30 % hard negatives were added."""
    began = next((at for at, epoch in enumerate(curve, 1) if epoch["round"] > 1), None)
    if began is not None:
        axes.axvline(began - 0.5, color="grey", linewidth=0.8, linestyle=":")
