"""Plots of `barwatch simulate`: what breaks first, how late verdicts are, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Result = dict[str, Any]

MARKS = "osD^v<>x"

SCENARIOS = {"typical": "o-", "peak": "s--", "node lost": "^:", "on GPUs": "x-."}


def draw_capacity(found: Result, folder: Path) -> list[Path]:
    """Draw breaks.png, delays.png and cost.png of a result (simulation.json); returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, figure in (("breaks", _breaks(found)), ("delays", _delays(found)), ("cost", _cost(found))):
        files.append(folder / f"{name}.png")
        figure.savefig(files[-1], dpi=90, metadata={"Software": None})
    return files


def _breaks(found: Result) -> Figure:
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    lifts = [row["lifts"] for row in found["sizes"]]
    for axes, name in ((left, "one_service"), (right, "used")):
        for at, part in enumerate(found["sizes"][0][name]):
            use = [100 * row[name][part] for row in found["sizes"]]
            axes.plot(lifts, use, MARKS[at] + "-", label=part, markersize=5)
        axes.axhline(100, color="black", linewidth=0.8)
        axes.set(xscale="log", yscale="log", xlabel="lifts")
    left.set(ylabel="used of a part, %", title="One service on one node")
    right.set(title="As planned, typical traffic")
    right.set_ylim(top=1e5)  # room for the legend
    right.legend(fontsize="small", ncols=2, loc="upper center")
    _grid(left, right)
    return figure


def _delays(found: Result) -> Figure:
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    lifts = [row["lifts"] for row in found["sizes"]]
    colours = {"p50": "C0", "p99": "C1", "p99.9": "C3"}
    for at, (scenario, style) in enumerate(SCENARIOS.items()):
        runs = [row["scenarios"][at] for row in found["sizes"]]
        for name, colour in colours.items():
            delays = [run["delay_ms"][name] for run in runs]
            left.plot(lifts, delays, style, color=colour, label=f"{name}, {scenario}", markersize=4)
        # A carrier whose fate is certain in a run would lie at minus infinity on this axis.
        late = [max(1e-4, 100 * (1 - run["in_time"])) for run in runs]
        right.plot(lifts, late, style, label=scenario, markersize=4)
    left.axhline(1e3 * found["costs"]["rules"]["lead_s"], color="black", linewidth=0.8)
    left.set(
        xscale="log", yscale="log", xlabel="lifts", ylabel="ms", title="Last picture to commit; line: TF"
    )
    right.set(xscale="log", yscale="log", xlabel="lifts", ylabel="%")
    right.set(title="Carriers not judged in time (none: 0.0001 %)")
    left.set_ylim(top=1e6)  # room for the legend
    left.legend(fontsize="x-small", ncols=4, loc="upper center")
    right.legend(fontsize="small")
    _grid(left, right)
    return figure


def _cost(found: Result) -> Figure:
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.3))
    sizes = found["sizes"]
    lifts = [row["lifts"] for row in sizes]
    for part in (name for name in sizes[0]["cost"] if name != "each_lift"):
        euros = [row["cost"][part] / row["lifts"] or float("nan") for row in sizes]
        if any(row["cost"][part] for row in sizes):
            left.plot(lifts, euros, "ko-" if part == "all" else "o--", label=part, markersize=4)
    left.set(xscale="log", yscale="log", xlabel="lifts", ylabel="EUR a year and lift", title="Cost, by part")
    left.legend(fontsize="small")
    rows = [row for row in found["sensitivity"] if abs(row["each_lift"][1] - row["each_lift"][0]) > 0.01][:12]
    for at, row in enumerate(reversed(rows)):
        low, high = sorted(row["each_lift"])
        right.barh(at, high - low, left=low, color="C0")
    right.set_yticks(range(len(rows)), [row["assumption"] for row in reversed(rows)])
    right.set(xlabel="EUR a year and lift", title="1,000 lifts: each assumption at both ends of its range")
    _grid(left, right)
    return figure


def _grid(*all_axes: Axes) -> None:
    for axes in all_axes:
        axes.grid(alpha=0.3)
