"""The bill of materials in CycloneDX's JSON: `python -m tests.supply.bill [--out FILE]`.

It names everything that this environment and the page's lock file hold, with versions and licences. What is
not in the image, because only tests and training need it, has the scope `excluded`.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from importlib.metadata import Distribution, version
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from tests.supply.distributions import PROJECT, ROOT, installed, locked, needed_by, shipped

_LICENSES = LicenseFactory()


def bill() -> Bom:
    """Return the bill of materials of this environment."""
    root = Component(
        name=PROJECT["name"],
        version=version(PROJECT["name"]),
        type=ComponentType.APPLICATION,
        licenses=[_LICENSES.make_from_string(PROJECT["license"])],
        bom_ref=PROJECT["name"],
    )
    found, bom, needed = installed(), Bom(), shipped()
    bom.metadata.component = root
    python = {name: _python(each, name in needed) for name, each in found.items()}
    page = [_page(place, package) for place, package in locked().items()]
    for component in [*python.values(), *page, _network()]:
        bom.components.add(component)
    direct = _those(python, PROJECT["dependencies"])
    bundled = [component for component in page if component.scope is ComponentScope.REQUIRED]
    bom.register_dependency(root, [*direct, *bundled])
    for name, component in python.items():
        bom.register_dependency(component, _those(python, found[name].requires or []))
    return bom


def _those(python: dict[str, Component], requirements: list[str]) -> list[Component]:
    names = {canonicalize_name(needed.name) for needed in needed_by(requirements)}
    return [python[name] for name in sorted(names & set(python))]


def licences(metadata: Any) -> list[str]:
    """Return a Python package's licences: an SPDX expression where it gives one, else what it says."""
    if expression := metadata.get("License-Expression"):
        return [str(expression)]
    named = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    text = str(metadata.get("License") or "").strip()
    return named or ([text.splitlines()[0][:80]] if text else [])


def _python(found: Distribution, ships: bool) -> Component:
    said = licences(found.metadata)
    # Several that are named are all the licences that it has; an expression stands alone.
    given = [_LICENSES.make_from_string(said[0])] if len(said) == 1 else [_named(each) for each in said]
    return Component(
        name=found.name,
        version=found.version,
        type=ComponentType.LIBRARY,
        licenses=given,
        purl=PackageURL("pypi", name=found.name.lower(), version=found.version),
        bom_ref=f"python:{found.name}",
        scope=ComponentScope.REQUIRED if ships else ComponentScope.EXCLUDED,
    )


def _named(name: str) -> License:
    return _LICENSES.make_with_name(name)


def _page(place: str, package: dict[str, Any]) -> Component:
    namespace, _, name = place.rpartition("node_modules/")[2].rpartition("/")
    algorithm, _, digest = package["integrity"].partition("-")
    assert algorithm == "sha512", place
    return Component(
        group=namespace or None,
        name=name,
        version=package["version"],
        type=ComponentType.LIBRARY,
        licenses=[_LICENSES.make_from_string(package["license"])],
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())],
        purl=PackageURL("npm", namespace or None, name, package["version"]),
        bom_ref=f"page:{place}",
        scope=ComponentScope.EXCLUDED if package.get("dev") else ComponentScope.REQUIRED,
    )


def _network() -> Component:
    manifest = json.loads((ROOT / "ml" / "released" / "barwatch.json").read_text(encoding="utf-8"))
    return Component(
        name=manifest["name"],
        version=manifest["version"],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        licenses=[_LICENSES.make_from_string(PROJECT["license"])],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=manifest["sha256"])],
        bom_ref="network",
    )


def main() -> None:
    """Write the bill to a file, or to stdout."""
    parser = argparse.ArgumentParser(description="Writes the bill of materials in CycloneDX's JSON.")
    parser.add_argument("--out", type=Path, help="where to; stdout if this is not given")
    out = parser.parse_args().out
    text = make_outputter(bill(), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
