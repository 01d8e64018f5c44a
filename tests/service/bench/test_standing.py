"""A standing line's cost is taken in turns, from a recording in which it runs first."""

from pathlib import Path

import av
import pytest

from service.bench import standing as bench
from service.bench.cameras import FPS, SimulatedCamera, sample, watched

TINY = SimulatedCamera("tiny", 320, 180, 300)


def test_a_line_runs_and_then_stands_and_each_way_has_its_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recording is as long as it must be; nothing is left out of a line that is not known yet."""
    for name, seconds in (("RUNS_S", 0.4), ("SETTLES_S", 0.4), ("SLICE_S", 0.4)):
        monkeypatch.setattr(bench, name, seconds)
    folder, source = sample()
    made = bench.standing_recording(TINY, source, tmp_path, 0.8)
    assert made == bench.standing_recording(TINY, source, tmp_path, 0.8)
    with av.open(str(made)) as container:
        sizes = [packet.size for packet in container.demux(video=0) if packet.size]
    assert len(sizes) == round(2.0 * FPS)
    assert sum(sizes[1:10]) > sum(sizes[-9:])
    done: list[float] = []
    found = bench.standing_cost(made, watched(folder, made), 0.8, done.append)
    assert found["seconds"] == pytest.approx(sum(done)) == pytest.approx(0.8)
    assert found["left_out"] == 0
    assert found["ratio"]["median"] > 1.0
    assert found["whole_ratio"]["median"] > 1.0
