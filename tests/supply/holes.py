"""Known holes in what Barwatch is made of: `python -m tests.supply.holes [--osv-url URL] [--registry URL]`.

It asks OSV about every Python package that constraints.txt pins, and npm's registry about every package of
the page's lock file. It ends with 0 only if both have answered and know of none; with 1 if there is a hole;
with 3 if a source gave no answer, and nothing was checked: that is never the same as no hole.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from typing import Any, NamedTuple

from service.console.build import HERE, npm_program
from tests.supply.distributions import CONSTRAINTS, locked, pins

CLEAN, HOLES, NOT_CHECKED = 0, 1, 3
OSV = "https://api.osv.dev/v1/query"


class Checked(NamedTuple):
    """What one source says: the holes it knows of, or why it said nothing."""

    what: str
    packages: int
    holes: tuple[str, ...] = ()
    silent: str = ""

    def __str__(self) -> str:
        if self.silent:
            return f"{self.what}: NOT CHECKED. No advisory source could be asked: {self.silent}"
        found = f"{len(self.holes)} known holes" if self.holes else "no known hole"
        return "\n  ".join([f"{self.what}: {self.packages} packages, {found}", *self.holes])


def python(url: str) -> Checked:
    """Ask OSV about the Python packages, by pip-audit."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps"]
        command += ["--disable-pip", "--vulnerability-service", "osv", "--osv-url", url]
        command += ["--format", "json", "--progress-spinner", "off", "--cache-dir", cache]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = _json(done.stdout)
    checked = answer.get("dependencies", [])
    if done.returncode not in {0, 1} or {"name", "vulns"} - set(*checked[:1]) or len(checked) < len(pins()):
        return Checked("Python", 0, silent=_last(done.stderr))
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {hole['fix_versions'] or 'none'}"
        for each in checked
        for hole in each["vulns"]
    ]
    return Checked("Python", len(checked), tuple(holes))


def page(registry: str | None) -> Checked:
    """Ask npm's registry about the packages of the page's lock file, by `npm audit`."""
    program, environment = npm_program()
    command = [*program, "audit", "--json", "--package-lock-only", "--fetch-retries=0"]
    command += ["--registry", registry] if registry else []
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    answer = _json(done.stdout)
    if "vulnerabilities" not in answer:
        said = answer.get("message") or answer.get("error", {}).get("summary") or _last(done.stderr)
        return Checked("page", 0, silent=str(said))
    holes = [f"{name}: {each['severity']}" for name, each in answer["vulnerabilities"].items()]
    return Checked("page", len(locked()), tuple(holes))


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def main() -> int:
    """Print what each source says; return the exit code."""
    parser = argparse.ArgumentParser(description="Says which known holes the pinned packages have.")
    parser.add_argument("--osv-url", default=OSV, help="OSV's query, or a mirror's")
    parser.add_argument("--registry", help="npm's registry; what npm is set up with if this is not given")
    chosen = parser.parse_args()
    results = [python(chosen.osv_url), page(chosen.registry)]
    sys.stdout.write("".join(f"{result}\n" for result in results))
    if any(result.holes for result in results):
        return HOLES
    return NOT_CHECKED if any(result.silent for result in results) else CLEAN


if __name__ == "__main__":
    raise SystemExit(main())
