"""What needs no learning beside what learns (`barwatch evaluate-naive`)."""

from __future__ import annotations

from ml.report.systems import UNSEEN, naive_rows
from ml.report.table import Result, Table


def naive_section(naive: Result) -> str:
    """Return the table of answers that need no learning, in per cent; it says if some are missing."""
    rows = naive["rows"]
    table = Table(("nothing learnt", "S1 to S20", *UNSEEN), naive_rows(rows, rows))
    missing = "Further rows are not measured yet: `barwatch reproduce naive`."
    return str(table) if naive["complete"] else f"{table}\n\n{missing}"
