"""The measurement of the database asks all that it says, on databases that it made itself."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.bench.database import store
from service.bench.start import start_s
from service.cli import app
from service.domain.errors import ConfigurationError

SIZES = ("--small", "6000", "--large", "6500", "--lifts", "3", "--pruned", "500")


@pytest.mark.thorough
@pytest.mark.parametrize("starts", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_it_measures_small_and_large(starts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation on both, with ratios, and alarms beside what is deleted; the service's own start."""
    monkeypatch.setattr(store, "REPEATS", 3)  # how often says nothing here
    monkeypatch.setattr(store, "INSERTS", 20)
    to = tmp_path / "of" / "ours"  # made if it is missing
    options = [*SIZES, "--starts", str(starts), "--to", str(to), "--json"]
    done = CliRunner().invoke(app, ["bench", "store", *options])
    assert done.exit_code == 0, done.output
    assert not list(to.iterdir())
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found["ms"]["small"]) == set(found["ms"]["large"]) == set(found["ratios"])
    assert {"opening", "alarm insert", "lifts", "passages, deep", "alarms, standing"} <= set(found["ratios"])
    assert found["pruning_ms"]["pruning p99"] > 0
    assert ("start" in found["ratios"]) == bool(starts)
    if starts:
        assert found["ms"]["large"]["start"] > found["ms"]["large"]["opening"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """In one sentence, before anything is measured."""
    (tmp_path / "file").write_text("here")
    done = CliRunner().invoke(app, ["bench", "store", *SIZES, "--to", str(tmp_path / "file" / "folder")])
    assert isinstance(done.exception, ConfigurationError)
    assert "cannot be made" in str(done.exception)


@pytest.mark.slow
def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The measurement ends with the service's own last line instead of waiting for it."""
    (tmp_path / "barwatch.db").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigurationError, match="not a database"):
        start_s(tmp_path)
