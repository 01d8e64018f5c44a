"""Which tests hold which row of the faults: `python -m tests.faults.index` writes docs/faults.md anew.

A test says which rows it holds: `@pytest.mark.fault(30)`, on the function or on its class, once a row. The
sources are read, not imported: a test behind a mark, or one whose library is missing here, counts as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.rows import ROWS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "faults.md"
AT_LENGTH = {"thorough", "slow", "docker", "gpu", "postgres"}
"""Marks of tests that the default run leaves out."""

INTRODUCTION = """# Faults and attacks

What Barwatch must bear, how each fault is brought about, what must hold, and the tests that fail where
it does not. Each of these tests carries `@pytest.mark.fault(ROW)`; `tests/faults/test_index.py` fails if
a row has none. Times hold on two cores that are busy with other things. What stands in brackets behind a
test is the mark by which the default run leaves it out (`pytest -m slow` runs those).

This file is written by `python -m tests.faults.index`, from `tests/faults/rows.py` and the marks.

| # | fault or attack | brought about by | must hold | tests |
|---|---|---|---|---|
"""


Mark = tuple[str, tuple[int, ...]]
"""A mark's name; the rows, if it is a fault's."""


class MarkedTest(NamedTuple):
    """A test of the suite with the rows that it claims to hold, and the marks it is left out by."""

    path: str
    name: str
    rows: tuple[int, ...]
    left_out: tuple[str, ...]


class UnreadableMarkError(Exception):
    """A fault's mark stands where this index would overlook it."""


def marked_tests(folder: Path = ROOT / "tests") -> list[MarkedTest]:
    """Return every test that is marked with rows, by file and name; raises UnreadableMarkError."""
    found: list[MarkedTest] = []
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.fault" in source:
            found += _of_file(path.relative_to(folder.parent).as_posix(), ast.parse(source))
    return found


def document(tests: list[MarkedTest]) -> str:
    """Return docs/faults.md as it must be."""
    lines = []
    for number, row in ROWS.items():
        cells = [
            f"`{test.path}::{test.name}`" + (f" ({', '.join(test.left_out)})" if test.left_out else "")
            for test in tests
            if number in test.rows
        ]
        shown = "<br>".join(cells) or "none yet"
        lines.append(f"| {number} | {row.fault} | {row.brought_about} | {row.must_hold} | {shown} |\n")
    return INTRODUCTION + "".join(lines)


def _of_file(path: str, tree: ast.Module) -> Iterator[MarkedTest]:
    read = 0
    everywhere = [mark for mark in _marks(_assigned(tree)) if mark[0] in AT_LENGTH]
    for node in tree.body:
        members, shared, prefix = [node], list[Mark](), ""
        if isinstance(node, ast.ClassDef):
            members, shared, prefix = node.body, list(_marks(node.decorator_list)), f"{node.name}::"
        read += sum(name == "fault" for name, _ in shared)
        for member in members:
            if not isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            own = list(_marks(member.decorator_list))
            read += sum(name == "fault" for name, _ in own)
            marks = [*everywhere, *shared, *own]
            rows = tuple(sorted({row for name, numbers in marks if name == "fault" for row in numbers}))
            if rows and member.name.startswith("test_"):
                left_out = tuple(sorted({name for name, _ in marks if name in AT_LENGTH}))
                yield MarkedTest(path, prefix + member.name, rows, left_out)
    written = sum(bool(re.search(r"mark\.fault$", ast.unparse(node))) for node in _attributes(tree))
    if written != read:
        raise UnreadableMarkError(f"{path}: a fault's mark belongs on a test or its class")


def _attributes(tree: ast.Module) -> Iterator[ast.Attribute]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def _assigned(tree: ast.Module) -> list[ast.expr]:
    """Return the marks of a whole file."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return node.value.elts if isinstance(node.value, ast.List) else [node.value]
    return []


def _marks(decorators: list[ast.expr]) -> Iterator[Mark]:
    """Return each mark's name, with its rows if it is a fault's."""
    for node in decorators:
        call, arguments = (node.func, node.args) if isinstance(node, ast.Call) else (node, [])
        name = ast.unparse(call)
        if name.startswith("pytest.mark."):
            kind = name.removeprefix("pytest.mark.")
            yield kind, tuple(map(ast.literal_eval, arguments)) if kind == "fault" else ()


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(marked_tests()), encoding="utf-8")


if __name__ == "__main__":
    main()
