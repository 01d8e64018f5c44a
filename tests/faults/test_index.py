"""Every row of the faults has a test, and docs/faults.md names it."""

from functools import cache
from pathlib import Path

import pytest

from tests.faults.index import DOCUMENT, MarkedTest, UnreadableMarkError, document, marked_tests
from tests.faults.rows import ROWS

OPEN: set[int] = set()
"""Rows that have no test yet. This set only ever shrinks, to nothing."""


@cache
def found() -> list[MarkedTest]:
    """The tests that carry a row's mark; read once it is asked for: every worker loads this file."""
    return marked_tests()


def held(tests: list[MarkedTest]) -> set[int]:
    """The rows that tests claim to hold."""
    return {row for test in tests for row in test.rows}


def test_the_table_has_53_rows() -> None:
    """None is taken out, and none is empty."""
    assert list(ROWS) == list(range(1, 54))
    assert all(text.strip() for row in ROWS.values() for text in row)


def test_every_row_has_a_test() -> None:
    """A row without a test that is marked with it fails, and so does one that is called open and has one."""
    missing = sorted(set(ROWS) - held(found()) - OPEN)
    assert not missing, f"no test carries @pytest.mark.fault(ROW) for the rows {missing}"
    closed = sorted(OPEN & held(found()))
    assert not closed, f"take the rows {closed} out of OPEN in tests/faults/test_index.py: they have tests"


def test_no_test_names_a_row_that_is_not_there() -> None:
    """A mistyped number would leave its row without a test."""
    wrong = [test for test in found() if not set(test.rows) <= set(ROWS)]
    assert not wrong


def test_the_document_is_as_the_marks_are() -> None:
    """docs/faults.md names the tests of each row, no other and none less."""
    assert DOCUMENT.read_text(encoding="utf-8") == document(found()), "run: python -m tests.faults.index"


SOURCE = """
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.timeout(5)]

@pytest.mark.fault(3)
@pytest.mark.fault(7)
def test_one(): ...

@pytest.mark.fault(8)
class TestSome:
    def test_two(self): ...
    def helper(self): ...

def test_three(): ...
"""


def test_marks_are_found_where_they_may_stand(tmp_path: Path) -> None:
    """On a function or a class; with what leaves the test out."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(SOURCE)
    assert marked_tests(folder) == [
        MarkedTest("tests/test_a.py", "test_one", (3, 7), ("slow",)),
        MarkedTest("tests/test_a.py", "TestSome::test_two", (8,), ("slow",)),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "import pytest\nhard = pytest.mark.fault(3)\n@hard\ndef test_a(): ...",
        "import pytest\npytestmark = pytest.mark.fault(3)\ndef test_a(): ...",
    ],
)
def test_a_mark_that_would_be_overlooked_is_refused(tmp_path: Path, source: str) -> None:
    """Elsewhere than on a test or its class it counts for nothing, and is said to."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(source)
    with pytest.raises(UnreadableMarkError, match="test_a"):
        marked_tests(folder)
