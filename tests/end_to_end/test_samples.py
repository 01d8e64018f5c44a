"""The shipped recordings against their truth: the whole path from the command line, and any start."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.inference.artefact import read_manifest
from service.settings import load_settings
from service.usecases.samples import VIDEO, sample_folder, sample_folders
from tests.tools.processes import environment
from tests.tools.recorded import passages_of

NEAR_S = 0.15
SAMPLES = [folder.name for folder in sample_folders()]


def truth_of(folder: Path) -> Any:
    return json.loads((folder / "truth.json").read_text())["carriers"]


# By default all three are watched through a camera (test_camera_to_alarm).
@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_watch_finds_every_carrier_once_and_judges_it_correctly(name: str) -> None:
    """`barwatch watch`: one line a carrier, at its time, with the true state of the bar.

    One rider of six, small behind the bar, may be overlooked.
    """
    folder = sample_folder(name)
    assert folder is not None
    video, due = folder / VIDEO, truth_of(folder)
    command = [sys.executable, "-m", "service.cli", "watch", str(video), "--lift", name, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    *judged, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert last["summary"]["complete"]
    assert last["summary"]["carriers"] == len(judged)
    assert {s["model"] for s in judged} == {read_manifest(load_settings().manifest_path()).identity}
    assert [s["verdict"] for s in judged] == [c["state"] for c in due]
    assert sum(s["occupied"] != c["occupied"] for s, c in zip(judged, due, strict=True)) <= 1
    assert [s["t_middle"] for s in judged] == pytest.approx([c["t_middle"] for c in due], abs=NEAR_S)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "first", "step"),
    [
        pytest.param("demo-double", 67, 1, marks=pytest.mark.slow),
        ("demo-double", 127, 3),
        ("demo-quad", 47, 3),
        ("demo-six", 87, 3),
    ],
)
def test_a_camera_may_begin_at_any_moment(name: str, first: int, step: int) -> None:
    """Half a carrier in the first frame makes no false one and hides none that comes whole."""
    folder = sample_folder(name)
    assert folder is not None
    found = [p.t_middle_s for p in passages_of(folder, first, step, 16.0)]
    start_s, end_s = first / 25, first / 25 + 15.9
    true = [c["t_middle"] for c in truth_of(folder)]
    due = [c["t_middle"] for c in truth_of(folder) if start_s <= c["t_begin"] and c["t_end"] <= end_s]
    assert all(any(abs(t - c) < NEAR_S for c in true) for t in found), (found, true)
    assert [sum(abs(t - c) < NEAR_S for t in found) for c in due] == [1] * len(due)
