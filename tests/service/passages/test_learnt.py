"""What was learnt of a line is begun with: after a restart no carrier is late, and none is made up."""

import os
import queue
import signal
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lifts.geometry import middle_fraction
from lifts.schema import Camera
from service.domain.arrays import Float32, Float64
from service.domain.camera import CameraEvent, CameraState, CameraStatus
from service.domain.frame import Frame
from service.domain.health import Health
from service.line.movie import Movie
from service.passages.extractor import PassageExtractor
from service.passages.learnt import Learnt, fingerprint, load, load_from_setup, memory_of_setup
from service.station.supervisor import CameraSupervisor
from tests.faults.scenes import encode
from tests.service.passages.scripted import Scene, crossing_s, frames, watched

DAY = Scene(seconds=34, snow=20, carriers=tuple(1.0 + 4.0 * k for k in range(8)))
LEARNT_S = 17.0


@pytest.fixture(scope="module")
def line() -> list[Frame]:
    """The line's frames."""
    return list(frames(DAY))


@pytest.fixture(scope="module")
def learnt(line: list[Frame]) -> Learnt:
    """What an extractor knows after its first carriers."""
    extractor = PassageExtractor(watched(DAY), run_id="first")
    assert extractor.learnt is None
    for frame in line:
        if frame.t_s < LEARNT_S:
            extractor.step(frame)
    assert extractor.learnt is not None
    return extractor.learnt


@pytest.mark.thorough
@pytest.mark.parametrize("from_s", [9.5, 11.0, 12.0])
def test_a_restart_begins_with_what_was_learnt(line: list[Frame], learnt: Learnt, from_s: float) -> None:
    """Wherever carriers are just then: every one that begins after it is found once, in time, in place."""
    extractor = PassageExtractor(watched(DAY), run_id="second", learnt=learnt)
    assert extractor.line_speed != "unknown"
    found = [
        (passage, frame.t_s) for frame in line if frame.t_s >= from_s for passage in extractor.step(frame)
    ]
    middle = middle_fraction(DAY.track)
    whole = [t_s for t_s in DAY.carriers if t_s > from_s and crossing_s(DAY, t_s, 1.0) < DAY.seconds]
    found = [(passage, at_s) for passage, at_s in found if passage.t_begin_s > from_s - 0.2]
    assert len(found) == len(whole) >= 4
    for (passage, reported_s), begin_s in zip(found, whole, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(DAY, begin_s, middle), abs=0.2)
        assert reported_s <= crossing_s(DAY, begin_s, 1.0)
        assert passage.pictures[1].problem is None


@pytest.mark.thorough
def test_a_line_that_stands_when_it_is_looked_at_again(line: list[Frame], learnt: Learnt) -> None:
    """Morning: it stands for a while and then starts; nothing is reported meanwhile."""
    extractor = PassageExtractor(watched(DAY), run_id="second", learnt=learnt)
    still = line[round(11.0 * DAY.fps)]
    stood = [passage for k in range(100) for passage in extractor.step(still.at(0.08 * k))]
    assert stood == []
    assert extractor.line_speed == "stopped"
    assert not extractor.accounted, "who passed before it looked is not known yet"
    found = []
    for frame in line[round(11.0 * DAY.fps) :]:
        found += [(passage, frame.t_s) for passage in extractor.step(frame.at(frame.t_s - 11.0 + 8.0))]
    whole = [t_s for t_s in DAY.carriers if t_s > 11.5 and crossing_s(DAY, t_s, 1.0) < DAY.seconds]
    assert len([passage for passage, _ in found if passage.t_begin_s > 8.3]) == len(whole)
    assert extractor.accounted


@pytest.mark.thorough
@pytest.mark.parametrize("left", [0.3, 0.1])
def test_a_line_is_followed_in_fog(line: list[Frame], learnt: Learnt, left: float) -> None:
    """Learnt on a clear day, looked at again in fog, which changes less as it runs: no carrier is lost."""
    extractor = PassageExtractor(watched(DAY), run_id="second", learnt=learnt)
    found = [
        passage
        for frame in line
        if frame.t_s >= 9.5
        for passage in extractor.step(fogged(frame, left))
        if passage.t_begin_s > 11.0
    ]
    middle = middle_fraction(DAY.track)
    whole = [t_s for t_s in DAY.carriers if t_s > 11.0 and crossing_s(DAY, t_s, 1.0) < DAY.seconds]
    assert len(found) == len(whole) >= 4
    for passage, begin_s in zip(found, whole, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(DAY, begin_s, middle), abs=0.3)


def test_where_the_line_is_misread_its_carriers_are_accounted_for(
    line: list[Frame], learnt: Learnt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames say for a while that it creeps, at no phase in particular: who passed then is reported."""
    read, since_s = Movie.evidence, 0.0

    def misread(movie: Movie, change: Float32, speeds: Float64, *rest: float) -> Float32:
        found = read(movie, change, speeds, *rest)
        if not 15.0 <= since_s < 23.0:
            return found
        return np.broadcast_to(np.where(np.abs(speeds - 0.5) < 0.1, 1.0, 0.0)[:, None], found.shape)

    monkeypatch.setattr(Movie, "evidence", misread)
    extractor, found = PassageExtractor(watched(DAY), run_id="second", learnt=learnt), []
    for frame in line:
        since_s = frame.t_s
        found += extractor.step(frame) if frame.t_s >= 9.5 else []
    middle = middle_fraction(DAY.track)
    whole = [t_s for t_s in DAY.carriers if t_s > 11.0 and crossing_s(DAY, t_s, 1.0) < DAY.seconds]
    times_s = [passage.t_middle_s for passage in found if passage.t_begin_s > 11.0]
    assert times_s == pytest.approx([crossing_s(DAY, begin_s, middle) for begin_s in whole], abs=0.5)


def fogged(frame: Frame, left: float) -> Frame:
    """The same frame behind fog that leaves this share of its contrast."""
    image = cv2.addWeighted(frame.image, left, np.full_like(frame.image, 190), 1.0 - left, 0.0)
    dim = np.asarray(image, np.uint8)
    return Frame.of_bgr(dim, index=frame.index, t_s=frame.t_s, t_mono_s=frame.t_mono_s)


def test_what_was_learnt_is_kept_in_a_file(tmp_path: Path, learnt: Learnt) -> None:
    """Read back it is the same, for the very lift alone; what is broken is no more than not there."""
    path = tmp_path / "learnt" / "scripted.npz"
    assert load(path, watched(DAY)) is None
    learnt.save(path)
    again = load(path, watched(DAY))
    assert again is not None
    assert (again.of, again.size) == (learnt.of, learnt.size)
    assert again.line.interval_s == learnt.line.interval_s
    assert again.line.place_certain is learnt.line.place_certain
    for name in ("backgrounds", "appearances", "biases", "counts", "places", "residual"):
        assert np.array_equal(getattr(again, name), getattr(learnt, name))
    for name in ("frames", "background", "change", "count"):
        assert np.array_equal(getattr(again.line, name), getattr(learnt.line, name))
    redrawn = DAY.track.model_copy(update={"begin": DAY.track.begin.model_copy(update={"x": 191.0})})
    assert load(path, watched(replace(DAY, track=redrawn))) is None
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"PK" + bytes(500), whole[:-400] + bytes(400)):
        path.write_bytes(damaged)
        assert load(path, watched(DAY)) is None
    for odd in (
        replace(learnt, biases=learnt.biases[:2]),
        replace(learnt, line=replace(learnt.line, interval_s=float("nan"))),
        replace(learnt, line=replace(learnt.line, frames=learnt.line.frames[:, :9])),
        replace(learnt, appearances=np.full_like(learnt.appearances, np.nan)),
    ):
        odd.save(path)
        assert load(path, watched(DAY)) is None
    assert [each.name for each in path.parent.iterdir()] == ["scripted.npz"]


def test_a_file_larger_than_any_line_is_left(tmp_path: Path, learnt: Learnt) -> None:
    """Complete as it is: it may come from another machine, and a camera's process has little memory."""
    path = tmp_path / "scripted.npz"
    for width, held in ((1000, True), (9_000_000, False)):
        frames, background = np.zeros((1, width), np.float16), np.zeros(width, np.float32)
        line = replace(learnt.line, frames=frames, background=background, change=learnt.line.change[:1])
        replace(learnt, line=replace(line, count=learnt.line.count[:1])).save(path)
        assert (load(path, watched(DAY)) is not None) is held


@pytest.mark.thorough
def test_a_file_with_one_wrong_bit_is_no_more_than_not_there(tmp_path: Path, learnt: Learnt) -> None:
    """Whatever the readers of zip and npy make of it: the line is learnt anew, and the lift is watched."""
    path = tmp_path / "scripted.npz"
    learnt.save(path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        directory = archive.start_dir
    for at in (*range(160), *range(directory, directory + 60)):  # a member's headers, and its entry
        for bit in (0, 6):
            with path.open("r+b") as file:
                file.seek(at)
                file.write(bytes([whole[at] ^ 1 << bit]))
            again = load(path, watched(DAY))
            assert again is None or again.of == learnt.of
            with path.open("r+b") as file:
                file.seek(at)
                file.write(whole[at : at + 1])
    assert load(path, watched(DAY)) is not None


def test_what_a_set_up_has_learnt_is_certain_of_its_place(tmp_path: Path, learnt: Learnt) -> None:
    """It was checked against the carriers that the track comes from, whatever can be said without masks."""
    memory, bare = tmp_path / "scripted.npz", replace(watched(DAY), masks=None, references={})
    line = replace(learnt.line, place_certain=False)
    replace(learnt, of=fingerprint(bare), line=line).save(memory_of_setup(memory))
    kept, adopted = load(memory_of_setup(memory), bare), load_from_setup(memory, watched(DAY))
    assert kept is not None
    assert kept.line.place_certain is False
    assert adopted is not None
    assert adopted.of == fingerprint(watched(DAY))
    assert adopted.line.place_certain is True


def test_what_fits_another_view_is_left(line: list[Frame], learnt: Learnt) -> None:
    """Learnt for another track: the line is learnt anew, as if nothing had been given."""
    redrawn = DAY.track.model_copy(update={"end": DAY.track.end.model_copy(update={"x": 436.0})})
    extractor = PassageExtractor(watched(replace(DAY, track=redrawn)), learnt=learnt)
    assert extractor.line_speed == "unknown"


@pytest.mark.thorough
def test_a_camera_s_process_begins_with_it(tmp_path: Path, learnt: Learnt) -> None:
    """The service starts, and the process is killed: each time the line is known at once; the file stays."""
    video = encode(tmp_path / "a.mp4", (frame.image for frame in frames(DAY)), DAY.fps, key_every=12)
    one = watched(DAY)
    camera = Camera(url=str(video), width=640, height=360)
    one = replace(one, lift=one.lift.model_copy(update={"camera": camera}), loop_file=True)
    path = tmp_path / "learnt.npz"
    replace(learnt, of=fingerprint(one)).save(path)
    events: queue.Queue[CameraEvent] = queue.Queue()
    supervisor = CameraSupervisor(one, events.put, memory=path)
    supervisor.start()
    try:
        known(events)
        pid = supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while not isinstance(events.get(timeout=30.0), Health):
            pass  # until it is reported down: what comes then is of the next process
        known(events)
    finally:
        supervisor.stop()
    assert load(path, one) is not None


def known(events: queue.Queue[CameraEvent]) -> None:
    """Wait until a process's frames have come; its line is known by then, long before it could be learnt."""
    while True:
        event = events.get(timeout=30.0)
        if isinstance(event, CameraStatus) and event.state is CameraState.LIVE:
            assert event.line_speed != "unknown"
            return
