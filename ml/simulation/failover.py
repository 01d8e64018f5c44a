"""What the loss of a node costs, from the run of three nodes whose parts were killed (cluster.json)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy import stats

from ml.simulation.measured import Figures

CLUSTER, CLUSTER_BY = "cluster.json", "python -m tests.cluster.kills --lifts 8 --kills 10"

LATE_S = 2.0
"""What is judged so long after its carrier left counts as late there."""


@dataclass(frozen=True)
class FailoverCost:
    """How long a lost node's lifts are unwatched, and what they know of their lines when they are again.

    seconds, longest_s: from the kill of a worker node until the last of its lifts brings frames again; the
    median and the longest of its kills. relearnt: the share of lifts whose line is learnt anew, 0 to 1, the
    upper end of its 95 % interval; 1 where it was not `relearnt_measured`.
    """

    seconds: float
    longest_s: float
    relearnt: float
    relearnt_measured: bool


def failover_cost(figures: Figures, learning_s: float) -> FailoverCost:
    """Return what the loss of a node costs. Raises MissingFigureError.

    Carriers that pass while a line is learnt are judged late. So those that were late after kills, of those
    that would have been had every line been learnt anew, say how many were (Poisson, 95 % interval).

    Args:
        learning_s: how long a line is learnt.
    """
    median, longest = (
        figures.read(
            f"cameras of a lost node watched again, s, {name}",
            CLUSTER,
            CLUSTER_BY,
            "failover_s",
            "worker",
            name,
        )
        for name in ("median", "longest")
    )
    cluster = figures.file(CLUSTER, CLUSTER_BY)
    found: dict[str, Any] = cluster.get("by_kind", {}).get("worker") or {}
    expected = max(0.0, learning_s - LATE_S) / cluster.get("interval_s", 1.0) * (found.get("lifts") or 0)
    if not expected:
        return FailoverCost(median, longest, 1.0, False)
    late = figures.read("late carriers of lost nodes", CLUSTER, CLUSTER_BY, "by_kind", "worker", "late")
    relearnt = min(1.0, float(stats.chi2.ppf(0.975, 2 * (late + 1))) / 2 / expected)
    figures.used["lines of lost nodes learnt anew, share at most"] = {
        "value": relearnt,
        "source": f"{CLUSTER}: by_kind / worker: late beside lifts; upper end of the 95 % interval",
    }
    return FailoverCost(median, longest, relearnt, True)
