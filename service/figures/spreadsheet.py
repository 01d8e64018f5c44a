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
    """Return the lines of a table as they are made, each as `csv_line` writes it."""
    return map(csv_line, chain([header], rows))


def csv_line(cells: Iterable[Cell]) -> str:
    """Return one line with its end; None is an empty cell.

    Text that a spreadsheet would run as a formula begins with an apostrophe; numbers stay numbers.
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
