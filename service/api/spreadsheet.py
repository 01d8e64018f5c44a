"""CSV for spreadsheets, line by line (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, at the beginning of a cell with text."""

Cell = str | int | float | None


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Return the lines of a table as they are made; None is an empty cell.

    Text that a spreadsheet would run as a formula begins with an apostrophe; numbers stay numbers.
    """
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([_cell(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
