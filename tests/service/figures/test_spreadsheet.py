"""CSV: read back it is what was written, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from service.figures.spreadsheet import BYTE_ORDER_MARK, Cell, csv_lines
from service.words.catalogue import LANGUAGES, words_in


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


ROWS: list[list[Cell]] = [
    ["=1+1", 0.25, True, datetime(2026, 1, 31, 13, 3, 9, tzinfo=UTC)],
    ["a;b,c", 3, None, -1.5],
]


def test_a_table_for_programs_knows_no_language() -> None:
    """Commas, points, UTC, no mark before it; text that would be a formula is none."""
    lines = list(csv_lines(["a", "b"], ROWS))
    assert lines == ["a,b\r\n", "'=1+1,0.25,yes,2026-01-31T13:03:09+00:00\r\n", '"a;b,c",3,,-1.5\r\n']


def test_a_table_for_people_is_read_by_their_spreadsheet() -> None:
    """Semicolons where a comma is the decimals', the resort's clock, words; in English commas and points."""
    answers = {"en": "yes", "fr": "oui", "de": "ja", "it": "sì"}
    for language in LANGUAGES:
        english = language == "en"
        delimiter, quarter, less = (",", "0.25", "-1.5") if english else (";", "0,25", "-1,5")
        text = "".join(csv_lines(["a", "b"], ROWS, words_in(language, ZoneInfo("Europe/Paris"))))
        assert text.startswith(BYTE_ORDER_MARK)
        read = list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))
        assert read[1:] == [
            ["'=1+1", quarter, answers[language], "2026-01-31 14:03:09"],
            ["a;b,c", "3", "", less],
        ]
