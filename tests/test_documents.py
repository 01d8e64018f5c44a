"""What the documents say exists: links, commands, variables, endpoints and files."""

import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click
import pytest
import typer

import service.api.routes
from ml.report.document import fill_places
from service.cli import app
from service.domain.alarm import AlarmKind
from service.settings import Settings
from tests.tools.viewpoints import of_lifts

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = sorted(path for path in chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
GENERATED = sorted((ROOT / "ml" / "results").glob("*.md"))
CURRENT = [path for path in WRITTEN if path.name != "CHANGELOG.md"]
"""The changelog alone may name what is no more."""

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CALL = re.compile(r"`(GET|POST|PUT|DELETE) (/[^`?\s]*)[^`]*`")
_PATH = re.compile(r"^(?:lifts|ml|service|tests|docker|docs)/[\w./*-]*$")

CLIENT = {"TOKEN"}
"""Variables of the command line's own client."""


def named(path: Path) -> Any:
    return pytest.param(path, id=str(path.relative_to(ROOT)))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    headings = _HEADING.findall(re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower().strip()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", [named(path) for path in [*WRITTEN, *GENERATED]])
def test_every_link_leads_somewhere(path: Path) -> None:
    """A relative link names a file of the repository, and a heading that it has."""
    for target in _LINK.findall(re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)):
        if "://" in target:
            continue
        file, _, heading = target.partition("#")
        found = path.parent / file if file else path
        assert found.exists(), f"{target}: no such file"
        assert not heading or heading in anchors(found), f"{target}: no such heading"


def commands() -> dict[tuple[str, ...], set[str]]:
    """Every command by its words, with its options; groups have none."""

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
        options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        yield words, options | {"--help"}
        if hasattr(command, "list_commands"):
            context = click.Context(command, parent=None if not words else click.Context(command))
            for name in command.list_commands(context):
                yield from walk(command.get_command(context, name), (*words, name))

    return dict(walk(typer.main.get_command(app), ()))


COMMANDS = commands()


@pytest.mark.parametrize("path", [named(path) for path in CURRENT])
def test_every_command_exists_with_its_options(path: Path) -> None:
    """`barwatch X --y` in any document: there is such a command, and it takes that option."""
    for line in (line for code in _CODE.findall(text_of(path)) for line in code.strip("`").splitlines()):
        for call in re.findall(r"(?:^|[\s/])(?<!-T )(?<!save )barwatch ((?:[^\s`&|;)]|\\\|)[^`&;)#]*)", line):
            words = call.replace("\\|", "|").split()
            known = _longest(words)
            if not known and not re.fullmatch(r"[a-z][a-z-]*(\|[a-z-]+)*", words[0]):
                continue  # a service of that name in a command of docker's
            assert known, f"barwatch {call}: no such command"
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", call):
                assert all(option in COMMANDS[one] for one in known), f"barwatch {call}: no option {option}"


def _longest(words: list[str]) -> list[tuple[str, ...]]:
    """The commands that words begin with; `render lift|video` are two of them."""
    found: list[tuple[str, ...]] = [()]
    for word in words:
        longer = [(*one, each) for one in found for each in word.split("|")]
        if not all(one in COMMANDS for one in longer):
            break
        found = longer
    return [] if found == [()] else found


def environment() -> set[str]:
    """Variables that the service, its client, its container files or its Makefile read."""
    files = [
        *(ROOT / name for name in ("docker-compose.yml", ".env.example", "Makefile")),
        *(path for path in (ROOT / "docker").rglob("*") if path.is_file()),
    ]
    outside = {name for path in files for name in re.findall(r"BARWATCH_(\w+)", text_of(path))}
    return {name.upper() for name in Settings.model_fields} | CLIENT | outside


@pytest.mark.parametrize("path", [named(path) for path in CURRENT])
def test_every_variable_is_read_by_something(path: Path) -> None:
    """A BARWATCH_ variable in a document is a setting, or one of the container files' own."""
    unknown = set(re.findall(r"BARWATCH_([A-Z_]*[A-Z])", text_of(path))) - environment()
    assert not unknown


def test_every_setting_is_documented() -> None:
    """docs/commands.md names each of them."""
    text = text_of(ROOT / "docs" / "commands.md")
    missing = {name for name in Settings.model_fields if f"BARWATCH_{name.upper()}`" not in text}
    assert not missing


def test_variables_of_the_container_files_are_settings() -> None:
    """What docker-compose.yml and its overrides hand to the service is something it reads."""
    text = "".join(text_of(path) for path in (ROOT / "docker-compose.yml", *(ROOT / "docker").glob("*.yml")))
    given = set(re.findall(r"^\s+BARWATCH_([A-Z_]+):", text, re.MULTILINE))
    assert given - {"DOMAIN", "TLS", "UPSTREAMS"} <= {name.upper() for name in Settings.model_fields}
    assert "ADMIN_TOKEN" in given


def test_every_setting_reaches_the_container() -> None:
    """What .env says and docker-compose.yml does not hand on would be ignored without a word."""
    given = set(re.findall(r"^      BARWATCH_([A-Z_]+):", text_of(ROOT / "docker-compose.yml"), re.MULTILINE))
    images = {"DATA", "HOST", "PORT"}
    secret = {"SECRET_KEY", "EVIDENCE_SECRET_KEY"}  # from a file, which an override mounts
    wanted = {name.upper() for name in Settings.model_fields if not name.endswith("_file")} - images - secret
    assert wanted <= given


def routes() -> set[tuple[str, str]]:
    """Every call that the API answers, as (method, path)."""
    found = {("GET", "/docs"), ("GET", "/openapi.json")}
    for module in pkgutil.walk_packages(service.api.routes.__path__, "service.api.routes."):
        if module.ispkg:
            continue
        for route in importlib.import_module(module.name).router.routes:
            methods = getattr(route, "methods", None) or {"GET"}  # a WebSocket begins as a GET
            found |= {(method, route.path) for method in methods}
    return found


@pytest.mark.parametrize("path", [named(path) for path in CURRENT])
def test_every_call_is_answered(path: Path) -> None:
    """`GET /x` in any document is a route of the API."""
    unknown = set(_CALL.findall(text_of(path))) - routes()
    assert not unknown


def test_every_call_is_documented() -> None:
    """docs/api.md has each of the API's routes."""
    calls = set(_CALL.findall(text_of(ROOT / "docs" / "api.md")))
    assert not routes() - calls - {("GET", "/docs"), ("GET", "/openapi.json")}


@pytest.mark.parametrize("path", [named(path) for path in CURRENT])
def test_every_path_of_the_repository_exists(path: Path) -> None:
    """`service/x.py` in any document is there; `*` stands for anything."""
    for code in re.findall(r"`([^`\n]+)`", text_of(path)):
        if _PATH.match(code):
            assert list(ROOT.glob(code.rstrip("/"))), f"{code}: no such path"


def test_where_to_mount_a_camera_is_what_was_rendered() -> None:
    """docs/operations.md holds what `python -m tests.tools.viewpoints` prints."""
    operations = text_of(ROOT / "docs" / "operations.md")
    assert fill_places(operations, {"viewpoints": of_lifts().rstrip("\n")}) == operations


@pytest.mark.parametrize("path", [named(path) for path in CURRENT])
def test_every_module_and_target_exists(path: Path) -> None:
    """`python -m X` is a module, `pytest X` a test, and `make X` a target of the Makefile."""
    code = " ".join(_CODE.findall(text_of(path)))
    for module in re.findall(r"python -m (tests[\w.]+)", code):
        place = ROOT / module.replace(".", "/")
        found = place.with_suffix(".py"), place / "__main__.py"
        assert any(path.exists() for path in found), f"python -m {module}: no such module"
    for test in re.findall(r"pytest [^`]*?(tests/[\w./]+)", code):
        assert (ROOT / test).exists(), f"pytest {test}: no such test"
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|\n)make ([a-z-]+)", code)) <= targets


def test_every_room_is_described() -> None:
    """ARCHITECTURE.md names each folder of code, and none that is no more."""
    described = set(re.findall(r"`((?:lifts|ml|service)(?:/\w+)?)`", text_of(ROOT / "ARCHITECTURE.md")))
    rooms = {path.parent for room in ("lifts", "ml", "service") for path in ROOT.glob(f"{room}/*/*.py")}
    assert {str(room.relative_to(ROOT)) for room in rooms} - described == set()
    assert all((ROOT / room).is_dir() for room in described)


def test_no_file_holds_both_sides_of_a_merge() -> None:
    """What git writes where two sides meet is in no tracked file."""
    # Written apart, so that this file does not hold them itself.
    marks = [option for mark in ("<", ">") for option in ("-e", f"^{mark * 7} ")]
    found = subprocess.run(
        ["git", "grep", "-I", "-l", *marks], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1, found.stdout + found.stderr


def test_every_kind_of_alarm_is_explained() -> None:
    """docs/operations.md says of each kind what it means and what to do."""
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", text_of(ROOT / "docs" / "operations.md"), re.MULTILINE
    )
    assert set(AlarmKind) <= set(rows)
