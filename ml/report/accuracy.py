"""Tables of accuracy: on unseen lifts, on S1 to S20, and after a lift has learnt from its own passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ml.report.table import Result, Table, interval, percent, rendered, share
from ml.report.verdicts import OUTCOMES, verdicts_table, views_text

TEACHERS = "teachers"
"""Below the results; of each network NAME.json, of the development lifts, and NAME-crosscheck.json."""

NETWORKS = {
    "trained-on": "what ships, trained on",
    "trained-on-short": "the same, in as many steps as a trunk gets",
    "trunk-still": "ImageNet trunk that stays as it came",
    "wider": "wider, twice the channels",
    "trunk": "ImageNet trunk",
    "distilled-wider": "what ships, taught by the wider one",
    "distilled-trunk-still": "what ships, taught by the trunk that stays as it came",
}

_WRONG = ("open_called_closed", "closed_called_open", "unknown")
_SEAT = ("empty_called_occupied", "occupied_called_empty")


def lifts_section(title: str, result: Result) -> str:
    """Return the section of a result of `barwatch evaluate`: the product's verdicts, then each lift.

    What goes by the sign of the margin, as in the papers, has columns of its own.
    """
    wrong = OUTCOMES[:3]
    heads = (
        *("lift", "pictures", *(name.replace("_", " ") for name in wrong)),
        *("by the margin's sign", "AUC", "by the sign, per passage"),
    )
    everything = {
        "lift": "**all**",
        **result,
        "auc": result["auc_by_lift"],
        "by_sign": f"**{percent(result['accuracy'])}** {interval(result['accuracy_interval_95'])}",
    }
    rows: list[list[object]] = [
        [
            *(row["lift"], row["pictures"], *_wrong(row, "per_picture", wrong)),
            *(row.get("by_sign", percent(row["accuracy"])), f"{row['auc']:.4f}"),
            percent(row["accuracy_per_passage"]),
        ]
        for row in (*result["lifts"], everything)
    ]
    tables = verdicts_table(result), Table(heads, rows)
    return rendered("lifts", title=title, verdicts=tables[0], views=views_text(result), table=tables[1])


def _wrong(row: Result, of: str, wrong: Sequence[str]) -> list[object]:
    """Return what the product calls wrongly or unknown, as counts; nothing where that was not measured."""
    if "verdicts" not in row:
        return [""] * len(wrong)
    return [row["verdicts"][of][name] for name in wrong]


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
    by_verdict = "verdict_factors" in result
    factors = [
        [
            *(factor["factor"], factor["pictures"], percent(factor["accuracy_with"])),
            *(percent(factor["accuracy_without"]), f"{factor['cost_points']:+.2f}"),
        ]
        for factor in result["verdict_factors" if by_verdict else "factors"]
    ]
    right = "right, as verdicts" if by_verdict else "right, by the margin's sign"
    by_rate = (result.get("validation_accuracy_by_rate") or {}).items()
    return rendered(
        "benchmark",
        title=title,
        result=result,
        verdicts=verdicts_table(result) if result.get("system") == "barwatch" else "",
        lifts=Table(("lift", "pictures", "accuracy", "AUC", "open as closed", "closed as open"), lifts),
        factors=Table(("factor", "pictures", f"with it: {right}", "without it", "costs (points)"), factors),
        by_rate=", ".join(f"{rate}: {percent(accuracy)}" for rate, accuracy in by_rate),
    )


def onsite_section(title: str, result: Result) -> str:
    """Return the section of `barwatch evaluate-onsite`; "worst" is the lift that lost most by the sign."""
    first, *others = result["rows"]
    wrong = OUTCOMES[:3]
    heads = (
        *("passages watched", "reviewed", "open", *(f"{name.replace('_', ' ')} (%)" for name in wrong)),
        *("by the margin's sign", "the same per passage", "worst change of a lift"),
    )

    def figures(row: Result) -> list[object]:
        shares = [f"{name}_share" for name in wrong]
        verdicts = _wrong(row, "per_passage", shares)
        per_cent = [percent(value) if isinstance(value, float) else "" for value in verdicts]
        return [*per_cent, share(row), percent(row["accuracy_per_passage"])]

    rows: list[list[object]] = [["none: two masks only", "", "", *figures(first), ""]]
    for row in others:
        change, lift = min(
            (row["accuracy_of_lifts"][name] - before, name)
            for name, before in first["accuracy_of_lifts"].items()
        )
        without = f", without {row['without']}" if row["without"] else ""
        rows.append(
            [
                *(f"{row['passages']}{without}", row["reviewed"], f"{100 * row['open_share']:.0f} %"),
                *(*figures(row), f"{100 * change:+.2f} ({lift})"),
            ]
        )
    about = "Verdicts of the product, per passage: per cent of the open, of the closed, and of all passages."
    note = about if "verdicts" in first else verdicts_table(first)
    return f"### {title}\n\n{note}\n\n{Table(heads, rows)}\n"


def arming_section(title: str, result: Result) -> str:
    """Return the section of `barwatch evaluate-arming`: what arms a lift, and what never does."""
    heads = (
        "masks",
        "open",
        "trials",
        "armed",
        "after passages (median, 90 %)",
        "lifts never armed",
        "why not",
    )
    names = {
        "right": "the lift's own",
        "swapped": "the lift's own, swapped",
        "foreign": "another lift's",
        "foreign_confirmed": "another lift's, as if confirmed",
    }
    rows: list[list[object]] = []
    for row in result["rows"]:
        after = row["armed_after_median"], row["armed_after_90_percent"]
        reasons = ", ".join(f"{reason} {count}" for reason, count in row["reasons"].items())
        rows.append(
            [
                *(names[row["masks"]], f"{100 * row['open_share']:.0f} %", row["trials"], row["armed"]),
                *(
                    "" if None in after else f"{after[0]:.0f}, {after[1]:.0f}",
                    len(row["lifts_never_armed"]),
                    reasons,
                ),
            ]
        )
    text = f"### {title}\n\n{Table(heads, rows)}\n"
    if agreement := result.get("agreement"):
        spread = Table(
            (
                "agreement of masks with what carriers show",
                "pairs",
                "lowest",
                "2 %",
                "median",
                "98 %",
                "highest",
            ),
            [[name.replace("_", " "), *values.values()] for name, values in agreement.items()],
        )
        text += f"\nOnly where the masks separate the passages at all:\n\n{spread}\n"
    return text


def privacy_table(result: Result) -> Table:
    """Return the verdicts of `barwatch evaluate-privacy` after learning from each way of storing carriers."""
    wrong = OUTCOMES[:3]
    heads = ("learnt from", "open", "stored", "passages", *(name.replace("_", " ") for name in wrong))
    rows: list[list[object]] = []
    for row in result["rows"]:
        learnt = f"{row['passages']} passages" if row["passages"] else "judged again, masks alone"
        share = "" if row["open_share"] is None else f"{100 * row['open_share']:.0f} %"
        counts = row["verdicts"]
        rows.append([learnt, share, row["stored"], counts["judged"], *(counts[name] for name in wrong)])
    return Table(heads, rows)


def privacy_section(title: str, result: Result) -> str:
    """Return the section of `barwatch evaluate-privacy`: verdicts, and what a passage takes on the disk."""
    sizes = ", ".join(f"{name} {size / 1000:.1f}" for name, size in result["bytes_per_passage"].items())
    return f"### {title}\n\n{privacy_table(result)}\n\nKilobytes of a passage: {sizes}.\n"


def gains_table(teachers: Mapping[str, Result], others: Mapping[str, Result]) -> Table:
    """Return a row for what ships, and for each network that was judged on both sets.

    Args:
        teachers: results of `barwatch evaluate`, by the names of their files in TEACHERS.
        others: all other results; of what ships, "loco" and "crosscheck".
    """
    heads = (
        *("network", "steps", "processor, min", "development lifts: right by the margin's sign (%)"),
        *(
            "passages: open as closed, closed as open, unknown",
            "seats: empty as occupied, occupied as empty",
        ),
        *("crosscheck: right by the sign (%)", "pictures: open as closed, closed as open, unknown", "seats"),
    )
    rows = []
    if "loco" in others and "crosscheck" in others:
        rows.append(["what ships (0.6.0)", "", "", *_figures(others["loco"], others["crosscheck"])])
    for name, title in NETWORKS.items():
        judged, crossed = teachers.get(name), teachers.get(f"{name}-crosscheck")
        if judged and crossed:
            network = judged["network"]
            minutes = f"{network['processor_s'] / 60:.1f}"
            rows.append([title, network["steps_done"], minutes, *_figures(judged, crossed)])
    return Table(heads, rows)


def _figures(judged: Result, crossed: Result) -> list[str]:
    passages = judged["verdicts"]["per_passage"]
    pictures, other = judged["verdicts"]["per_picture"], crossed["verdicts"]["per_picture"]
    return [
        *(share(judged), f"{_counts(passages, _WRONG)} of {passages['judged']}", _counts(pictures, _SEAT)),
        *(share(crossed), f"{_counts(other, _WRONG)} of {other['judged']}", _counts(other, _SEAT)),
    ]


def _counts(verdicts: Result, names: tuple[str, ...]) -> str:
    return ", ".join(str(verdicts[name]) for name in names)
