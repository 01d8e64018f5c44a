"""A temporary folder is there as long as its process, and a killed process leaves none for long."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.host.folders.scratch import scratch

HOLDS = """
import sys
from service.host.folders.scratch import scratch
with scratch("bw-test-") as folder:
    (folder / "large").write_bytes(b"0" * 1000)
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary ones, for this process and its children."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def _holder() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_it_goes_with_its_process(place: Path) -> None:
    """With all that is in it."""
    with scratch("bw-test-") as folder:
        assert folder.parent == place
        (folder / "inside").write_text("x")
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next(place: Path) -> None:
    """And nothing else: neither a living one's, nor what has another name or is no folder of ours."""
    killed, left = _holder()
    living, kept = _holder()
    try:
        killed.kill()
        killed.communicate()
        assert (left / "large").exists()
        (place / "bw-test-link").symlink_to(kept)
        others = [place / "bw-other-1", place / "bw-test-being-made"]
        for other in others:
            other.mkdir()
        with scratch("bw-test-") as folder:
            there = set(place.iterdir())
        assert there == {kept, folder, *others, place / "bw-test-link"}
        assert (kept / "large").exists()
    finally:
        living.communicate()
    assert not kept.exists()
