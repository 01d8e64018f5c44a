"""Everything that `barwatch simulate` writes: figures and assumptions, validation, plans, scenarios, cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ml.simulation.assumed import Assumptions
from ml.simulation.failover import failover_cost
from ml.simulation.fleet import SCENARIOS, WANTED, simulate
from ml.simulation.keeping import cost, evidence
from ml.simulation.measured import (
    Figures,
    camera_cost,
    embed_cost,
    footprint,
    main_cost,
    postgresql_commit,
    sqlite_commit,
)
from ml.simulation.plan import Costs, one_service, per_service, plan, used
from ml.simulation.rules import read_rules
from ml.simulation.validation import validate

Result = dict[str, Any]

SIZES = (1, 10, 100, 1_000, 10_000)
KINDS = ("720p25", "1080p25")
RUNTIME = "TorchScript, bfloat16"
MIDDLE = 1_000
"""The size at which single assumptions are varied."""


def costs_of(figures: Figures, assumed: Assumptions, kind: str = KINDS[0], threads: int = 2) -> Costs:
    """Return everything that was measured, with the assumptions where nobody could.

    Raises:
        MissingFigureError: a figure that can be measured here was not.
    """
    gpu = figures.file("speed.json", "barwatch bench embed").get("gpu") or {}
    rules, call_ms = read_rules(figures), assumed["gpu_call_ms"]
    if "pictures_per_s" in gpu:
        rate = figures.read("GPU, pictures a second", "speed.json", "bench embed", "gpu", "pictures_per_s")
        call_ms = 1e3 * rules.device_batch / rate
    camera = camera_cost(figures, kind)
    return Costs(
        kind,
        camera,
        embed_cost(figures, RUNTIME, threads),
        main_cost(figures),
        footprint(figures),
        sqlite_commit(figures),
        postgresql_commit(figures),
        call_ms,
        "pictures_per_s" in gpu,
        failover_cost(figures, camera.learning_s),
        rules,
    )


def whole(
    results: Path,
    assumed: Assumptions,
    seed: int,
    sizes: Sequence[int] = SIZES,
    on_step: Callable[[str], object] = lambda _: None,
    wanted: int = WANTED,
) -> Result:
    """Return the whole result, without command and machine.

    Args:
        results: folder of the measured figures. assumed: what was not measured.
        sizes: how many lifts. on_step: called with what has just been done. wanted: see `simulate`.

    Raises:
        MissingFigureError: a figure was not measured.
    """
    figures = Figures(results)
    costs = costs_of(figures, assumed)
    one_thread = replace(costs, embed=embed_cost(figures, RUNTIME, 1))
    validation = validate(figures, one_thread, assumed, seed)
    on_step("validation")
    rows = []
    for lifts in sizes:
        planned = plan(lifts, costs, assumed)
        kept = evidence(lifts, costs, assumed)
        row: Result = {
            "lifts": lifts,
            "plan": asdict(planned),
            "one_service": one_service(lifts, costs, assumed),
            "used": used(planned, costs, assumed, peak=False),
            "evidence": kept,
            "cost": cost(planned, kept, assumed),
            "scenarios": [],
        }
        for scenario in SCENARIOS:
            row["scenarios"].append(simulate(planned, costs, assumed, scenario, seed, wanted))
            on_step(f"{lifts} lifts, {scenario}")
        rows.append(row)
    other = costs_of(figures, assumed, KINDS[1])
    return {
        "camera": costs.kind,
        "per_service": per_service(costs, assumed),
        "costs": asdict(costs),
        "validation": validation,
        "sizes": rows,
        "other_camera": {
            "camera": other.kind,
            "per_service": per_service(other, assumed),
            "sizes": [_short(lifts, other, assumed) for lifts in sizes],
        },
        "sensitivity": sensitivity(figures, assumed),
        "figures": figures.used,
        "assumptions": {name: asdict(row) for name, row in assumed.rows.items()},
    }


def _short(lifts: int, costs: Costs, assumed: Assumptions) -> Result:
    planned = plan(lifts, costs, assumed)
    return {**asdict(planned), "cost": cost(planned, evidence(lifts, costs, assumed), assumed)}


def sensitivity(figures: Figures, assumed: Assumptions) -> list[Result]:
    """Return nodes, GPUs and cost at the low and the high end of each assumption alone, the widest first."""
    rows = []
    for name, one in assumed.rows.items():
        ends = []
        for value in (one.low, one.high):
            varied = assumed.at(name, value)
            ends.append(_short(MIDDLE, costs_of(figures, varied), varied))
        euros = [end["cost"]["each_lift"] for end in ends]
        rows.append(
            {
                "assumption": name,
                "values": [one.low, one.high],
                "nodes": [end["nodes"] for end in ends],
                "gpus": [end["gpus"] for end in ends],
                "each_lift": euros,
            }
        )
    return sorted(rows, key=lambda row: -abs(row["each_lift"][1] - row["each_lift"][0]))
