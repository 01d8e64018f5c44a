"""What is held and what is decoded of a camera's packets, whatever they are and whenever the line moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from service.capture.packets import sparing as module
from service.capture.packets.came import Came
from service.capture.packets.sparing import CATCH_UP, LONGEST_S, MOST_PACKETS, Sparing
from service.domain.arrays import Image
from service.station.carried import BEHIND_S

GOP, FPS = 10, 10
KEY, OTHER = b"\0\0\1\x65", b"\0\0\1\x41"
SMALL, LARGE, KEY_BYTES = 40, 4000, 2000
PICTURE = VideoFrame(16, 16, "yuv420p")


@dataclass
class View:
    """Says what it is told to."""

    longest_s: float = 4.0
    seen_s: float = 2.0
    soon_s: float = 0.0
    still: bool = True
    looked: int = 0

    @property
    def ready(self) -> bool:
        return self.looked >= 3

    def look(self, _: Image) -> bool:
        self.looked += 1
        return self.still


@dataclass
class Stream:
    """A camera's packets, by numbers, and what became of each."""

    sparing: Sparing = field(default_factory=Sparing)
    number: int = 0
    keys: bool = True
    key_bytes: int = KEY_BYTES
    gop: int = GOP
    since_key: int = 0
    clock: float = 1.0
    view: View = field(default_factory=View)
    decoded: list[int] = field(default_factory=list)
    vouched: list[int] = field(default_factory=list)
    most_at_once: int = 0
    most_held: int = 0

    def __post_init__(self) -> None:
        self.sparing.begin("h264", None)

    def packet(self, size: int = SMALL, *, failed: bool = False, late_s: float = 0.0) -> None:
        key = self.keys and self.since_key % self.gop == 0
        self.since_key = 1 if key else self.since_key + 1
        content = (KEY if key else OTHER) + bytes((self.key_bytes if key else size) - 4)
        packet = cast("av.Packet[av.VideoStream]", av.Packet(content))
        packet.is_keyframe = key
        packet.opaque = self.number
        came = Came(packet, self.clock * self.number / FPS + late_s, 1000.0 + self.number / FPS, failed)
        self.number += 1
        due = self.sparing.take(came)
        if due.alone:
            (each,) = due.packets
            if self.sparing.looked(PICTURE) is not None:
                self.vouched.append(self._of(each))
            return
        if len(due.packets) == 1 and due.packets[0] is came and key:
            self.sparing.show(PICTURE)
        self.decoded += [self._of(each) for each in due.packets]
        self.most_at_once = max(self.most_at_once, len(due.packets))
        self.most_held = max(self.most_held, len(self.sparing._held))

    def packets(self, count: int, size: int = SMALL) -> None:
        for _ in range(count):
            self.packet(size)

    def stands(self, *, spared: bool = True) -> None:
        """Run for long, then stand until key frames are enough."""
        self.sparing.line_runs = True
        self.packets(30 * self.gop, LARGE)
        self.sparing.line_runs = False
        self.sparing.view = self.view
        self.packets(12 * self.gop + 1)
        assert self.sparing.active is spared

    @staticmethod
    def _of(came: Came) -> int:
        return round((came.arrived_s - 1000.0) * FPS)

    def missing(self) -> set[int]:
        """Packets that came and were neither decoded nor looked at, and are not held."""
        held = {self._of(each) for each in self.sparing._held}
        return set(range(self.number)) - set(self.decoded) - set(self.vouched) - held


def test_while_the_line_stands_key_frames_alone_are_decoded() -> None:
    """Each vouches for those before it, and only then are they dropped."""
    stream = Stream()
    stream.stands()
    before = len(stream.decoded)
    stream.packets(5 * GOP)
    assert len(stream.decoded) == before
    assert stream.sparing.left_out == len(stream.missing()) > 5 * (GOP - 1)


def test_growing_packets_end_it_at_once_and_nothing_before_them_is_lost() -> None:
    """All from the last key frame on is decoded in order, some for each packet that comes."""
    stream = Stream()
    stream.stands()
    stream.packets(GOP + 7)
    last_key = stream.vouched[-1]
    gone = stream.missing()
    stream.packets(2, LARGE)
    assert not stream.sparing.active
    stream.packets(6, LARGE)
    tail = [each for each in stream.decoded if each >= last_key]
    assert tail == list(range(last_key, stream.number))
    assert max(gone) < last_key
    assert stream.most_at_once <= CATCH_UP


@pytest.mark.parametrize("ends", ["withdrawn", "failed", "gap", "moved", "late key frame", "another view"])
def test_any_doubt_ends_it(ends: str) -> None:
    """And what is held is decoded from the last key frame on that showed that nothing moved."""
    stream = Stream()
    stream.stands()
    stream.packets(4)
    if ends == "withdrawn":
        stream.sparing.withdraw()
    elif ends == "failed":
        stream.packet(failed=True)
    elif ends == "gap":
        stream.packet(late_s=0.3)
    elif ends == "moved":
        stream.view.still = False
        stream.packets(GOP)
    elif ends == "another view":
        stream.sparing.view = View()
    else:
        stream.keys = False
        stream.packets(GOP)
    last_key = stream.vouched[-1]
    stream.packets(8)
    assert not stream.sparing.active
    tail = [each for each in stream.decoded if each >= last_key]
    assert tail == sorted(tail)
    assert tail[0] == last_key
    assert max(stream.missing()) < last_key


@pytest.mark.parametrize("why", ["sizes say nothing", "too far apart", "open group", "unknown codec"])
def test_it_does_not_begin_where_it_would_not_be_safe(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bit rate that is the same for a still view, with a carrier near TF; key frames too rare, or open."""
    stream = Stream()
    if why == "sizes say nothing":
        monkeypatch.setattr("tests.service.capture.packets.test_sparing.LARGE", SMALL)
    elif why == "too far apart":
        stream.view.longest_s = 0.9
    elif why == "open group":
        monkeypatch.setattr("tests.service.capture.packets.test_sparing.KEY", b"\0\0\1\x41")
    else:
        stream.sparing.begin("mjpeg", None)
    stream.stands(spared=False)
    assert len(stream.decoded) == stream.number


def test_sizes_need_not_tell_while_no_carrier_is_near() -> None:
    """A movement that shows at the next key frame is then soon enough."""
    stream = Stream(view=View(soon_s=2.5))
    stream.sparing.view = stream.view
    stream.packets(12 * GOP + 1)
    assert stream.sparing.active
    stream.packets(3 * GOP, LARGE)
    assert stream.sparing.active
    stream.view.still = False
    stream.packets(GOP, LARGE)
    assert not stream.sparing.active


def test_key_frames_that_become_rarer_end_it() -> None:
    """A camera that lengthens its groups while nothing moves, each by a fifth: none is awaited too long."""
    stream = Stream(view=View(longest_s=2.0))
    stream.stands()
    for _ in range(12):
        stream.gop = round(1.2 * stream.gop)
        stream.packets(stream.gop)
        if stream.sparing.active:
            assert stream.number - stream.vouched[-1] <= 1.25 * 2.0 * FPS
    assert not stream.sparing.active


def test_a_camera_whose_clock_is_slow_is_not_awaited_longer() -> None:
    """Its stamps say 3 s between key frames, and it is 6 s."""
    stream = Stream(gop=60, clock=0.5)
    stream.stands(spared=False)
    assert 0 < stream.most_held <= (1.25 * LONGEST_S + 0.2) * FPS


@pytest.mark.parametrize("begins_anew", [False, True], ids=["fog", "other settings"])
def test_what_moves_may_weigh_a_tenth_of_what_it_did(begins_anew: bool) -> None:
    """In fog, and key frames tell; a camera that was set otherwise has to show first what its line weighs."""
    stream = Stream()
    stream.sparing.line_runs = True
    stream.packets(30 * GOP, LARGE)
    stream.sparing.line_runs = False
    stream.key_bytes = KEY_BYTES // 10
    if begins_anew:
        stream.sparing.begin("h264", b"another")
    stream.sparing.view = stream.view
    stream.packets(12 * GOP + 1, SMALL // 10)
    assert stream.sparing.active is not begins_anew
    stream.packets(4, LARGE // 10)
    assert not stream.sparing.active


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes: a camera of any rate fills no memory."""
    stream = Stream()
    stream.stands()
    monkeypatch.setattr(module, "MOST_BYTES", KEY_BYTES + 3 * SMALL)
    stream.packets(GOP)
    assert not stream.sparing.active
    assert stream.most_held < MOST_PACKETS


def test_who_takes_a_camera_over_counts_what_was_held_and_not_seen() -> None:
    """A process that dies with it has accounted for no carrier of that time."""
    assert module._LATE * LONGEST_S + module._SPARE_S < BEHIND_S


def test_what_is_held_is_not_lost_with_the_connection() -> None:
    """It is given back in order when nothing more comes."""
    stream = Stream()
    stream.stands()
    stream.packets(5)
    rest = [Stream._of(each) for each in stream.sparing.rest()]
    assert rest == list(range(stream.vouched[-1], stream.number))


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["stand", "run", "creep", "withdraw", "offer", "fail", "gap", "move"]),
        st.integers(1, 40),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(_STEPS)
def test_whatever_happens_nothing_is_dropped_that_no_later_key_frame_vouched_for(
    steps: Iterable[tuple[str, int]],
) -> None:
    """Packets are decoded in order and once, key frames apart; what is held is bounded."""
    stream = Stream()
    stream.stands()
    for what, count in steps:
        stream.view.still = what != "move"
        if what == "withdraw":
            stream.sparing.withdraw()
        elif what == "offer":
            stream.view = View()
            stream.sparing.view = stream.view
        for _ in range(count):
            large = what in {"run", "move"}
            size = LARGE if large else SMALL + (30 if what == "creep" else 0)
            stream.packet(size, failed=what == "fail", late_s=0.5 if what == "gap" else 0.0)
    assert stream.decoded == sorted(set(stream.decoded))
    for number in stream.missing():
        assert any(number < key for key in stream.vouched)
        before = max(key for key in stream.vouched if key <= number)
        after = min(key for key in stream.vouched if key > number)
        assert after - before == GOP  # whole groups, between two key frames that showed the same
    assert stream.most_held <= 2 * GOP + CATCH_UP
    assert np.diff(stream.vouched).min(initial=GOP) >= GOP
