"""What every result begins with: its command, the commit, and the machine."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any


def about() -> dict[str, Any]:
    """Return command, commit and machine of this run, as all files in ml/results have them."""
    return {
        "command": shlex.join(["barwatch", *sys.argv[1:]]),
        "git_commit": git_commit(Path(__file__).parent),
        "machine": {
            "cpu": _cpu_name(),
            "cores": os.cpu_count(),
            "load_average_1min": round(os.getloadavg()[0], 2),
            **{name: version(package) for name, package in _PACKAGES.items()},
        },
    }


_PACKAGES = {"av": "av", "opencv": "opencv-python-headless", "numpy": "numpy", "torch": "torch"}


def git_commit(place: Path) -> str:
    """The commit of a folder's tree, with "-dirty" if its code holds more; "unknown" outside of git."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=place, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        # Results and the README that shows them may have been written since: no figure depends on them.
        changed = git(
            *("status", "--porcelain", "--untracked-files=no"),
            *("--", ":(top)", ":(top,exclude)ml/results", ":(top,exclude)README.md", ":(top,exclude)docs"),
        )
        return git("rev-parse", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
