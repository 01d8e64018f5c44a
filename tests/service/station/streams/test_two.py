"""Whichever of two streams fails: the other is followed, nothing in between is lost, and somebody is told."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.schema import Camera, Lift, Pose, Track
from service.capture.packets.ring import PacketRing
from service.capture.source import StreamSource
from service.domain.alarm import AlarmKind
from service.domain.errors import SourceError
from service.domain.frame import Frame
from service.host.runner import BackOff
from service.station.streams.first import StreamFault
from service.station.streams.followed import FollowedFirst
from service.station.streams.two import TwoStreams
from tests.service.capture.videos import drawn, write_video

FIRST, SECOND = "rtsp://camera.example/1", "rtsp://camera.example/2"
LIFT = Lift(
    id="two",
    name="Two",
    camera=Camera(url=FIRST, substream=SECOND, stream="both", width=320, height=180),
    track=Track(
        begin=Pose(x=80, y=90, scale=2), middle=Pose(x=160, y=90, scale=2), end=Pose(x=240, y=90, scale=2)
    ),
)
PATIENCE_S = 30.0


class FakeStream:
    """A camera's stream: its packets come all at once, its pictures until it is told to fail."""

    def __init__(self, recording: Path, *, moves: bool = True, works: bool = True) -> None:
        self.recording, self.moves, self.works = recording, moves, works
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()

    def hold(self, ring: PacketRing) -> None:
        with av.open(str(self.recording)) as container:
            stream = container.streams.video[0]
            ring.begin(stream)
            for packet in container.demux(stream):
                ring.put(packet)
        self.closed.wait(PATIENCE_S)

    def __iter__(self) -> Iterator[Frame]:
        for k in range(4):
            if not self.works:
                raise SourceError("gone")
            image = np.ascontiguousarray(drawn(k if self.moves else 0, (160, 90)))
            yield Frame.of_bgr(image, index=k, t_s=k * 0.04, t_mono_s=time.monotonic())


class House:
    """Both streams of a camera, as they are now."""

    def __init__(self, recording: Path) -> None:
        self.second = FakeStream(recording)
        self.first = FakeStream(recording)
        self.two = TwoStreams(LIFT, self.dial, None, PacketRing(60.0), retry=BackOff(0.01, 0.02))

    def dial(self, url: str) -> StreamSource:
        return cast(StreamSource, self.first if url == FIRST else self.second)

    def told(self, problem: Reason | None = None) -> list[tuple[str, bool]]:
        changes, _ = self.two.step(time.monotonic(), problem)
        assert all(each.kind is AlarmKind.STREAM_FAILED for each in changes)
        return [(each.cause, each.active) for each in changes]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(write_video(tmp_path / "first.mp4", range(0, 2000, 40), b_frames=0))
    made.two.start()
    until(lambda: len(made.two.first.ring.held) >= 48)
    yield made
    made.first.close()
    made.two.stop()


def until(holds: Any) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_a_second_stream_that_breaks_off_is_replaced_by_the_first(house: House) -> None:
    """From the picture on that the second showed last: what was held of the first is decoded."""
    source = house.two.connect()
    assert source is cast(Any, house.second)
    assert house.told() == []
    house.second.works = False
    held = house.two.first.ring.held
    house.two._left_mono_s = held[20].arrived_s  # what was handed out last came with this one
    source = house.two.connect()
    assert isinstance(source, FollowedFirst)
    assert house.told() == [(StreamFault.SECOND_LOST, True)]
    found = []
    for frame in source:
        found.append(frame)
        if len(found) == len(held) - 21:
            source.close()
    assert [frame.index for frame in found] == list(range(found[0].index, found[0].index + len(found)))
    assert found[0].t_mono_s == held[21].arrived_s
    assert (found[0].width, found[0].height) == (320, 180)


def test_a_second_stream_is_followed_again_once_it_moves_and_shows_the_same(house: House) -> None:
    """A frozen one is not: it is tried until it changes, in the background."""
    house.two.connect()
    house.second.moves = False
    changes, again = house.two.step(time.monotonic(), Reason.CAMERA_FROZEN)
    assert [(each.cause, each.active) for each in changes] == [(StreamFault.SECOND_FROZEN, True)]
    assert again
    assert isinstance(house.two.connect(), FollowedFirst)
    time.sleep(0.1)
    assert house.two.on_first
    house.second.moves = True
    until(lambda: house.two.step(time.monotonic(), None)[1])
    assert not house.two.on_first
    assert house.two.connect() is cast(Any, house.second)


def test_a_first_stream_that_is_lost_is_told(house: House) -> None:
    """The second is followed on, for somebody sees: but somebody is to look after the first."""
    house.two.connect()
    changes, again = house.two.step(time.monotonic() + 60.0, None)
    assert [(each.cause, each.active) for each in changes] == [(StreamFault.FIRST_LOST, True)]
    assert not again


def test_both_lost_is_no_reason_to_stay_with_either(house: House) -> None:
    """The second is dialled again, and health says that no frames come."""
    house.two.connect()
    house.two.first.ring._clock_s = time.monotonic
    house.two.first.ring._packets.clear()
    assert house.two.connect() is cast(Any, house.second)
