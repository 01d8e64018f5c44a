"""The simulation beside what was measured: the same cameras on the same machine, and by how much it errs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import simpy
from scipy import stats

from ml.simulation.assumed import Assumptions
from ml.simulation.failover import CLUSTER, CLUSTER_BY, LATE_S
from ml.simulation.fleet import NodeLoss, speeds_of, speeds_of_plan, with_a_node_lost
from ml.simulation.measured import Figures, load_runs, watched_s
from ml.simulation.plan import CapacityPlan, Costs
from ml.simulation.queues import QueuedService
from ml.simulation.traffic import passages_s

Result = dict[str, Any]

REPEATS = 200
CLUSTERS = 100
BOOTSTRAPS = 2000


def validate(figures: Figures, costs: Costs, assumed: Assumptions, seed: int) -> Result:
    """Return every comparison: delays on a quiet machine, each measured run of the whole service, and the
    run of three nodes whose parts were killed.

    Errors are simulated / measured - 1. Runs of several nodes are compared as well, once there are some.
    """
    runs = [run for run in load_runs(figures, None) if run["camera"] == costs.kind and run["passages"]]
    compared = [_run(run, costs, np.random.default_rng([seed, number])) for number, run in enumerate(runs)]
    found = {"quiet": _quiet(figures, costs, np.random.default_rng(seed)), "runs": compared}
    found["processor"] = {
        part: _over_runs([run["processor"][part]["error"] for run in compared])
        for part in ("cameras", "embedder", "main")
    }
    found["cluster"] = compare_kills(figures, costs, assumed, seed)
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


def compare_kills(figures: Figures, costs: Costs, assumed: Assumptions, seed: int) -> Result:
    """Compare what the kills of each part of a cluster cost with `with_a_node_lost`, as it simulates plans.

    It is told how long each kill left lifts unwatched, not which; and not how many carriers were unknown. A
    worker takes an equal share of the lifts with it; head and leader take all; the others take none.
    """
    cluster = figures.file(CLUSTER, CLUSTER_BY)
    if not cluster.get("by_kind"):
        return {"missing": f"{CLUSTER} does not say what each kind of kill cost", "measured_by": CLUSTER_BY}
    lifts, each_s = cluster["lifts"], cluster["interval_s"]
    planned = CapacityPlan(lifts, 2, cluster["machine"]["cores"], 2, 1, shared_database=True, gpus=0)
    here = assumed.at("carriers_per_hour_peak", 3600.0 / each_s)
    takes = {"worker": -(-lifts // (cluster["nodes"] - 1)), "head": lifts, "leader": lifts}
    rows, whole = [], np.zeros((CLUSTERS, 2))
    for number, (kind, measured) in enumerate(cluster["by_kind"].items()):
        rng, lost = np.random.default_rng([seed, number]), takes.get(kind, 0)
        backs_s = cluster["failover_s"][kind]["each"] if lost else [0.0] * measured["kills"]
        speeds = cache(lambda of, rng=rng: speeds_of_plan(rng, planned, costs, here, of, peak=True))
        losses = [
            NodeLoss((lost, lifts - lost), 1, each_s, back_s, lambda of: np.full(of, each_s), speeds)
            for back_s in backs_s
        ]
        simulated = np.zeros((CLUSTERS, 2))
        for repeat in range(CLUSTERS):
            for loss in losses:
                seconds = loss.at_s + loss.back_s + costs.camera.learning_s + each_s
                fates = with_a_node_lost(loss, planned, costs, here, rng, seconds)
                late = sum(delay_s > LATE_S for delay_s in fates.delays_s)
                simulated[repeat] += (sum(fates.unknown.values()), late)
        whole += simulated
        rows.append(
            {
                "kind": kind,
                "kills": measured["kills"],
                "lifts": [measured["lifts"], lost * measured["kills"]],
                "unwatched_lift_s": [measured["unwatched_lift_s"], round(lost * sum(backs_s), 2)],
                **_beside(measured, simulated),
            }
        )
    parts = cluster["by_kind"].values()
    sums = {name: sum(part[name] for part in parts) for name in ("unknown", "late")}
    return {"lifts": lifts, "nodes": cluster["nodes"], "rows": rows, "all": _beside(sums, whole)}


def _beside(measured: Result, simulated: np.ndarray[Any, Any]) -> Result:
    """Return unknown and late carriers as measured and as simulated so many times, float64[n, 2]."""
    found: Result = {}
    for name, runs in zip(("unknown", "late"), simulated.T, strict=True):
        low, high = (float(value) for value in np.quantile(runs, (0.025, 0.975)))
        error = round(float(runs.mean()) / measured[name] - 1, 4) if measured[name] else None
        found[name] = {
            "measured": measured[name],
            "simulated": round(float(runs.mean()), 1),
            "interval_95": [low, high],
            "error": error,
        }
    return found


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
