"""Rows 5 and 6: streams that are damaged, and clocks that step."""

import functools
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Verdict
from service.capture.files import FileSource
from service.capture.reader import CameraReader, LatestFrames
from service.domain.alarm import AlarmKind, AlarmState
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.host.clocks import wall_clock
from service.inference.inline import InlineEngine
from service.passages.extractor import PassageExtractor
from service.store import alarms
from service.store.database import Store
from service.verdicts import recording
from tests.faults.scenes import FPS, PERIOD_S, encode, judged, lift, picture, running
from tests.service.capture.videos import flip_bytes
from tests.service.tiny_model import CLOSE, OPEN
from tests.service.verdicts.test_pipeline import House


@pytest.mark.thorough
@pytest.mark.fault(5)
def test_what_was_damaged_on_its_way_is_unknown(tmp_path: Path, inline_engine: InlineEngine) -> None:
    """Row 5: bytes flipped in an H.264 draft of a running line: no crash, and `unknown` while damaged."""
    seconds, damage_s = 34.0, (20.0, 25.0)
    images = (picture(number) for number in range(round(seconds * FPS)))
    path = encode(tmp_path / "a.mp4", images, FPS, key_every=5)
    # Of each second the key frame and one more: no picture is whole, most are there.
    flip_bytes(
        path, (n for n in range(round(damage_s[0] * FPS), round(damage_s[1] * FPS)) if n % 5 in {0, 2})
    )
    extractor = PassageExtractor(lift())
    frames = list(FileSource(path))
    damaged_s = [frame.t_s for frame in frames if frame.damaged]
    assert damaged_s
    assert damage_s[0] <= min(damaged_s)
    assert max(damaged_s) <= damage_s[1] + 1.0
    passages = [passage for frame in frames for passage in extractor.step(frame)]
    assert len(passages) >= 6
    reasons = []
    for passage in passages:
        problems = {shown.problem for shown in passage.pictures}
        if any(abs(t_s - shown.t_s) < 0.01 for t_s in damaged_s for shown in passage.pictures):
            assert "damaged" in problems
        else:
            assert problems == {None}
        if problems == {"damaged"}:
            judgement = judged(passage, inline_engine)
            assert judgement.verdict is Verdict.UNKNOWN
            reasons.append(judgement.reasons)
    assert set(reasons) == {(Reason.DAMAGED,)}


def stamped(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Frames whose camera sets its clock back by an hour, ahead by two, and then stamps three alike."""
    for frame in frames:
        t_s = frame.t_mono_s
        raw_s = t_s - 3600.0 * (t_s >= 17.3) + 7200.0 * (t_s >= 25.1)
        if 29.0 <= t_s < 29.5:
            raw_s = 3629.0
        yield frame.at(raw_s)


def passages_of(source: Iterator[Frame]) -> list[Passage]:
    """Read a source as a camera is read, and follow its line."""
    frames = LatestFrames(capacity=1000)
    reader = CameraReader(lambda: source, frames)
    reader.start()
    assert reader.ended.wait(60)
    reader.stop()
    assert frames.dropped == 0
    extractor = PassageExtractor(lift())
    taken = iter(functools.partial(frames.get, 0.0), None)
    return [passage for frame in taken for passage in extractor.step(frame)]


@pytest.mark.thorough
@pytest.mark.fault(6)
def test_a_camera_that_sets_its_clock_loses_and_doubles_nothing() -> None:
    """Row 6: stamps run backwards, leap and stand still: every carrier once, as far apart as they are."""
    found = passages_of(stamped(running(38.0)))
    assert len(found) >= 7
    apart_s = [b.t_middle_s - a.t_middle_s for a, b in itertools.pairwise(found)]
    assert apart_s == pytest.approx([PERIOD_S] * len(apart_s), abs=0.6)
    assert found[0].t_middle_s < PERIOD_S + 1.0
    assert found[-1].t_middle_s > 38.0 - 2 * PERIOD_S
    assert [passage.number for passage in found] == list(range(1, len(found) + 1))
    assert len({passage.id for passage in found}) == len(found)


class _Clock(datetime):
    """A wall clock that can be set."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "_Clock":
        return super().now(tz) + cls.off


@pytest.mark.thorough
@pytest.mark.fault(6)
def test_a_wall_clock_that_steps_loses_and_doubles_no_alarm(
    store: Store, inline_engine: InlineEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 6: an hour ahead, then back: one alarm for each open bar, in order; else only the clock's."""
    for module in (recording, wall_clock):
        monkeypatch.setattr(module, "datetime", _Clock)
    house = House(store, inline_engine, tmp_path / "pictures", inline_engine)
    try:
        for step, hours in enumerate((0, 1, 0, -1, 0)):
            monkeypatch.setattr(_Clock, "off", timedelta(hours=hours))
            for passage_id, bar in ((f"{step}-open", OPEN), (f"{step}-closed", CLOSE)):
                house.send(passage_id, [bar] * 3)
                house.record(passage_id)
        heard = [house.heard.get(timeout=120)]
        while len([alarm for alarm in heard if alarm.kind is AlarmKind.BAR_OPEN]) < 5:
            heard.append(house.heard.get(timeout=120))
    finally:
        house.pipeline.stop()
    while not house.heard.empty():
        heard.append(house.heard.get_nowait())
    bars = [alarm for alarm in heard if alarm.kind is AlarmKind.BAR_OPEN]
    assert [alarm.passage_id for alarm in bars] == [f"{step}-open" for step in range(5)]
    assert {alarm.kind for alarm in heard} <= {AlarmKind.BAR_OPEN, AlarmKind.CLOCK_JUMPED}
    assert [alarm.seq for alarm in heard] == list(range(1, len(heard) + 1))
    with store.reading() as session:
        kept = [entry.alarm for entry in alarms.outbox(session, 0, 100) if entry.alarm is not None]
    assert [alarm.id for alarm in kept] == [alarm.id for alarm in heard]
    assert {alarm.state for alarm in bars} == {AlarmState.ACTIVE}


@pytest.mark.fault(6)
def test_cameras_and_passages_know_no_wall_clock() -> None:
    """Row 6: what decides about passages and camera health goes by stamps and time.monotonic() alone."""
    root = Path(recording.__file__).parents[1]
    for room in ("capture", "health", "line", "passages"):
        paths = list((root / room).rglob("*.py"))
        assert paths, room
        for path in paths:
            text = path.read_text(encoding="utf-8")
            assert "time.time(" not in text, path
            assert "datetime" not in text, path
