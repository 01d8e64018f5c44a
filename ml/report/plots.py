"""Plots of the benchmark: ROC curves, and what each factor costs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from ml.report.table import Result, percent


def plots(results: Mapping[str, Result], folder: Path) -> list[Path]:
    """Draw all systems on S1 to S20; returns the files, none without a result of the benchmark."""
    systems = {k.removeprefix("benchmark-"): v for k, v in results.items() if k.startswith("benchmark-")}
    if not systems:
        return []
    figures = {"roc.png": _roc(systems), "factors.png": _factors(systems)}
    for name, figure in figures.items():
        figure.savefig(folder / name, dpi=90, metadata={"Software": None})
    return [folder / name for name in figures]


def _roc(systems: Mapping[str, Result]) -> Figure:
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.add_subplot()
    for system, result in systems.items():
        curve = result["roc"]
        label = f"{system} ({percent(result['accuracy'])} %)"
        axes.plot(curve["false_positive_rate"], curve["true_positive_rate"], label=label)
    axes.set(xlabel="closed called open", ylabel="open called open", title="S1 to S20, test pictures")
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    return figure


def _factors(systems: Mapping[str, Result]) -> Figure:
    figure = Figure(figsize=(8, 8), layout="constrained")
    axes = figure.add_subplot()
    order = [factor["factor"] for factor in next(iter(systems.values()))["factors"]]
    height = 0.8 / len(systems)
    for number, (system, result) in enumerate(systems.items()):
        cost = {factor["factor"]: factor["cost_points"] for factor in result["factors"]}
        at = [row + (number - (len(systems) - 1) / 2) * height for row in range(len(order))]
        axes.barh(at, [cost.get(name, 0.0) for name in order], height=height, label=system)
    axes.set_yticks(range(len(order)), order)
    axes.invert_yaxis()
    axes.set(xlabel="points of accuracy that a picture with it loses", title="What each factor costs")
    axes.legend()
    axes.grid(axis="x", alpha=0.3)
    return figure
