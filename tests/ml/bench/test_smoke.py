"""Smoke runs: all systems are covered, their processor time is measured, and none learns much."""

import json
import sys
from pathlib import Path
from typing import get_args

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from typer.testing import CliRunner

from ml.bench.smoke import SmokeRun, smoke_rows, smoke_runs, too_long
from ml.commands import bench
from ml.commands.common import RESULTS, SystemName
from ml.commands.retrieval import SMOKE_PASSAGES
from ml.commands.training.lessons import SMOKE_PICTURES, smoke_recipe
from ml.systems.metric import Metric
from ml.systems.named import RECIPES, system_of
from service import cli
from tests.ml.retrieval.carriers import carriers
from tests.ml.train.test_systems import bars

MOST_LEARNT = 30 * 20e9
"""Operations of a smoke run's epochs, forwards and back: what a slow processor's core does in half a minute.
The other half is for the start and for rendering."""


def test_every_system_that_can_be_trained_has_a_smoke_run(tmp_path: Path) -> None:
    """It is trained and judged in a folder of its own; pairs of pictures and what learns nothing, too."""
    runs = {run.name: run.commands for run in smoke_runs(get_args(SystemName), tmp_path)}
    assert runs.keys() == {*RECIPES, "barwatch", "digits", "objects", "evaluate-naive"}
    for name in (*RECIPES, "barwatch"):
        assert [words[:4] for words in runs[name]] == [
            (word, name, "--preset", "smoke") for word in ("train", "evaluate")
        ]
        assert all(str(tmp_path / name) in " ".join(words) for words in runs[name])


def test_processor_time_is_that_of_all_processes(tmp_path: Path) -> None:
    """A child's counts, waiting does not; what failed ends its run, and is named with what took too long."""
    spins = "import time\nwhile time.process_time() < 0.2: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spins!r}])"
    run = SmokeRun("x", (("-c", child, "x"), ("-c", "raise SystemExit(3)"), ("-c", "pass")))
    rows = smoke_rows(run, tmp_path / "logs" / "x.log", [sys.executable])
    assert [row["status"] for row in rows] == [0, 3]
    assert rows[0]["processor_s"] >= 0.2
    assert too_long([rows[0], {**rows[0], "run": "slow", "processor_s": 61.0}, rows[1]]) == ["slow", "-c x"]


def test_the_command_keeps_its_rows_and_fails_beyond_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of all rows, and an exit status; an unknown name is a usage error."""
    spent = iter([12.0, 3.0, 61.0])

    def rows(run: SmokeRun, log: Path) -> list[dict[str, object]]:
        log.write_text("")
        return [
            {"run": words[0], "processor_s": next(spent), "wall_s": 1.0, "status": 0}
            for words in run.commands
        ]

    monkeypatch.setattr(bench, "smoke_rows", rows)
    out = tmp_path / "smoke.json"
    words = ["bench", "smoke", "--out", str(out)]
    done = CliRunner().invoke(cli.app, [*words, "vgg16"])
    assert done.exit_code == 0, done.output
    assert "| train | 12 | |" in done.stdout
    assert [row["processor_s"] for row in json.loads(out.read_text())["rows"]] == [12.0, 3.0]
    assert CliRunner().invoke(cli.app, [*words, "digits"]).exit_code == 1
    assert CliRunner().invoke(cli.app, [*words, "nothing"]).exit_code == 2


@pytest.mark.thorough
@pytest.mark.parametrize("name", RECIPES)
def test_no_smoke_run_learns_much(name: str) -> None:
    """Pictures of all its batches, times its network's operations: no time, so that no machine decides."""
    recipe = smoke_recipe(name, RECIPES[name])
    with torch.device("meta"):
        system = system_of(recipe)
    data = (
        carriers(2 * SMOKE_PASSAGES, side=2)
        if isinstance(system, Metric)
        else bars(SMOKE_PICTURES["train"], 1)
    )
    batches = list(system.batches(data, torch.Generator().manual_seed(0)))
    pictures = recipe.epochs * sum(len(index) for index in batches)
    if not isinstance(system, Metric) and hasattr(system, "pairs"):
        pictures += recipe.epochs * len(batches) * 2 * len(data.masks)
    with FlopCounterMode(display=False) as counter:
        system.network.eval()(torch.empty(1, 3, recipe.side, recipe.side, device="meta"))
    learnt = 3 * pictures * counter.get_total_flops()
    assert learnt < MOST_LEARNT


def test_what_was_measured_is_within_a_minute() -> None:
    """The published run: every command, each below a minute of a processor."""
    rows = json.loads((RESULTS / "smoke.json").read_text(encoding="utf-8"))["rows"]
    assert len(rows) == sum(len(run.commands) for run in smoke_runs(get_args(SystemName), Path()))
    assert too_long(rows) == []
