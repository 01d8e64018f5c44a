"""What holding a camera's packets costs is measured in turns, with as much held as a live camera has."""

from pathlib import Path

import pytest

from service.bench.clips import clips_cost
from service.capture.packets.ring import NEEDED_S
from tests.service.capture.packets.counted import write_counted


def test_a_ring_is_full_before_it_is_measured(tmp_path: Path) -> None:
    """Whatever the machine's speed: time is the recording's. A clip of twelve seconds can be cut."""
    found = clips_cost(write_counted(tmp_path / "a.mp4", 10.0), 8.0)
    assert found["seconds"] == 8.0
    assert NEEDED_S <= found["held_s"] <= NEEDED_S + 4.0
    assert 0.0 < found["held_mb"] < 1.0
    assert found["ratio"] > 0.5
    assert 0.0 < found["share"] < 0.5
    assert 0.0 < found["clip_mb"] == pytest.approx(found["held_mb"] * 13.0 / found["held_s"], rel=0.4)
