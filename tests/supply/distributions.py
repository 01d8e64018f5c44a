"""What the service is made of: Python's packages, the page's packages, the network."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = ROOT / "constraints.txt"
LOCK = ROOT / "service" / "console" / "package-lock.json"


def pins() -> dict[str, str]:
    """Return the pinned version of each Python package by its normalised name."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    named = (line.split("#")[0].strip().partition("==") for line in lines)
    return {canonicalize_name(name): version for name, equal, version in named if equal}


@cache
def installed() -> dict[str, Distribution]:
    """Return every package of this environment but Barwatch by its normalised name."""
    found = {canonicalize_name(each.name): each for each in distributions()}
    return {name: each for name, each in sorted(found.items()) if name != PROJECT["name"]}


def needed_by(requirements: Iterable[str], extras: Iterable[str] = ()) -> Iterator[Requirement]:
    """Yield what requirements ask for on this machine, with these extras of whoever states them."""
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def shipped() -> set[str]:
    """Return the Python packages that the image holds: what `dependencies` names, and what these need.

    Raises:
        PackageNotFoundError: one of them is not installed here.
    """
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = list(needed_by(PROJECT["dependencies"]))
    while waiting:
        asked = waiting.pop()
        name, extras = canonicalize_name(asked.name), frozenset(asked.extras)
        if (name, extras) not in found:
            found.add((name, extras))
            waiting += needed_by(distribution(name).requires or [], extras)
    return {name for name, _ in found}


def locked() -> dict[str, dict[str, Any]]:
    """Return the page's packages as package-lock.json has them, by their place in node_modules."""
    packages: dict[str, dict[str, Any]] = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return {place: package for place, package in packages.items() if place}
