"""Both databases are measured side by side, by real commits."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.bench.database import databases
from service.cli import app
from service.domain.errors import ConfigurationError
from tests import postgres

pytestmark = pytest.mark.postgres


def test_both_databases_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each with the same figures, ratios, what the server is set to, and no password."""
    for name, value in (("ROUNDS", 2), ("COMMITS", 5), ("HEARD", 3)):
        monkeypatch.setattr(databases, name, value)  # how often says nothing here
    server = postgres.cluster()
    url = server.url(server.fresh())
    given = ["bench", "store", "--postgres", url, "--to", str(tmp_path)]
    done = CliRunner().invoke(app, [*given, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[-1])["databases"]
    assert set(found["rows"]) == {"sqlite", "postgres"}
    assert len({frozenset(row) for row in (*found["rows"].values(), found["ratios"])}) == 1
    assert all(value > 0 for row in found["rows"].values() for value in row.values())
    assert 0 < found["heard_ms"]["median"] <= found["heard_ms"]["p99"]
    assert found["server"]["fsync"] == "off"
    assert url not in done.stdout
    again = CliRunner().invoke(app, given)
    assert isinstance(again.exception, ConfigurationError), "it is not empty any more"
