"""CSV, line by line (RFC 4180): for programs, or for the spreadsheets of people who read a language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from service.words.catalogue import Words

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, at the beginning of a cell with text."""

Cell = str | int | float | bool | datetime | None

BYTE_ORDER_MARK = "\ufeff"
"""By it spreadsheets know that a file is UTF-8."""


def csv_lines(
    header: Iterable[str], rows: Iterable[Iterable[Cell]], words: Words | None = None
) -> Iterator[str]:
    """Return the lines of a table as they are made, each as `csv_line` writes it."""
    mark = "" if words is None else BYTE_ORDER_MARK
    for number, line in enumerate(chain([header], rows)):
        yield (mark if number == 0 else "") + csv_line(line, words)


def csv_line(cells: Iterable[Cell], words: Words | None = None) -> str:
    """Return one line with its end; None is an empty cell.

    Text that a spreadsheet would run as a formula begins with an apostrophe; numbers stay numbers.

    words: of whoever reads it: times by the resort's clock, decimals behind the language's mark, and
        semicolons between cells where that is a comma: so spreadsheets of that language expect it. None: for
        programs.
    """
    line = io.StringIO()
    delimiter = "," if words is None or words.decimal_point == "." else ";"
    writer = csv.writer(line, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_cell(cell, words) for cell in cells])
    return line.getvalue()


def _cell(cell: Cell, words: Words | None) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        answer = "yes" if cell else "no"
        return answer if words is None else str(words["tables"][answer])
    if isinstance(cell, datetime):
        return cell.isoformat() if words is None else words.clock(cell)
    if isinstance(cell, float) and words is not None:
        return str(cell).replace(".", words.decimal_point)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
