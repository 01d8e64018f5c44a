"""What needs no learning beside what learns (`barwatch evaluate-naive`)."""

from __future__ import annotations

from ml.report.table import Result, Table, share

JUDGED_ON = ("seen", "alike", "unseen")


def naive_section(naive: Result) -> str:
    """Return the table of answers that need no learning, their figures in per cent."""
    heads = (
        "nothing learnt",
        "S1 to S20",
        "unseen, same kind",
        "unseen, harder",
    )
    return str(Table(heads, [_row(name, row) for name, row in naive["rows"].items()]))


def _row(name: str, row: Result) -> list[object]:
    reduced = f", pictures of {row['side']} pixels" if row.get("side", 200) != 200 else ""
    return [
        f"{name}{reduced}",
        *(share(row[on]) if row.get(on) else "" for on in JUDGED_ON),
    ]
