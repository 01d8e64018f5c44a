"""The tables of docs/capacity.md."""

from __future__ import annotations

from ml.report.capacity.brief import brief, messages
from ml.report.capacity.failover import clusters
from ml.report.capacity.numbers import share_of, signed, two_digits
from ml.report.table import Result, Table


def capacity_places(found: Result) -> dict[str, object]:
    """Return what `barwatch simulate` found (simulation.json) by its place in docs/capacity.md."""
    return {
        "capacity-brief": brief(found),
        "capacity-plan": _plans(found),
        "capacity-messages": messages(found),
        "capacity-breaks": _breaks(found),
        "capacity-used": _used(found),
        "capacity-delays": _delays(found),
        "capacity-evidence": _evidence(found),
        "capacity-cost": _cost(found),
        "capacity-quiet": _quiet(found["validation"]["quiet"]),
        "capacity-cluster": clusters(found["validation"]["cluster"]),
        "capacity-runs": _runs(found["validation"]),
        "capacity-sensitivity": _sensitivity(found),
        "capacity-assumptions": _assumptions(found),
        "capacity-figures": _figures(found),
    }


def capacity_section(found: Result) -> str:
    """Return what the command prints: plans, what breaks first, delays, the errors against measured runs."""
    tables = capacity_places(found)
    shown = ("plan", "breaks", "delays", "quiet", "cluster")
    return "\n\n".join(str(tables[f"capacity-{name}"]) for name in shown) + "\n"


def _plans(found: Result) -> Table:
    heads = (
        "lifts",
        "services of 4 cores",
        "nodes",
        "spare",
        "API processes",
        "database",
        "GPUs, if on GPUs",
    )
    others = {row["lifts"]: row for row in found["other_camera"]["sizes"]}
    name = found["other_camera"]["camera"]
    rows = []
    for row in found["sizes"]:
        plan, other = row["plan"], others[row["lifts"]]
        database = "PostgreSQL" if plan["shared_database"] else "SQLite"
        rows.append(
            [
                f"{row['lifts']:,}",
                plan["services"],
                plan["nodes"],
                int(plan["nodes"] > 1),
                plan["replicas"] or "the service's",
                database,
                plan["gpus"],
                other["nodes"],
            ]
        )
    return Table((*heads, f"nodes with {name}"), rows)


def _breaks(found: Result) -> Table:
    """One service on one node: 100 % is all of a part; what has most breaks first."""
    parts = list(found["sizes"][0]["one_service"])
    rows = []
    for row in found["sizes"]:
        use = row["one_service"]
        first = max(use, key=lambda part: use[part])
        rows.append([f"{row['lifts']:,}", f"**{first}**", *(share_of(use[part]) for part in parts)])
    limits = {part: found["sizes"][-1]["lifts"] / found["sizes"][-1]["one_service"][part] for part in parts}
    rows.append(["full at about", "", *(f"{two_digits(limits[part])} lifts" for part in parts)])
    return Table(("lifts", "breaks first", *parts), rows)


def _used(found: Result) -> Table:
    parts = list(found["sizes"][0]["used"])
    rows = []
    for row in found["sizes"]:
        for scenario in row["scenarios"]:
            use = scenario["used"]
            first = max(use, key=lambda part: use[part])
            rows.append(
                [f"{row['lifts']:,}", scenario["scenario"], first, *(share_of(use[part]) for part in parts)]
            )
    return Table(("lifts", "day", "used most", *parts), rows)


def _delays(found: Result) -> Table:
    lead = 1e3 * found["costs"]["rules"]["lead_s"]
    heads = (
        "lifts",
        "day",
        "carriers",
        "p50",
        "p99",
        "p99.9",
        f"left of {lead:.0f} ms",
        "in time",
        "unknown",
    )
    rows = []
    for row in found["sizes"]:
        for one in row["scenarios"]:
            delay = one["delay_ms"]
            because = [f"{count:,} {why}" for why, count in one["unknown_because"].items() if count]
            rows.append(
                [
                    f"{row['lifts']:,}",
                    one["scenario"],
                    f"{one['passed']:,}",
                    *(f"{value:,.0f} ms" if value is not None else "" for value in delay.values()),
                    f"{one['left_of_lead_ms']:,.0f} ms" if one["left_of_lead_ms"] is not None else "",
                    f"{100 * one['in_time']:.3f} %",
                    ", ".join(because) or 0,
                ]
            )
    return Table(heads, rows)


def _evidence(found: Result) -> Table:
    heads = ("lifts", "carriers a day", "alarms a day", "stored a day", "a season", "kept at once", "streams")
    rows = [
        [
            f"{row['lifts']:,}",
            f"{kept['passages_per_day']:,.0f}",
            f"{kept['alarms_per_day']:,.0f}",
            f"{kept['day_gb']:,.2f} GB",
            f"{kept['season_tb']:,.2f} TB",
            f"{kept['kept_gb']:,.1f} GB",
            f"{kept['streams_mbit_per_s']:,.0f} Mbit/s",
        ]
        for row in found["sizes"]
        for kept in (row["evidence"],)
    ]
    return Table(heads, rows)


def _cost(found: Result) -> Table:
    parts = [name for name in found["sizes"][0]["cost"] if name not in {"all", "each_lift"}]
    rows = [
        [
            f"{row['lifts']:,}",
            *(f"{row['cost'][part]:,.0f}" for part in (*parts, "all")),
            f"**{row['cost']['each_lift']:,.0f}**",
        ]
        for row in found["sizes"]
    ]
    return Table(("lifts", *(f"{part}, EUR a year" for part in parts), "all", "each lift"), rows)


def _quiet(found: Result) -> Table:
    rows = [
        [
            {"p50_ms": "median", "p99_ms": "99th percentile", "longest_ms": "longest"}[name],
            f"{row['measured']:.1f} ms",
            f"{row['simulated']:.1f} ms",
            f"{row['interval_95'][0]:.1f} to {row['interval_95'][1]:.1f} ms",
            f"{100 * row['error']:+.1f} %",
        ]
        for name, row in found["rows"].items()
    ]
    return Table(
        ("last picture to commit", "measured", "simulated", "simulated, 95 % of runs", "error"), rows
    )


def _runs(found: Result) -> Table:
    heads = (
        *("nodes", "cameras", "pages", "carriers", "judged + unknown", "load", "frames dropped"),
        *("error: cameras", "network", "main process", "median delay measured", "simulated", "its error"),
    )
    rows: list[list[object]] = []
    for run in found["runs"]:
        delay, spent = run["median_delay_ms"], run["processor"]
        low, high = (100 * value for value in delay["error_interval_95"])
        rows.append(
            [
                *(run["nodes"], run["cameras"], run["clients"], run["carriers"]),
                "agree" if run["conserved"] else "**differ**",
                f"{run['load_average_1min']:.0f}",
                share_of(run["frames_dropped"]),
                *(signed(spent[part]["error"]) for part in ("cameras", "embedder")),
                # One machine's own runs are what the line was fitted to: no error can be read from them.
                "fitted" if run["nodes"] == 1 else signed(spent["main"]["error"]),
                f"{delay['measured']:,.0f} ms",
                f"{delay['simulated']:,.0f} ms",
                f"{100 * delay['error']:+.0f} % ({low:+.0f} to {high:+.0f})",
            ]
        )
    means = [found["processor"][part] for part in ("cameras", "embedder")]
    said = [
        ""
        if mean["mean"] is None
        else f"{signed(mean['mean'])} ({' to '.join(signed(v) for v in mean['interval_95'])})"
        for mean in means
    ]
    rows.append(["all", *[""] * 6, *said, *[""] * 4])
    return Table(heads, rows)


def _sensitivity(found: Result) -> Table:
    rows = [
        [
            f"`{row['assumption']}`",
            " to ".join(f"{value:g}" for value in row["values"]),
            " to ".join(str(value) for value in row["nodes"]),
            " to ".join(f"{value:,.1f}" for value in row["each_lift"]),
        ]
        for row in found["sensitivity"]
        if abs(row["each_lift"][1] - row["each_lift"][0]) > 0.01
    ]
    return Table(("assumption", "varied", "nodes", "EUR a year and lift"), rows)


def _assumptions(found: Result) -> Table:
    rows = [
        [f"`{name}`", f"{row['value']:g}", f"{row['low']:g} to {row['high']:g}", row["unit"], row["source"]]
        for name, row in found["assumptions"].items()
    ]
    return Table(("assumption", "value", "range", "what", "source"), rows)


def _figures(found: Result) -> Table:
    rows = [[what, f"{row['value']:.4g}", f"`{row['source']}`"] for what, row in found["figures"].items()]
    return Table(("measured", "value", "where"), rows)
