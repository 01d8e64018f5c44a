"""The reader survives every fault of a source, and keeps only what is fresh."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from service.capture.reader import CameraReader, LatestFrames
from service.domain.errors import SourceError
from service.domain.frame import Frame
from service.host.runner import BackOff

PICTURE = np.zeros((2, 2, 3), np.uint8)


def frame(index: int, t_s: float = 0.0) -> Frame:
    return Frame.of_bgr(PICTURE, index=index, t_s=t_s, t_mono_s=100.0 + t_s)


def test_a_full_queue_drops_the_oldest_and_counts_it() -> None:
    """Memory is bounded, and what is handed out is what is newest."""
    frames = LatestFrames(capacity=3)
    for index in range(10):
        frames.put(frame(index))
    kept = [got.index for _ in range(3) if (got := frames.get(0)) is not None]
    assert kept == [7, 8, 9]
    assert frames.dropped == 7
    assert frames.get(0.001) is None


def test_it_reconnects_and_time_goes_on() -> None:
    """A source that fails, comes back and starts its clock anew gives frames in one increasing time."""
    attempts = iter(range(10))
    enough = threading.Event()

    def connect() -> Iterator[Frame]:
        attempt = next(attempts)
        if attempt in {0, 2}:
            raise SourceError("no connection")
        for k in range(3):
            yield frame(k, t_s=0.04 * k + 0.5 * attempt)
        if attempt == 1:
            raise SourceError("the stream ended")
        enough.set()

    frames = LatestFrames(capacity=20)
    reader = CameraReader(connect, frames, BackOff(first_s=0.01, longest_s=0.02))
    reader.start()
    assert enough.wait(120)
    reader.stop()
    got = [f for _ in range(6) if (f := frames.get(1.0)) is not None]
    assert len(got) == 6
    assert all(b.t_s > a.t_s for a, b in itertools.pairwise(got))
    assert reader.connections == 2
    assert reader.frames_read == 6
    assert reader.ended.is_set()


def test_the_reason_of_a_failure_is_kept_for_the_operator() -> None:
    """While a camera cannot be reached the reader says why."""
    failed = threading.Event()

    def connect() -> Iterator[Frame]:
        failed.set()
        raise SourceError("no connection to cam")

    reader = CameraReader(connect, LatestFrames(), BackOff(first_s=0.01))
    reader.start()
    assert failed.wait(120)
    reader.stop()
    assert reader.message == "no connection to cam"


def test_an_unforeseen_failure_does_not_end_the_reader() -> None:
    """Whatever a source raises, while it connects or while it reads, the camera is connected to again."""
    attempts = iter(range(10))

    def connect() -> Iterator[Frame]:
        attempt = next(attempts)
        if attempt == 0:
            raise KeyError("codec")
        yield frame(0, t_s=float(attempt))
        if attempt == 1:
            raise ZeroDivisionError

    frames = LatestFrames()
    reader = CameraReader(connect, frames)
    reader.start()
    assert reader.ended.wait(60)
    reader.stop()
    assert reader.connections == 2
    assert [got.index for _ in range(2) if (got := frames.get(0)) is not None] == [0, 0]


def test_stopping_does_not_wait_for_a_silent_camera() -> None:
    """A source that hangs in FFmpeg is left to its own time-out."""
    reading, let_go = threading.Event(), threading.Event()

    def connect() -> Iterator[Frame]:
        reading.set()
        let_go.wait(30)
        yield from ()

    reader = CameraReader(connect, LatestFrames())
    reader.start()
    assert reading.wait(120)
    start_s = time.monotonic()
    reader.stop(timeout_s=0.05)
    assert time.monotonic() - start_s < 2.0
    let_go.set()
    assert reader.ended.wait(120)


@pytest.mark.parametrize("capacity", [1, 4])
def test_a_slow_reader_never_blocks_the_camera(capacity: int) -> None:
    """Putting never waits, whatever the other side does."""
    frames = LatestFrames(capacity)
    for index in range(1000):
        frames.put(frame(index))
    assert frames.dropped == 1000 - capacity


def test_fresh_frames_behind_held_ones_push_none_of_them_out() -> None:
    """The queue is still full of these when the last was caught up on; only later nobody waits any more."""
    waited: list[float] = []

    class Frames(LatestFrames):
        def put(self, frame: Frame, wait_s: float = 0.0) -> None:
            waited.append(wait_s)
            super().put(frame, wait_s)

    def connect() -> Iterator[Frame]:
        for index in range(4):
            fresh = replace(frame(index, 0.04 * index), t_mono_s=time.monotonic())
            yield frame(index, 0.04 * index) if index == 1 else fresh

    reader = CameraReader(connect, Frames(8))
    reader.start()
    assert reader.ended.wait(120)
    assert waited[0] == 0.0
    assert min(waited[1:]) > 0.0
    reader.stop()


def test_frames_that_were_held_wait_for_room_and_none_is_lost() -> None:
    """Faster than they are handled, they are handed on as these are taken; with nobody there, it goes on."""
    frames = LatestFrames(2)

    def connect() -> Iterator[Frame]:
        for index in range(30):
            yield frame(index, 0.04 * index)

    reader = CameraReader(connect, frames)
    reader.start()
    got = [one.index for _ in range(30) if (one := frames.get(60.0)) is not None]
    assert got == list(range(30))
    assert frames.dropped == 0
    assert reader.ended.wait(120)
    for index in range(3):
        frames.put(frame(index), 0.001)
    assert frames.dropped == 1
