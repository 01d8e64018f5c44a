"""Tables of the whole service on recordings: alarms per event, and carriers found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.report.table import Result, Table, interval, percent, rendered
from ml.report.verdicts import verdicts_table

EVENT_COLUMNS = (
    *("carriers", "events", "caught", "late", "warned", "called_unknown", "silent"),
    *("false_alarms", "false_warnings", "missed", "found_twice", "ghosts"),
)

NOT_FOUND = {"missed": "Missed", "twice": "Found twice", "ghosts": "Passages without a carrier"}


def events_section(result: Result) -> str:
    """Return the table of `barwatch evaluate-events`, a row for each recording, and what it adds up to."""
    everything = {"lift": "**all**", "light": "", **result}
    rows = [
        [row["lift"], row["light"], *(row[name] for name in EVENT_COLUMNS)]
        for row in [*result["recordings"], everything]
    ]
    heads = ("recording", "light", *(name.replace("_", " ") for name in EVENT_COLUMNS))
    return rendered("events", table=Table(heads, rows), result=result, verdicts=verdicts_table(result))


ALARM_SHARES = {
    "in_time": "open and occupied, alarmed in time",
    "too_late": "open and occupied, alarmed after TF",
    "no_alarm": "open and occupied, no alarm",
    "false_alarms_of_open_empty": "open and empty, alarmed",
    "false_alarms_of_closed": "closed, alarmed",
}


def alarms_section(result: Result) -> str:
    """Return the tables of `barwatch evaluate-events --enrolled`: shares, causes, and a row for each lift."""
    shares = [
        [what, result[name]["count"], result[name]["of"], percent(result[name]["share"]), _ends(result[name])]
        for name, what in ALARM_SHARES.items()
    ]
    causes = [[row["fate"], row["cause"], row["count"]] for row in result["causes"]]
    names = [name for name in result["by_lift"][0] if name != "lift"] if result["by_lift"] else []
    lifts = [list(row.values()) for row in result["by_lift"]]
    return rendered(
        "alarms",
        result=result,
        shares=Table(("carriers", "count", "of", "%", "95 % interval"), shares),
        causes=Table(("what", "cause", "carriers"), causes),
        lifts=Table(("lift", *(name.replace("_", " ") for name in names)), lifts),
        verdicts=verdicts_table(result),
    )


def _ends(share: Result) -> str:
    return "" if share["interval_95"] is None else interval(share["interval_95"])


def passages_section(result: Result) -> str:
    """Return the table of `barwatch evaluate-passages`: variants, what they are, and what was not found."""
    within_s, first = result["all"]["within_s"], result.get("first_carriers", 2)
    heads = (
        *("variant", "carriers", "found once (%)", "missed (%)", "found twice (%)", "ghosts (%)"),
        *("middle off by, median / p95 / worst (s)", f"within {within_s} s (%)"),
        *(f"late: first {first}", "late: others", "unknown"),
    )
    variants = result["variants"]
    rows = [_variant(row) for row in [*variants, {"variant": "**all**", **result["all"]}]]
    places = {what: _places(variants, f"{name}_at") for name, what in NOT_FOUND.items()}
    return rendered(
        "passages",
        table=Table(heads, rows),
        variants=variants,
        first=first,
        places={what: lines for what, lines in places.items() if lines},
    )


def _variant(row: Result) -> list[object]:
    def counted(name: str) -> str:
        return f"{row[name]}: {100 * row[name] / row['carriers']:.2f} {interval(row[f'{name}_interval_95'])}"

    errors = [row["error_s"][name] for name in ("median", "p95", "worst")]
    return [
        *(row["variant"], row["carriers"], *map(counted, ("once", "missed", "twice", "ghosts"))),
        " / ".join("" if error is None else f"{error:.3f}" for error in errors),
        "" if row["within"] is None else f"{100 * row['within']:.1f}",
        f"{row['late_first']} of {row['first_found']}",
        f"{row['late_others']} of {row['others_found']}",
        row["unknown"],
    ]


def _places(variants: Sequence[dict[str, Any]], name: str) -> list[str]:
    """Return a line for each variant: its recordings with the middles that `name` lists."""
    lines = []
    for variant in variants:
        found = [
            f"{r['lift']}/{r['recording']} at {', '.join(f'{at:.1f}' for at in r[name])}"
            for r in variant["recordings"]
            if r[name]
        ]
        if found:
            lines.append(f"{variant['variant']}: {'; '.join(found)}")
    return lines
