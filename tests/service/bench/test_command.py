"""The command: one row for each camera, on stdout and in the file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.bench.cameras import SimulatedCamera, sample
from service.bench.two import TWO
from service.cli import app
from service.commands import bench
from tests.service.capture.videos import write_video

TINY = (
    SimulatedCamera("tiny", 320, 180, 300),
    SimulatedCamera("tiny with B pictures", 320, 180, 300, b_pictures=1),
)


@pytest.mark.thorough
def test_a_run_prints_its_table_and_writes_its_figures(
    tmp_path: Path, tiny_artefact: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without processes: the costs of two small cameras, on a recording of two seconds."""
    (tmp_path / "some-lift").mkdir()
    video = write_video(tmp_path / "some-lift" / "demo.mp4", range(0, 2000, 40))
    folder, _ = sample()
    monkeypatch.setattr(bench, "CAMERAS", TINY)
    monkeypatch.setattr(bench, "SECOND", SimulatedCamera("second", 160, 90, 100))
    monkeypatch.setattr("service.bench.beside.peers.motion_ratio", lambda *_: None)  # it takes its time
    monkeypatch.setattr(bench, "sample", lambda: (folder, video))
    out = tmp_path / "results" / "ingest.json"
    words = ["bench", "ingest", "--seconds", "1", "--cameras", "0", "--no-confirm", "--no-memory"]
    words += ["--model", str(tiny_artefact), "--cache", str(tmp_path / "cache"), "--out", str(out)]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 0, found.output
    result = json.loads(out.read_text(encoding="utf-8"))
    assert {"command", "git_commit", "machine", "said"} <= result.keys()
    assert [row["name"] for row in result["cameras"]] == ["tiny", "tiny with B pictures"]
    for row in result["cameras"]:
        assert 0.0 < row["decoding_ms"] < row["whole_ms"]
        assert row["slices"] == 1
        assert (row["judging_ms_per_passage"] is None) == (row["passages"] == 0)
    assert TWO in result["cameras"][0]["others"]
    assert TWO not in result["cameras"][1]["others"]
    for what, measured in result["said"]:
        assert f"| {what} | {measured} |" in found.stdout
