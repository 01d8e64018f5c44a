"""What is pinned, and what the bill of materials says of it."""

import base64
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.supply.distributions import PROJECT, ROOT, installed, locked, needed_by, pins, shipped


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command writes."""
    out = tmp_path_factory.mktemp("bill") / "bom.json"
    subprocess.run([sys.executable, "-m", "tests.supply.bill", "--out", str(out)], check=True)
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def named(bill: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The components of one registry, by name and version."""
    prefix = f"pkg:{kind}/"
    return {each["purl"]: each for each in bill["components"] if each.get("purl", "").startswith(prefix)}


def test_whatever_is_installed_for_the_service_is_pinned() -> None:
    """No version is chosen while the image is built: what it holds, and what these need, has one version."""
    found = {name: installed()[name].version.partition("+")[0] for name in shipped()}  # torch: 2.13.0+cpu
    assert {name: pins().get(name) for name in found} == found


def test_whatever_development_needs_is_pinned() -> None:
    """What the extras name has one version as well; what they need in turn follows from what is installed."""
    extras = [each for name in ("ml", "dev", "bench") for each in PROJECT["optional-dependencies"][name]]
    assert {canonicalize_name(each.name) for each in needed_by(extras)} <= set(pins())


def test_the_page_s_packages_are_locked_by_hash() -> None:
    """npm takes nothing whose SHA-512 is not the lock file's, from wherever it comes."""
    packages = locked()
    assert len(packages) > 20
    for place, package in packages.items():
        algorithm, _, digest = package["integrity"].partition("-")
        assert algorithm == "sha512", place
        assert len(base64.b64decode(digest, validate=True)) == 64, place
    text = (ROOT / "service" / "console" / "build.py").read_text()
    assert '"ci"' in text, "npm install would change the lock file; npm ci keeps to it"


@pytest.mark.thorough
def test_the_bill_names_every_package_once(bill: dict[str, Any]) -> None:
    """Python's, the page's and the network; in CycloneDX's JSON."""
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "barwatch"
    python = {name for name, found in installed().items() if f"pkg:pypi/{name}@" not in named(bill, "pypi")}
    listed = {canonicalize_name(each["name"]) for each in named(bill, "pypi").values()}
    assert listed == python
    assert Counter(each["version"] for each in named(bill, "npm").values()) == Counter(
        version
        for _, version in {(p.rpartition("node_modules/")[2], v["version"]) for p, v in locked().items()}
    )
    (network,) = [each for each in bill["components"] if each["type"] == "machine-learning-model"]
    manifest = json.loads((ROOT / "ml" / "released" / "barwatch.json").read_text())
    assert network["hashes"] == [{"alg": "SHA-256", "content": manifest["sha256"]}]


@pytest.mark.thorough
def test_the_bill_says_what_ships_and_under_which_licence(bill: dict[str, Any]) -> None:
    """Each component of the image has a licence; what only tests and training need is `excluded`."""
    required = {each["name"] for each in bill["components"] if each.get("scope") == "required"}
    assert {"torch", "fastapi", "preact"} <= required
    assert not {"pytest", "playwright", "typescript"} & required
    for each in bill["components"]:
        if each["name"] in required:
            said = [one.get("expression") or one["license"] for one in each["licenses"]]
            assert said, each["name"]
            assert "UNKNOWN" not in str(said), each["name"]
    barwatch = next(each for each in bill["dependencies"] if each["ref"] == "barwatch")
    assert "python:torch" in barwatch["dependsOn"]
    assert not [each for each in barwatch["dependsOn"] if "pytest" in each]


def test_dockerfiles_take_their_base_by_digest() -> None:
    """Every stage is built on one image, which whoever builds names by digest; the image says which."""
    default = "python:3.11-slim-bookworm"
    compose = (ROOT / "docker-compose.yml").read_text()
    for path in sorted((ROOT / "docker").rglob("Dockerfile")):
        lines = path.read_text().splitlines()
        assert f"ARG BASE={default}" in lines, path
        stages = [line.split()[1] for line in lines if line.startswith("FROM ")]
        assert stages
        assert set(stages) == {"${BASE}"}, path
        relative: Path = path.relative_to(ROOT)
        assert (
            f"dockerfile: {relative}\n      args:\n        BASE: ${{BARWATCH_BASE:-{default}}}\n" in compose
        )
    assert 'org.opencontainers.image.base.name="${BASE}"' in (ROOT / "docker" / "Dockerfile").read_text()
    installs = [
        line for line in (ROOT / "docker" / "Dockerfile").read_text().splitlines() if "pip install" in line
    ]
    assert len(installs) == 4
    assert all("--no-deps" in line or "-c constraints.txt" in line for line in installs)
