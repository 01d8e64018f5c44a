"""The loss of a node: what was measured of it decides, and without a measurement the worse is taken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ml.report.capacity.failover import clusters
from ml.simulation.assumed import Assumptions
from ml.simulation.failover import failover_cost
from ml.simulation.fleet import simulate
from ml.simulation.measured import Figures, MissingFigureError
from ml.simulation.plan import plan
from ml.simulation.validation import compare_kills
from ml.simulation.whole import costs_of
from tests.ml.simulation.measurements import killed, write

LEARNING_S = 20.0


@pytest.fixture
def figures_with(tmp_path: Path) -> Callable[[dict[str, Any]], Figures]:
    """Give figures with this run of a cluster."""
    write(tmp_path)

    def given(cluster: dict[str, Any]) -> Figures:
        (tmp_path / "cluster.json").write_text(json.dumps(cluster), encoding="utf-8")
        return Figures(tmp_path)

    return given


def without(cluster: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in cluster.items() if name not in names}


def test_lines_are_learnt_anew_unless_measured_otherwise(figures_with: Callable[..., Figures]) -> None:
    """8 lifts, each late for 18 s if it learnt anew: 26 carriers. None late: 14 % at most; 13: 87 %."""
    cost = failover_cost(figures_with(killed(late=0)), LEARNING_S)
    assert cost.relearnt_measured
    assert cost.relearnt == pytest.approx(3.689 / (8 * 18.0 / 5.6), rel=1e-3)
    assert failover_cost(figures_with(killed(late=13)), LEARNING_S).relearnt == pytest.approx(0.865, abs=0.01)
    assert failover_cost(figures_with(killed(late=40)), LEARNING_S).relearnt == 1.0
    for unknown in (without(killed(), "by_kind", "interval_s"), {**killed(), "by_kind": {}}):
        cost = failover_cost(figures_with(unknown), LEARNING_S)
        assert (cost.relearnt, cost.relearnt_measured) == (1.0, False)


def test_without_times_of_a_worker_it_refuses(figures_with: Callable[..., Figures]) -> None:
    figures = figures_with({**killed(), "failover_s": {"head": {"median": 1.0, "longest": 2.0}}})
    with pytest.raises(MissingFigureError, match=r"cluster\.json.*tests\.cluster\.kills"):
        failover_cost(figures, LEARNING_S)


def test_what_goes_with_the_lifts_makes_fewer_late(figures_with: Callable[..., Figures]) -> None:
    """As many are unknown either way; where lines are learnt anew, all that pass meanwhile are late."""
    assumed, late = Assumptions.read(), []
    for cluster in (killed(), without(killed(), "by_kind")):
        costs = costs_of(figures_with(cluster), assumed)
        found = simulate(plan(200, costs, assumed), costs, assumed, "node lost", 0, 100)
        assert found["judged"] + found["unknown"] == found["passed"]
        late.append((1 - found["in_time"]) * found["passed"] - found["unknown"])
    assert late[0] < 0.4 * late[1]


def test_kills_are_compared_by_the_same_scenario(figures_with: Callable[..., Figures]) -> None:
    """By hand: a worker's 4 lifts for 10 s, a leader's 8 for 10 s; a carrier each 5.6 s. A database: none."""
    figures, assumed = figures_with(killed()), Assumptions.read()
    found = compare_kills(figures, costs_of(figures, assumed), assumed, 0)
    worker, leader, database = found["rows"]
    assert worker["lifts"] == [8, 8]
    assert worker["unwatched_lift_s"] == [40.0, 40.0]
    assert worker["unknown"]["simulated"] == pytest.approx(40 / 5.6, rel=0.1)
    assert leader["unknown"]["simulated"] == pytest.approx(80 / 5.6, rel=0.1)
    low, high = leader["unknown"]["interval_95"]
    assert low < 80 / 5.6 < high
    assert leader["unknown"]["error"] == pytest.approx(leader["unknown"]["simulated"] / 14 - 1, abs=0.01)
    assert database["unknown"]["measured"] == database["unknown"]["simulated"] == 0
    assert database["unknown"]["error"] is None
    assert found["all"]["unknown"]["measured"] == 21
    table = clusters(found)
    text = str(table)
    assert "| database | 2 | not seen / 0 | not seen / 0 | 0 | 0 (0 to 0) |" in text
    assert text.count("\n| all | 6 |") == 1


def test_a_run_that_does_not_say_it_is_said_to(figures_with: Callable[..., Figures]) -> None:
    """The page says that the comparison is missing, and what measures it."""
    figures, assumed = figures_with(without(killed(), "by_kind")), Assumptions.read()
    found = compare_kills(figures, costs_of(figures, assumed), assumed, 0)
    assert "tests.cluster.kills" in str(clusters(found))
    assert "Not compared yet" in str(clusters(found))
