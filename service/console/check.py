"""Checks the operators' page: its types against the API's description, TypeScript strict, Biome.

python -m service.console.check
"""

from __future__ import annotations

import json

from service.console import build
from service.web.app import describe

GENERATED = build.HERE / "generated"


def main() -> None:
    """Write the API's types anew, then check everything; ends with the checks' own words and exit code."""
    build.install()
    write_types()
    build.npm("run", "check")


def write_types() -> None:
    """Write the OpenAPI description and the TypeScript types that follow from it into `generated`."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "openapi.json").write_text(json.dumps(describe()), encoding="utf-8")
    build.npm("run", "types")


if __name__ == "__main__":
    main()
