"""What a cluster loses when its parts are killed, and for how long (`python -m tests.cluster.kills`)."""

from __future__ import annotations

from ml.report.capacity.numbers import signed
from ml.report.table import Result, Table

KINDS = {
    "worker": "a worker node: until all its cameras are watched elsewhere",
    "head": "Ray's head: until the local engine judges and every camera is watched here",
    "database": "PostgreSQL: from when it is back until every service says that carriers are judged",
    "replica": "a replica: until its clients follow the alarms at another service",
    "leader": "the leader: until another service watches every camera",
}


def failover_places(cluster: Result) -> dict[str, object]:
    """Return what stands in README and docs/cluster.md (cluster.json), by its place there."""
    return {"failover": failover(cluster), "failover-brief": failover_brief(cluster)}


def failover(cluster: Result) -> Table:
    """Return how long the site was without each kind of part (cluster.json)."""
    rows: list[list[object]] = []
    for kind, what in KINDS.items():
        if kind in cluster["failover_s"]:
            found = cluster["failover_s"][kind]
            rows.append(
                [what, cluster["kills"][kind], f"{found['median']:.1f} s", f"{found['longest']:.1f} s"]
            )
    return Table(("killed", "times", "median", "longest"), rows)


def failover_brief(cluster: Result) -> str:
    """Return it in a few sentences, with what was lost."""
    times = ", ".join(
        f"{kind} {found['median']:.1f} s ({found['longest']:.1f})"
        for kind, found in cluster["failover_s"].items()
    )
    lost, feed = cluster["carriers"], cluster["feed"]
    return (
        f"Past one machine: {cluster['nodes']} nodes, {cluster['lifts']} cameras, each part killed "
        f"{min(cluster['kills'].values())} times (`make cluster-kills`): the others went on after, median "
        f"and longest, {times}. Of {lost['passed']:,} carriers {lost['judged']:,} were judged and "
        f"{lost['unknown']:,} said to be unknown; {lost['lost']:,} were lost, {lost['doubled']:,} doubled. "
        f"Of {feed['entries']:,} entries of the alarms' feed {feed['never']:,} never came, and "
        f"{feed['twice']:,} came twice."
    )


def clusters(found: Result) -> Table | str:
    """Return carriers that kills left unknown, measured beside simulated (simulation.json: validation).

    A sentence, where the measured run does not say it.
    """
    if "missing" in found:
        return f"Not compared yet: {found['missing']}; measure it by `{found['measured_by']}`."
    rows: list[list[object]] = [
        [
            row["kind"],
            row["kills"],
            *(_pair(row[name]) for name in ("lifts", "unwatched_lift_s")),
            *_beside(row["unknown"]),
            *_beside(row["late"])[:2],
        ]
        for row in found["rows"]
    ]
    whole = found["all"]
    sums = [*_beside(whole["unknown"]), *_beside(whole["late"])[:2]]
    rows.append(["all", sum(row["kills"] for row in found["rows"]), "", "", *sums])
    heads = (
        *("killed", "times", "lifts without frames, measured / simulated"),
        *("lift-seconds without frames, measured / simulated", "carriers unknown, measured"),
        *("simulated, 95 % of runs", "error", "carriers late, measured", "simulated, 95 % of runs"),
    )
    return Table(heads, rows)


def _pair(values: list[float | None]) -> str:
    return " / ".join("not seen" if value is None else f"{value:,.0f}" for value in values)


def _beside(found: Result) -> list[object]:
    low, high = found["interval_95"]
    simulated = f"{found['simulated']:,.0f} ({low:,.0f} to {high:,.0f})"
    return [f"{found['measured']:,}", simulated, signed(found["error"])]
