"""Real camera processes: that they run, what they take, and that they end."""

from pathlib import Path

import pytest

from service.bench.cameras import sample, watched
from service.bench.fleet import Fleet, capacity, memory
from tests.service.capture.videos import write_video


@pytest.mark.thorough
def test_two_cameras_run_and_are_measured(tmp_path: Path) -> None:
    """Frames are read, processor time and memory are measured; leaving the block ends all processes."""
    video = write_video(tmp_path / "short.mp4", range(0, 2000, 40))
    folder, _ = sample()
    with Fleet([watched(folder, video, f"camera-{number}") for number in range(2)]) as fleet:
        assert fleet.until_learnt(0.0) is None
        while not all(status.frames_read for status in fleet.statuses):
            pass
        found = fleet.watch(1.0)
        assert (found["cameras"], found["restarts"]) == (2, 0)
        assert found["fps"] > 0.0
        assert found["whole_ms"] > 0.0
        both = fleet.pss_mb()
        fleet.leave()
        assert len(fleet) == len(fleet.pids) == 1
        assert 0.0 < fleet.pss_mb() < both
    assert fleet.pids == []


def test_what_never_learns_its_line_is_not_counted(tmp_path: Path) -> None:
    """No try without a known line, and memory says that it was not steady."""
    video = write_video(tmp_path / "short.mp4", range(0, 400, 40))
    folder, _ = sample()
    found = capacity([watched(folder, video)], 0.1, limit_s=0.1)
    assert (found["carried"], found["learnt_s"], found["tries"]) == (0, None, [])
    assert memory([watched(folder, video)], limit_s=0.1, settle_s=0.0)["learnt"] is False
