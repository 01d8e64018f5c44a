"""The measurement of the database asks all that it says, on databases that it made itself."""

import json

from typer.testing import CliRunner

from service.cli import app


def test_it_measures_small_and_large() -> None:
    """Every operation on both, with ratios, and alarms beside what is deleted."""
    options = ["--small", "6000", "--large", "6500", "--lifts", "3", "--pruned", "500", "--json"]
    done = CliRunner().invoke(app, ["bench", "store", *options])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found["ms"]["small"]) == set(found["ms"]["large"]) == set(found["ratios"])
    assert {"start", "alarm insert", "lifts", "passages, deep", "alarms, standing"} <= set(found["ratios"])
    assert found["pruning_ms"]["pruning p99"] > 0
