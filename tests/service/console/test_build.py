"""What the operators' page is built from, and what comes of it."""

import gzip
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from service.console import build
from service.web import app
from tests.service.api.conftest import House

ROOT = build.HERE.parents[1]
MOST_BYTES, MOST_SENT = 400_000, 140_000
LANGUAGES = {"de", "en", "fr", "it"}
HASHED = re.compile(r"([\w-]+)-[A-Z0-9]{8}\.js")
MOST_LINES, MOST_FILES = 300, 12


def test_the_page_is_small_and_whole(built: None) -> None:
    """Two pages, what they share, a file per language: small for whoever reads one of them."""
    files = {path.name: path.read_bytes() for path in build.BUILT.iterdir()}
    named = {path.name for path in build.BUILT.iterdir() if not HASHED.fullmatch(path.name)}
    pages = {"index.html", "docs.html", "console.js", "docs.js", "push.js"}
    assert named == pages | {"style.css", "light.css", "icon.svg", "build.json"}
    scripts = b"".join(content for name, content in files.items() if name.endswith(".js"))
    assert json.loads(files["build.json"])["build"].encode() in scripts
    spoken = {name: found[1] for name in files if (found := HASHED.fullmatch(name)) and found[1] in LANGUAGES}
    assert set(spoken.values()) == LANGUAGES
    longest = max(len(files[name]) for name in spoken)
    others = [content for name, content in files.items() if name not in spoken]
    assert sum(map(len, others)) + longest <= MOST_BYTES
    sent = max(len(gzip.compress(files[name])) for name in spoken) + sum(
        len(gzip.compress(each)) for each in others
    )
    assert sent <= MOST_SENT  # packed, as the service sends it
    assert build.is_current()
    hosts = {
        host.decode() for content in files.values() for host in re.findall(rb"https?://([\w.]+)", content)
    }
    assert hosts <= {"www.w3.org"}  # a name space, never asked for


def test_what_moves_moves_only_for_those_who_did_not_ask_for_calm() -> None:
    """Each animation and transition of the style sheets stands where no reduced motion is asked for."""
    block = re.compile(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", re.DOTALL)
    sheets = [path.read_text(encoding="utf-8") for path in (build.HERE / "src").rglob("*.css")]
    moving = re.compile(r"(?:animation|transition|scroll-behavior)[\w-]*:")
    assert any(moving.search(sheet) for sheet in sheets)
    assert not any(moving.search(block.sub("", sheet)) for sheet in sheets)


def test_packages_are_pinned_without_a_registry() -> None:
    """Exact versions with their checksums; whoever installs asks the registry of their own."""
    wanted = json.loads((build.HERE / "package.json").read_text())
    for version in (wanted["dependencies"] | wanted["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    packages = json.loads((build.HERE / "package-lock.json").read_text())["packages"]
    packages.pop("")
    assert packages
    assert all("integrity" in package and "resolved" not in package for package in packages.values())


def test_a_page_that_is_not_built_says_what_to_do(
    make_house: Callable[..., House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, not as an empty page; the API answers all the same."""
    monkeypatch.setattr(app, "CONSOLE", tmp_path / "built")
    house = make_house()
    for path in ("/", "/docs", "/console/index.js", "/console/", "/console/none/at/all"):
        answer = house.client.get(path)
        assert answer.status_code == 503
        assert "make setup" in answer.text
    assert house.call("GET", "/lifts").status_code == 200


def test_no_text_hides_another() -> None:
    """Rooms' texts are one catalogue: a key in two of them shows one room's words in the other."""
    rooms = [path.read_text(encoding="utf-8") for path in (build.HERE / "src" / "i18n" / "en").rglob("*.ts")]
    keys = Counter(key for text in rooms for key in re.findall(r'^  "([\w.]+)":', text, re.MULTILINE))
    assert len(keys) > 300
    assert [key for key, count in keys.items() if count > 1] == []


def test_the_pages_sources_can_be_read_in_a_sitting() -> None:
    """As for Python: no file and no folder is longer than a person reads in one go."""
    files = [path for path in (build.HERE / "src").rglob("*") if path.is_file()]
    assert not [path.name for path in files if len(path.read_text().splitlines()) > MOST_LINES]
    assert max(Counter(path.parent for path in files).values()) <= MOST_FILES


def test_no_language_lacks_a_text() -> None:
    """What one lacks, has too much, has lost a place of, or left in English, is named."""
    program, environment = build.npm_program()
    found = subprocess.run(
        [program[0], "languages.mjs"],
        check=False,
        cwd=build.HERE,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stderr) == (0, "")
