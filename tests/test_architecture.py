"""The house's rules: imports go one way, in no circle, and torch stays out of the service's main process."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("lifts", "ml", "service")
ALLOWED = {"lifts": {"lifts"}, "ml": {"lifts", "ml"}, "service": {"lifts", "service"}}
LEAF_LIBRARIES = {"numpy", "cv2", "pydantic"}


def _modules() -> dict[str, Path]:
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """Every module that a file names in an import, wherever it stands: in functions and TYPE_CHECKING too."""
    found: set[str] = set()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            for alias in node.names:
                child = f"{base}.{alias.name}"
                found.add(child if child in modules else base)
    return found


MODULES = _modules()
GRAPH = {name: _imports(name, path, MODULES) for name, path in MODULES.items()}


def _cycle(graph: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str] | None:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done or name not in graph:
            return None
        for other in sorted(graph[name]):
            found = visit(other, [*way, name])
            if found:
                return found
        done.add(name)
        return None

    for name in graph:
        found = visit(name, [])
        if found:
            return found
    return None


def test_there_are_no_import_cycles() -> None:
    """No module imports itself through others, not even under TYPE_CHECKING."""
    assert _cycle(GRAPH) is None


def test_the_cycle_finder_finds_one() -> None:
    """The check above can fail: a planted circle is found."""
    assert _cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    """lifts <- ml, lifts <- service: no other way between the rooms."""
    for name, imports in GRAPH.items():
        if name.split(".")[0] == room:
            wrong = {i for i in imports if i.split(".")[0] in set(ROOMS) - ALLOWED[room]}
            assert not wrong, f"{name} imports {wrong}"


def test_lifts_is_a_leaf() -> None:
    """lifts uses numpy, OpenCV, pydantic and the standard library, nothing else."""
    for name, imports in GRAPH.items():
        if name.split(".")[0] == "lifts":
            tops = {i.split(".")[0] for i in imports} - {"lifts"} - LEAF_LIBRARIES
            assert tops <= set(sys.stdlib_module_names), f"{name} imports {tops}"


def test_the_main_process_never_loads_torch() -> None:
    """Importing the whole service but its model leaves torch unloaded: seconds and 200 MB saved."""
    code = "import service.app, service.cli, sys; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_files_can_be_read_in_a_sitting() -> None:
    """No source file is much over 300 lines."""
    long = {n: k for n, p in MODULES.items() if (k := len(p.read_text(encoding="utf-8").splitlines())) > 335}
    assert not long
