"""A camera's process answers a wish for a clip, with what there is: whole, shorter, or none."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lifts.schema import Camera, Lift
from service.capture.packets.ring import PacketRing
from service.domain.camera import WatchedLift
from service.domain.evidence.clip import AFTER_S, ClipMade, ClipWanted, NoClip
from service.domain.passage import Passage
from service.station.cutting import PATIENCE_S, ClipCutter
from service.station.supervisor import CameraSupervisor
from service.station.worker import WorkerOptions
from tests.service.capture.packets.counted import HEIGHT, WIDTH, counts_of, write_counted
from tests.service.capture.packets.test_ring import fill
from tests.service.station.test_supervisor import TRACK, Events, await_event, live


class Desk:
    """Asks for what it was given, and keeps what comes."""

    def __init__(self) -> None:
        self.asked: list[ClipWanted] = []
        self.got: list[ClipMade] = []

    def wanted(self, lift_id: str) -> list[ClipWanted]:
        asked, self.asked = self.asked, []
        return asked

    def made(self, made: ClipMade) -> None:
        self.got.append(made)


def passage(passage_id: str, t_s: float) -> Passage:
    return Passage(passage_id, "quad", 1, t_s - 2.0, t_s - 1.0, t_s, (), time.monotonic())


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds, ten pictures a second, key frames every two."""
    return write_counted(tmp_path_factory.mktemp("video") / "a.mp4", 20.0)


@pytest.fixture
def cutter(video: Path) -> tuple[ClipCutter, list[ClipMade]]:
    """Cuts from a camera that has sent the whole video by now."""
    ring, got = PacketRing(), list[ClipMade]()
    fill(ring, video, from_s=time.monotonic() - 20.0)
    return ClipCutter(ring, got.append), got


def test_a_carrier_is_shown_from_8_s_before_it_leaves_to_4_s_after(
    cutter: tuple[ClipCutter, list[ClipMade]], tmp_path: Path
) -> None:
    """Its moment counts, not when the wish came; the clip says where it begins and ends."""
    cut, got = cutter
    cut.passed(passage("p-1", 15.5))
    cut.want(ClipWanted("a1", "p-1", time.monotonic()))
    cut._turn()
    (made,) = got
    assert made.none is None
    assert made.content is not None
    (tmp_path / "a.mp4").write_bytes(made.content.tobytes())
    numbers = [number for _, number in counts_of(tmp_path / "a.mp4")]
    assert (numbers[0], numbers[-1]) == (60, 195)
    assert made.begins_s == pytest.approx(-9.5)
    assert made.ends_s == pytest.approx(4.0)


def test_a_camera_that_is_lost_gives_a_shorter_clip(cutter: tuple[ClipCutter, list[ClipMade]]) -> None:
    """What comes after the alarm is waited for, but not for ever."""
    cut, got = cutter
    cut.passed(passage("p-1", 18.0))
    cut.want(ClipWanted("a1", "p-1", time.monotonic() - 1.0))
    cut._turn()
    assert got == []
    cut._waiting[0] = ClipWanted("a1", "p-1", time.monotonic() - AFTER_S - PATIENCE_S - 0.1)
    cut._turn()
    assert got[0].ends_s == pytest.approx(1.9)


def test_a_moment_of_long_ago_has_no_clip(cutter: tuple[ClipCutter, list[ClipMade]]) -> None:
    """The ring holds it no longer; the reason is given."""
    cut, got = cutter
    cut.want(ClipWanted("a1", None, time.monotonic() - 60.0))
    cut._turn()
    assert [made.none for made in got] == [NoClip.NO_PICTURES]


def test_what_has_come_is_cut_at_once_when_the_service_ends(
    cutter: tuple[ClipCutter, list[ClipMade]],
) -> None:
    """It says that it is cut short, unless all of it is there; a wish that never came before counts too."""
    cut, got = cutter
    cut.passed(passage("p-1", 18.0))
    cut.passed(passage("p-2", 12.0))
    wanted = ClipWanted("a1", "p-1", time.monotonic() - 1.0)
    cut.want(wanted)
    cut.want(replace(wanted, at_once=True))
    cut.want(ClipWanted("a2", "p-2", time.monotonic() - 7.0, at_once=True))
    cut._turn()
    assert [(made.alarm_id, made.cut_short) for made in got] == [("a1", True), ("a2", False)]
    assert got[0].ends_s == pytest.approx(1.9)


def test_a_clip_comes_out_of_a_cameras_process(video: Path, tmp_path: Path) -> None:
    """Over its pipe, beside its reports, while it goes on watching; the last picture is of its moment."""
    camera = Camera(url=str(video), width=WIDTH, height=HEIGHT)
    desk, events = Desk(), Events()
    supervisor = CameraSupervisor(
        WatchedLift(Lift(id="quad", name="Quad", camera=camera, track=TRACK), None, {}, loop_file=True),
        events.put,
        options=WorkerOptions(clips=True),
        clips=desk,
    )
    supervisor.start()
    try:
        await_event(events, live)
        asked_s = time.monotonic()
        desk.asked.append(ClipWanted("a1", None, asked_s - AFTER_S + 0.5))
        await_event(events, lambda _: bool(desk.got))
        desk.asked.append(ClipWanted("a2", None, time.monotonic(), at_once=True))
        await_event(events, lambda _: len(desk.got) == 2)
        await_event(events, live)
    finally:
        supervisor.stop()
    made, hastened = desk.got
    assert (made.cut_short, hastened.cut_short) == (False, True)
    assert hastened.ends_s < AFTER_S
    assert made.content is not None
    (tmp_path / "a.mp4").write_bytes(made.content.tobytes())
    shown = counts_of(tmp_path / "a.mp4")
    assert [number for _, number in shown] == list(range(len(shown)))
    assert made.ends_s - made.begins_s == pytest.approx((len(shown) - 1) / 10, abs=0.01)
    assert 3.0 < made.ends_s <= AFTER_S
    assert np.asarray(made.content[4:8]).tobytes() == b"ftyp"
