"""The rules of the house: imports go one way, without knots; rooms and files stay small; torch stays out."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("lifts", "ml", "service")
ALLOWED = {"lifts": {"lifts"}, "ml": {"lifts", "ml"}, "service": {"lifts", "service"}}
LEAF_LIBRARIES = {"numpy", "cv2", "pydantic"}
MOST_LINES, MOST_FILES = 300, 12
RUNNER = "service.host.runner"

Graph = Mapping[str, set[str]]


def _modules() -> dict[str, Path]:
    found = {}
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """Every module that a file names in an import, wherever it stands: in functions and TYPE_CHECKING too."""
    found: set[str] = set()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(trees()[name]):
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


@cache  # seconds, which every process that collects the tests would spend otherwise
def trees() -> dict[str, ast.Module]:
    """Every module's source."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


@cache
def graph() -> dict[str, set[str]]:
    """What every module imports."""
    return {name: _imports(name, path, MODULES) for name, path in MODULES.items()}


def folder_of(module: str) -> str:
    """The folder in which a module lies; the files at the top of a house are one each."""
    folder = module if MODULES.get(module, Path()).name == "__init__.py" else module.rpartition(".")[0]
    return module if folder in HOUSES else folder


def folders(graph: Graph) -> dict[str, set[str]]:
    """The same graph between folders."""
    found: dict[str, set[str]] = {}
    for module, imported in graph.items():
        others = {folder_of(other) for other in imported if other in graph}
        found.setdefault(folder_of(module), set()).update(others - {folder_of(module)})
    return found


def _cycle(graph: Graph) -> list[str] | None:
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> list[str] | None:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done or name not in graph:
            return None
        for other in sorted(graph[name]):
            found = visit(other, [*trail, name])
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
    assert _cycle(graph()) is None


def test_there_are_no_knots_between_folders() -> None:
    """Nor does a folder, through any of its modules: each room can be read after those that it uses."""
    assert _cycle(folders(graph())) is None


def test_the_cycle_finder_finds_one() -> None:
    """The checks above can fail: a planted circle is found."""
    assert _cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]


@pytest.mark.parametrize("house", HOUSES)
def test_imports_go_one_way(house: str) -> None:
    """lifts <- ml, lifts <- service: no other way between them."""
    for name, imports in graph().items():
        if name.split(".")[0] == house:
            wrong = {i for i in imports if i.split(".")[0] in set(HOUSES) - ALLOWED[house]}
            assert not wrong, f"{name} imports {wrong}"


def test_lifts_is_a_leaf() -> None:
    """lifts uses numpy, OpenCV, pydantic and the standard library, nothing else."""
    for name, imports in graph().items():
        if name.split(".")[0] == "lifts":
            tops = {i.split(".")[0] for i in imports} - {"lifts"} - LEAF_LIBRARIES
            assert tops <= set(sys.stdlib_module_names), f"{name} imports {tops}"


def test_the_main_process_never_loads_torch() -> None:
    """Importing the whole service but its model leaves torch unloaded: seconds and 200 MB saved."""
    code = "import service.app, service.cli, sys; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_files_can_be_read_in_a_sitting() -> None:
    """No source file has more lines than a person reads in one go."""
    sizes = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert not {name: size for name, size in sizes.items() if size > MOST_LINES}


def test_rooms_can_be_taken_in_at_a_glance() -> None:
    """No folder holds more files than that."""
    files = Counter(path.parent for path in MODULES.values() if path.name != "__init__.py")
    full = {str(folder.relative_to(ROOT)): count for folder, count in files.items() if count > MOST_FILES}
    assert not {name: count for name, count in full.items() if not name.endswith("migrations/versions")}


def test_a_class_name_means_one_class() -> None:
    """Whoever reads a name, private ones aside, knows which class it is."""
    names = Counter(
        node.name
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert not [name for name, count in names.items() if count > 1]


def test_only_the_runner_catches_everything() -> None:
    """An unforeseen exception reaches its thread's Runner, which says so; nobody else swallows it."""
    broad = {"Exception", "BaseException"}
    found = {
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # passed on
        and (node.type is None or broad & {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)})
    }
    assert found <= {RUNNER}
