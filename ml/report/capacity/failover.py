"""What a cluster loses when its parts are killed, and for how long (`python -m tests.cluster.kills`)."""

from __future__ import annotations

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
