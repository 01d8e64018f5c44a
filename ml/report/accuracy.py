"""Tables of accuracy: on unseen lifts, on S1 to S20, and after a lift has learnt from its own passages."""

from __future__ import annotations

from ml.report.table import Result, Table, interval, percent, rendered, share


def lifts_section(title: str, result: Result) -> str:
    """Return the section of a result of `barwatch evaluate`: a row for each lift, then all of them."""
    heads = ("lift", "pictures", "accuracy", "AUC", "per passage", "open as closed", "closed as open")
    rows: list[list[object]] = [
        [
            *(lift["lift"], lift["pictures"], percent(lift["accuracy"]), f"{lift['auc']:.4f}"),
            *(percent(lift["accuracy_per_passage"]), lift["open_called_closed"], lift["closed_called_open"]),
            percent(lift["occupancy_accuracy"]),
        ]
        for lift in result["lifts"]
    ]
    overall = f"**{percent(result['accuracy'])}** {interval(result['accuracy_interval_95'])}"
    rows.append(
        [
            *("**all**", result["pictures"], overall, f"{result['auc_by_lift']:.4f}"),
            *(percent(result["accuracy_per_passage"]), "", "", percent(result["occupancy_accuracy"])),
        ]
    )
    return rendered("lifts", title=title, table=Table((*heads, "occupancy"), rows), band=result.get("called"))


def benchmark_section(title: str, result: Result) -> str:
    """Return the section of a result of `barwatch evaluate-benchmark`: lifts, then the costliest factors."""
    wrong = ("open_called_closed", "closed_called_open")
    lifts: list[list[object]] = [
        [
            row["lift"],
            row["pictures"],
            percent(row["accuracy"]),
            f"{row['auc']:.4f}",
            *(row[n] for n in wrong),
        ]
        for row in result["lifts"]
    ]
    overall = f"**{percent(result['accuracy'])}** {interval(result['accuracy_interval_95'])}"
    everything = ["**all, by picture**", result["pictures"], overall, f"{result['auc']:.4f}"]
    lifts.append([*everything, *(result[name] for name in wrong)])
    lifts.append(["all, by lift", "", percent(result["accuracy_by_lift"]), "", "", ""])
    factors = [
        [
            *(factor["factor"], factor["pictures"], percent(factor["accuracy_with"])),
            *(percent(factor["accuracy_without"]), f"{factor['cost_points']:+.2f}"),
        ]
        for factor in result["factors"]
    ]
    by_rate = (result.get("validation_accuracy_by_rate") or {}).items()
    return rendered(
        "benchmark",
        title=title,
        result=result,
        lifts=Table(("lift", "pictures", "accuracy", "AUC", "open as closed", "closed as open"), lifts),
        factors=Table(("factor", "pictures", "with it", "without it", "costs (points)"), factors),
        by_rate=", ".join(f"{rate}: {percent(accuracy)}" for rate, accuracy in by_rate),
    )


def onsite_section(title: str, result: Result) -> str:
    """Return the section of `barwatch evaluate-onsite`; "worst" is the lift that lost most."""
    first, *others = result["rows"]
    alone = [percent(first["accuracy"]), percent(first["accuracy_per_passage"])]
    rows: list[list[object]] = [["none: two masks only", "", "", *alone, ""]]
    for row in others:
        change, lift = min(
            (row["accuracy_of_lifts"][name] - before, name)
            for name, before in first["accuracy_of_lifts"].items()
        )
        without = f", without {row['without']}" if row["without"] else ""
        rows.append(
            [
                *(f"{row['passages']}{without}", row["reviewed"], f"{100 * row['open_share']:.0f} %"),
                *(share(row), percent(row["accuracy_per_passage"]), f"{100 * change:+.2f} ({lift})"),
            ]
        )
    heads = ("passages watched", "reviewed", "open", "accuracy", "per passage", "worst change of a lift")
    return f"### {title}\n\n{Table(heads, rows)}\n"
