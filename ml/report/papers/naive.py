"""What needs no learning beside what learns (`barwatch evaluate-naive`)."""

from __future__ import annotations

from ml.report.systems import UNSEEN, naive_rows
from ml.report.table import Result, Table


def naive_section(naive: Result) -> str:
    """Return the table of answers that need no learning, their figures in per cent."""
    return str(Table(("nothing learnt", "S1 to S20", *UNSEEN), naive_rows(naive["rows"], naive["rows"])))
