"""The rooms of ml form an order: no folder imports another that imports it, directly or through others."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _imported(path: Path) -> Iterator[str]:
    """Yield the folder of every module of ml that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ml":
            base = ROOT.joinpath(*str(node.module).split("."))
            for alias in node.names:
                is_module = (base / f"{alias.name}.py").exists()
                yield (base if is_module else base.parent).relative_to(ROOT).as_posix()


def _folders() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "ml").rglob("*.py")):
        folder = path.parent.relative_to(ROOT).as_posix()
        found.setdefault(folder, set()).update(set(_imported(path)) - {folder})
    return found


def test_no_knot_between_the_folders() -> None:
    """The folders can be put in an order in which each imports only those before it."""
    folders = _folders()
    assert folders["ml/train"] >= {"ml/data", "ml/systems"}  # the finder sees what is there
    TopologicalSorter(folders).prepare()


def test_a_knot_through_a_third_folder_is_found() -> None:
    """The check above can fail: a imports b, b imports c, c imports a."""
    with pytest.raises(CycleError):
        TopologicalSorter({"a": {"b"}, "b": {"c"}, "c": {"a"}}).prepare()
