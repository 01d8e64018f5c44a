"""The tables of a result of `barwatch evaluate-proposals`."""

from __future__ import annotations

from ml.report.table import Result, Table, points, share
from ml.report.verdicts import OUTCOMES, share_of_outcome

_BAR_OUTCOMES = OUTCOMES[:3]

_OF = {"all": "all", "sound": "without a reason to doubt them"}


def proposals_section(result: Result) -> str:
    """Return a row for hand-made and for proposed masks of each way to pick, and which reasons came up."""
    rows: list[list[object]] = []
    for row in result["rows"]:
        for of, title in _OF.items():
            figures = row[of]
            if not figures["proposals"]:
                continue
            cost = f"{figures['cost_points']:.2f} ({points(figures['cost_interval_95'])})"
            for masks in ("hand_made", "proposed"):
                counts = figures[masks]
                cells = [share_of_outcome(counts, name) for name in _BAR_OUTCOMES]
                last = cost if masks == "proposed" else ""
                name = masks.replace("_", "-")
                rows.append(
                    [row["picks"], title, figures["proposals"], name, share(counts, "right"), *cells, last]
                )
    heads = ("picked", "proposals", "of them", "masks", "right per passage (%)")
    outcomes = [f"{name.replace('_', ' ')} (%)" for name in _BAR_OUTCOMES]
    table = Table((*heads, *outcomes, "cost (points)"), rows)
    doubts: list[list[object]] = [
        [row["picks"], reason, count] for row in result["rows"] for reason, count in row["reasons"].items()
    ]
    return f"{table}\n\n{Table(('picked', 'reason to doubt', 'proposals'), doubts)}" if doubts else str(table)
