"""The trainings of `barwatch ablate` that have no result."""

from __future__ import annotations

from collections.abc import Mapping

from ml.papers.comparison.orderings import runs_of
from ml.papers.plans.named import PLANS, Plan
from ml.report.table import Result, Table


def missing_plans(runs: Mapping[str, Result], plans: Mapping[str, Plan] = PLANS) -> Table | str:
    """Return a row for each plan with a training that is not run, or not over; a sentence for none."""
    rows: list[list[object]] = []
    for name, plan in plans.items():
        there = sum(bool(runs_of(runs, row.name)) for row in plan.rows)
        if there < len(plan.rows):
            state = f"{there} of {len(plan.rows)} rows" if there else "not run yet"
            how = f" --preset {plan.preset}" if plan.preset != "small" else ""
            rows.append([plan.title, state, f"`barwatch ablate {name}{how}`"])
    return Table(("what is trained", "", "by"), rows) if rows else "All have been run."
