"""What `make setup` installs, by what it would run."""

import itertools
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def planned(folder: Path, target: str, *given: str) -> list[str]:
    """Return the commands that `make` would run for a target, with an environment in a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BARWATCH_")}
    done = subprocess.run(
        ["make", "-n", target, f"VENV={folder}", *given],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.replace("\\\n", " ").splitlines()


def test_what_kills_a_cluster_has_ray_and_a_server() -> None:
    """Neither is part of a set-up; both are there before it begins, and the report is written after it."""
    commands = planned(ROOT / ".venv", "cluster-kills")
    kills = next(n for n, line in enumerate(commands) if "tests.cluster.kills" in line)
    before = " ".join(commands[:kills])
    assert "-e '.[ml,ray]'" in before
    assert "tests/install-system" in before
    assert commands[kills + 1].endswith("barwatch report")


@pytest.mark.parametrize(
    ("given", "index"),
    [(["NVIDIA="], "cpu"), (["NVIDIA=/dev/nvidia0"], None), (["NVIDIA=", "BARWATCH_TORCH=cu126"], "cu126")],
    ids=["a machine without NVIDIA's device", "one with it", "another build that was asked for"],
)
def test_pytorchs_build_is_that_for_the_machine(tmp_path: Path, given: list[str], index: str | None) -> None:
    """Exactly the pinned version, before all else; four gigabytes of CUDA only where they can be used."""
    commands = planned(tmp_path, "setup", *given)
    first, rest = (line.split() for line in commands if " pip install " in line)
    pinned = [
        line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch==")
    ]
    assert first[-1:] == pinned
    assert "constraints.txt" in rest
    asked = [word for before, word in itertools.pairwise(first) if before == "--extra-index-url"]
    assert asked == ([] if index is None else [f"https://download.pytorch.org/whl/{index}"])
