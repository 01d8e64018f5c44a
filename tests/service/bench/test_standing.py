"""A standing line's cost is taken in turns, from a recording in which it runs first."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from service.bench import standing as bench
from service.bench.cameras import FPS, SimulatedCamera, sample, watched
from service.capture.packets.came import Came
from service.capture.packets.sparing import Due, Sparing

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


def test_packets_come_as_the_recording_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long something else is measured between two turns: no key frame is late for that."""
    for name in ("RUNS_S", "SETTLES_S", "SLICE_S"):
        monkeypatch.setattr(bench, name, 0.4)
    folder, source = sample()
    made = bench.standing_recording(TINY, source, tmp_path, 0.4)
    came: list[Came] = []

    def take(sparing: Sparing, packet: Came, original: Callable[[Sparing, Came], Due] = Sparing.take) -> Due:
        came.append(packet)
        return original(sparing, packet)

    monkeypatch.setattr(Sparing, "take", take)
    path = bench.StandingPath(made, watched(folder, made))
    path.go_on(0.4)
    path.go_on(0.4)
    assert len(came) >= 20
    assert np.diff([each.arrived_s for each in came]) == pytest.approx(1.0 / FPS)
