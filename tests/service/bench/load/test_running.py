"""The whole service under a known load: every carrier is counted, and a file keeps one run of a kind."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.bench.load.running import rules
from service.cli import app
from service.commands.upkeep.load import keep

RUN = {"command": "barwatch bench load", "git_commit": "c", "nodes": 1, "cores": 2, "camera": "720p25"}


def test_a_file_keeps_one_run_of_a_kind(tmp_path: Path) -> None:
    """The same kind of run replaces the one before; one with more cameras, clients or nodes is added."""
    out = tmp_path / "results" / "load.json"
    for run in (
        {"cameras": 1, "clients": 0, "passages": 3},
        {"cameras": 2, "clients": 0, "passages": 5},
        {"cameras": 1, "clients": 0, "passages": 4},
        {"cameras": 2, "clients": 0, "passages": 9, "nodes": 3},
    ):
        keep(RUN | run, out)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [each["passages"] for each in found["runs"]] == [4, 5, 9]
    assert found["rules"] == json.loads(json.dumps(rules()))


@pytest.mark.slow
def test_every_carrier_of_a_run_is_counted(tmp_path: Path) -> None:
    """The real service with one camera and one page: what its camera saw was judged, or is unknown."""
    out = tmp_path / "load.json"
    words = ["bench", "load", "--cameras", "1", "--clients", "1", "--seconds", "30", "--out", str(out)]
    found = CliRunner().invoke(app, [*words, "--cache", str(tmp_path / "cache")])
    assert found.exit_code == 0, found.output
    (run,) = json.loads(out.read_text(encoding="utf-8"))["runs"]
    assert run["judged"] + run["unknown"] == run["carriers"] >= len(run["delays_ms"]) == run["passages"] > 0
    assert abs(run["passages"] - run["seen_by_cameras"]) <= 1  # one may be on its way at either end
    assert run["processor_s"]["cameras"] > 0.0
    assert run["stored_bytes"]["pictures"] > 0
    assert run["received"]["answers"] > 0
