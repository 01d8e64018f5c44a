"""What is released: a wheel and an sdist that hold all that the program opens, by the version of the tag."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

import httpx
import pytest
from packaging.version import Version

from tests.supply.contents import ROOT, opened
from tests.tools.processes import ADMIN_TOKEN, environment

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RELEASED = re.findall(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_whatever_the_program_opens_is_packed() -> None:
    """Each file that is not Python, by its package's patterns: no new kind of file is forgotten."""
    packed = [
        f"{package}/{pattern.replace('**/', '')}"
        for package, patterns in PYPROJECT["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
    ]
    files = {name for name in opened() if not name.endswith(".py")}
    assert {name.rpartition(".")[2] for name in files} >= {"ts", "json", "mp4", "toml", "png", "j2"}
    assert {name for name in files if not any(fnmatch.fnmatch(name, one) for one in packed)} == set()
    kept = subprocess.run(
        ["git", "ls-files", "lifts", "ml", "service"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.split()
    assert {name for name in kept if not name.endswith(".py") and "/console/" not in name} - files == set()


def test_the_version_never_goes_back() -> None:
    """Where no tag says it, it is the last release's, in every place that has it written."""
    fallback = PYPROJECT["tool"]["setuptools_scm"]["fallback_version"]
    assert [fallback, *RELEASED] == [RELEASED[0], *map(str, sorted(map(Version, RELEASED), reverse=True))]
    assert f"\nversion: {fallback}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel, and the sdist that it was made of."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True)
    return folder


@pytest.mark.slow
def test_wheel_and_sdist_hold_it(dist: Path) -> None:
    """By their lists of contents."""
    command = [sys.executable, "-m", "tests.supply.contents", str(dist)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("given", [None, "7.8.9"])
def test_without_git_a_wheel_has_the_version_that_is_told(tmp_path: Path, given: str | None) -> None:
    """As in the image, which knows no repository; nothing told: the last release's."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("README.md", "LICENSE", "MANIFEST.in", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, source)
    for name in ("lifts", "service", "ml"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("node_modules", "*.mp4"))
    told = {} if given is None else {"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BARWATCH": given}
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, env={**os.environ, **told})
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.split("-")[1] == (given or RELEASED[0])


@pytest.mark.slow
def test_a_wheel_runs_the_demonstration_in_an_environment_of_its_own(dist: Path, tmp_path: Path) -> None:
    """Installed with what it needs and nothing else, no Node in reach: the page is served, an alarm comes."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    (wheel,) = dist.glob("*.whl")
    # -I: pip would take this checkout, where PYTHONPATH names it, for what is installed already.
    pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, str(wheel)], check=True)
    output, bare = tmp_path / "output.txt", {"PATH": str(python.parent), "PYTHONPATH": ""}
    command = [str(python.parent / "barwatch"), "demo", "--port", "0", "--data", str(tmp_path / "data")]
    with (
        output.open("w") as file,
        subprocess.Popen(command, stdout=file, stderr=file, env=environment(**bare), cwd=tmp_path) as process,
    ):
        try:
            while not (link := re.search(r"^    (http://\S+)/#key=", output.read_text(), re.MULTILINE)):
                assert process.poll() is None, output.read_text()
                time.sleep(0.1)  # another process's file cannot be awaited
            signed = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
            with httpx.Client(base_url=link[1], headers=signed, timeout=120) as client:
                page = client.get("/")
                parts = re.findall(r'(?:src|href)="(/console/[^"]+)"', page.text)
                assert {client.get(part).status_code for part in parts} == {page.status_code} == {200}
                while not client.get("/alarms?kind=bar_open").raise_for_status().json()["items"]:
                    assert process.poll() is None, output.read_text()
                    time.sleep(0.5)  # the recording plays in real time
        finally:
            process.terminate()
