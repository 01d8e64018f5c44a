"""The simulation beside what was measured: the same cameras on the same machine, and by how much it errs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import simpy
from scipy import stats

from ml.simulation.fleet import speeds_of
from ml.simulation.measured import Figures, load_runs, watched_s
from ml.simulation.plan import Costs
from ml.simulation.queues import QueuedService
from ml.simulation.traffic import passages_s

Result = dict[str, Any]

REPEATS = 200
BOOTSTRAPS = 2000


def validate(figures: Figures, costs: Costs, seed: int) -> Result:
    """Return every comparison: delays on a quiet machine, and each measured run of the whole service.

    Errors are simulated / measured - 1. Runs of several nodes are compared as well, once there are some.
    """
    runs = [run for run in load_runs(figures, None) if run["camera"] == costs.kind and run["passages"]]
    compared = [_run(run, costs, np.random.default_rng([seed, number])) for number, run in enumerate(runs)]
    found = {"quiet": _quiet(figures, costs, np.random.default_rng(seed)), "runs": compared}
    found["processor"] = {
        part: _over_runs([run["processor"][part]["error"] for run in compared])
        for part in ("cameras", "embedder", "main")
    }
    return found


def _quiet(figures: Figures, costs: Costs, rng: np.random.Generator) -> Result:
    """Compare with ingest.json's delays of many cameras at once, which were measured with little other load.

    Nothing is fitted to it. The interval is that of such a run's figures, from many simulated ones.
    """
    command = "barwatch bench ingest"
    names = ("cameras", "seconds", "passages", "whole_ms", "p50_ms", "p99_ms", "longest_ms")
    measured = {
        name: figures.read(f"quiet run: {name}", "ingest.json", command, "delay", name) for name in names
    }
    cores = figures.read("cores of the measuring machine", "ingest.json", command, "machine", "cores")
    cameras = int(measured["cameras"])
    one = replace(costs, camera=replace(costs.camera, ms_per_s=measured["whole_ms"]))
    each_s = measured["seconds"] * cameras / measured["passages"]
    simulated = []
    for _ in range(REPEATS):
        times, _lift = passages_s(rng, np.full(cameras, each_s), 0.0, measured["seconds"])
        delays_ms = _delays_ms(times.tolist(), one, cores, cameras, 0.0, rng)
        simulated.append([*np.quantile(delays_ms, (0.5, 0.99)), delays_ms.max()])
    low, middle, high = np.quantile(np.array(simulated), (0.025, 0.5, 0.975), axis=0)
    rows = {}
    for at, name in enumerate(("p50_ms", "p99_ms", "longest_ms")):
        rows[name] = {
            "measured": measured[name],
            "simulated": round(float(middle[at]), 2),
            "interval_95": [round(float(low[at]), 2), round(float(high[at]), 2)],
            "error": round(float(middle[at] / measured[name] - 1), 4),
        }
    return {"cameras": cameras, "passages": measured["passages"], "rows": rows}


def _run(run: Result, costs: Costs, rng: np.random.Generator) -> Result:
    """Compare with one run of the whole service (`barwatch bench load`): its own moments, its other load."""
    cameras, nodes = run["cameras"], run["nodes"]
    camera_s = watched_s(run)
    main_ms = costs.main.ms_per_s(camera_s / run["seconds"], run["clients"]) + (nodes - 1) * costs.main.alone
    expected = {
        "cameras": 1e-3 * costs.camera.ms_per_s * camera_s,
        "embedder": 1e-3 * costs.embed.processor_ms(costs.rules.pictures) * run["judged"],
        "main": 1e-3 * main_ms * run["seconds"],
    }
    spent: dict[str, float] = run["processor_s"] or {}  # none of a run in which a process was replaced
    processor = {
        part: {
            "measured_s": round(spent[part], 3) if part in spent else None,
            "simulated_s": round(value, 3),
            "error": round(value / spent[part] - 1, 4) if spent.get(part) else None,
        }
        for part, value in expected.items()
    }
    # What else was runnable has its share of the cores.
    others = max(0.0, run["load_average_1min"] - sum(spent.values()) / run["seconds"])
    simulated = _delays_ms(run["arrived_s"], costs, run["cores"], -(-cameras // nodes), others, rng)
    measured = np.array(run["delays_ms"])
    drawn = np.median(rng.choice(measured, size=(BOOTSTRAPS, len(measured))), axis=1)
    low, high = (float(value) for value in np.quantile(drawn, (0.025, 0.975)))
    middle = float(np.median(simulated))
    return {
        "nodes": nodes,
        "cameras": cameras,
        "clients": run["clients"],
        "seconds": run["seconds"],
        "passages": run["passages"],
        "carriers": run["carriers"],
        "conserved": run["judged"] + run["unknown"] == run["carriers"],
        "seen_by_cameras": run["seen_by_cameras"],
        "frames_dropped": round(run["frames_dropped"] / max(1, run["frames_read"]), 4),
        "load_average_1min": run["load_average_1min"],
        "others_busy_cores": round(run["others_busy_cores"], 3),
        "processor": processor,
        "median_delay_ms": {
            "measured": round(float(np.median(measured)), 2),
            "interval_95": [round(low, 2), round(high, 2)],
            "simulated": round(middle, 2),
            "error": round(middle / float(np.median(measured)) - 1, 4),
            "error_interval_95": [round(middle / high - 1, 4), round(middle / low - 1, 4)],
        },
        "queue_pictures": run["queue_pictures"],
        "written_bytes_per_passage": round(run["written_bytes"] / run["passages"]),
    }


def _delays_ms(
    times_s: list[float], costs: Costs, cores: float, cameras: int, others: float, rng: np.random.Generator
) -> np.ndarray[Any, Any]:
    env = simpy.Environment()
    service = QueuedService(env, speeds_of(rng, costs, cores, cameras, others), costs.rules)
    begin_s = min(times_s, default=0.0)
    service.follow([at_s - begin_s for at_s in sorted(times_s)])
    env.run(max(times_s, default=0.0) - begin_s + 10 * costs.rules.deadline_s)
    return 1e3 * np.array(service.close().delays_s or [np.nan])


def _over_runs(errors: list[float | None]) -> Result:
    """Return the mean error of several runs and its 95 % interval (Student's t)."""
    known = np.array([error for error in errors if error is not None])
    if len(known) < 2:
        return {"runs": len(known), "mean": None, "interval_95": None}
    mean = float(known.mean())
    half = float(stats.t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known)))
    return {
        "runs": len(known),
        "mean": round(mean, 4),
        "interval_95": [round(mean - half, 4), round(mean + half, 4)],
    }
