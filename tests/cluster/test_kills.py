"""Each part of a small cluster is killed once: nothing is lost, nothing comes twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.machines import missing
from tests.cluster_nodes import NEEDS_RAY
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.postgres import programs


@pytest.mark.slow
@pytest.mark.timeout(1800)
@NEEDS_RAY
@pytest.mark.usefixtures("rtsp")
def test_nothing_is_lost(tmp_path: Path) -> None:
    """Two lifts; worker, head, database, replica and leader."""
    if programs() is None or (why := missing()):
        pytest.skip(why if programs() else "no PostgreSQL server: run tests/install-system")
    out = tmp_path / "cluster.json"
    command = [sys.executable, "-m", "tests.cluster.kills", "--lifts", "2", "--kills", "1"]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False)
    assert out.exists(), done.stderr
    found = json.loads(out.read_text(encoding="utf-8"))
    assert done.returncode == 0, (found["carriers"], found["feed"])
    assert set(found["kills"].values()) == {1}
