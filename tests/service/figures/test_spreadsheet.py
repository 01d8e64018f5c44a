"""CSV: read back it is what was written, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from service.figures.spreadsheet import csv_lines


def test_text_comes_back_and_is_no_formula() -> None:
    """Quotes, commas, line breaks, any letters; before what begins as a formula stands an apostrophe."""
    cells = ['say "so"', "a,b", "two\r\nlines", "Sesselbahn Höhe 日", "=1+1", "+1", "-1", "@x", "\tx", "\r=x"]
    text = "".join(csv_lines(["name"], ([cell] for cell in cells)))
    read = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert read[:4] == cells[:4]
    assert read[4:] == [f"'{cell}" for cell in cells[4:]]


def test_numbers_stay_numbers() -> None:
    """A negative one is none of a formula; nothing is an empty cell."""
    assert list(csv_lines(["a", "b", "c"], [(-1, 0.25, None)])) == ["a,b,c\r\n", "-1,0.25,\r\n"]


def test_rows_are_made_as_they_are_sent() -> None:
    """The second row is not asked for before the first was taken."""
    asked = []

    def rows() -> Iterator[tuple[int]]:
        for n in range(3):
            asked.append(n)
            yield (n,)

    lines = csv_lines(["n"], rows())
    next(lines)
    next(lines)
    assert asked == [0]
