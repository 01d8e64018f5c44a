"""Recordings are read by their own clock and as a player shows them, and what is not read is reported."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from service.capture.clock import RecordingClock
from service.capture.files import FileSource
from service.domain.errors import SourceError
from tests.service.capture.videos import drawn, write_video

STAMPS_MS = range(0, 2000, 40)


def remux(source: Path, target: Path, *, late_s: float = 0.0, sound: bool = False) -> Path:
    """Copy a video's packets to another container, each so much later; with a second of sound first."""
    with (
        av.open(str(source)) as before,
        av.open(str(target), "w", options={"movflags": "faststart"}) as after,
    ):
        stream = before.streams.video[0]
        copy = after.add_stream_from_template(stream)
        if sound:
            audio = after.add_stream("aac", rate=8000, layout="mono")
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
            silence.rate, silence.pts = 8000, 0
            after.mux([*audio.encode(silence), *audio.encode()])
        for packet in before.demux(stream):
            if packet.dts is not None and packet.pts is not None and packet.time_base is not None:
                late = round(late_s / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts + late, packet.dts + late, copy
                after.mux(packet)
    return target


def raw(source: Path, target: Path) -> Path:
    """Copy a video's packets without any container: no time stamps are left."""
    with av.open(str(source)) as before, av.open(str(target), "w", format="h264") as after:
        stream = before.streams.video[0]
        copy = after.add_stream_from_template(stream)
        for packet in before.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                after.mux(packet)
    return target


def times(path: Path, **options: float) -> list[float]:
    return [frame.t_s for frame in FileSource(path, **options)]  # type: ignore[arg-type]


def test_pictures_that_start_after_the_sound_are_late(tmp_path: Path) -> None:
    """The file starts with its first stream, so a picture 3 s after the sound has t = 3 s."""
    path = write_video(tmp_path / "a.mp4", STAMPS_MS)
    late = remux(path, tmp_path / "late.mp4", late_s=3.0, sound=True)
    assert times(late) == pytest.approx([3.0 + ms / 1000 for ms in STAMPS_MS], abs=0.002)
    source = FileSource(late)
    assert len(list(source)) == len(STAMPS_MS)
    assert np.ravel(source.account.gaps) == pytest.approx([0.0, 3.0], abs=0.002)


def test_a_segment_of_a_recorders_day_starts_at_0(tmp_path: Path) -> None:
    """A transport stream whose stamps start at 12,345 s."""
    path = remux(write_video(tmp_path / "a.mp4", STAMPS_MS), tmp_path / "a.ts", late_s=12345.0)
    assert times(path) == pytest.approx([ms / 1000 for ms in STAMPS_MS], abs=0.002)


def test_matroska_that_begins_late_is_whole(tmp_path: Path) -> None:
    """Its length counts from 0, its pictures from the first one: nothing is missing at its end."""
    source = FileSource(remux(write_video(tmp_path / "a.mp4", STAMPS_MS), tmp_path / "a.mkv", late_s=5.0))
    assert len(list(source)) > 0
    assert source.account.missing_s == pytest.approx(0.0, abs=0.1)


def test_a_gap_stays_a_gap(tmp_path: Path) -> None:
    """A recorder paused for 30 s: what comes after is 30 s later, and the account names the gap."""
    stamps = [ms if ms < 1000 else ms + 30_000 for ms in STAMPS_MS]
    source = FileSource(write_video(tmp_path / "a.mp4", stamps))
    assert [frame.t_s for frame in source] == pytest.approx([ms / 1000 for ms in stamps], abs=0.002)
    assert np.ravel(source.account.gaps) == pytest.approx([0.96, 31.0], abs=0.002)
    assert source.account.whole


@pytest.mark.parametrize(("fps", "expected"), [(None, 25.0), (12.5, 12.5)])
def test_without_time_stamps_the_frame_rate_counts(
    tmp_path: Path, fps: float | None, expected: float
) -> None:
    """An elementary stream has its own rate, or the one that is given; the same times on each reading."""
    path = raw(write_video(tmp_path / "a.mp4", STAMPS_MS), tmp_path / "a.h264")
    sources = [FileSource(path, fps=fps) for _ in range(2)]
    first, second = ([frame.t_s for frame in source] for source in sources)
    assert first == second == pytest.approx([k / expected for k in range(len(STAMPS_MS))])
    assert sources[0].account.counted_fps == expected


@pytest.mark.parametrize("ending", ["mp4", "ts", "h264", "flv"])
def test_clips_joined_after_the_first_are_read(tmp_path: Path, ending: str) -> None:
    """Three times the same clip in one file: three times its pictures, one after another."""
    path = write_video(tmp_path / "a.mp4", STAMPS_MS)
    if ending in ("ts", "flv"):
        path = remux(path, tmp_path / f"a.{ending}")
    elif ending == "h264":
        path = raw(path, tmp_path / "a.h264")
    joined = tmp_path / f"joined.{ending}"
    joined.write_bytes(3 * path.read_bytes())
    source = FileSource(joined)
    found = [(frame.t_s, frame.clip) for frame in source]
    assert len(found) == 3 * len(STAMPS_MS)
    assert np.diff([t_s for t_s, _ in found]) == pytest.approx(0.04, abs=0.002)
    # An elementary stream does not tell where another begins.
    assert source.joins == (0 if ending == "h264" else 2)
    assert found[-1][1] == source.joins
    assert source.account.whole


@pytest.mark.parametrize("name", ["concat:a.mp4", "quad 12:30.mp4", "-v.mp4", "http:ü.mp4", "a%03d|.mp4"])
def test_a_file_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Names that look like addresses or options."""
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "a.mp4", STAMPS_MS).rename(tmp_path / name)
    assert len(times(Path(name))) == len(STAMPS_MS)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pictures_are_rotated_as_the_file_says(tmp_path: Path, degrees: int) -> None:
    """A phone's display matrix."""
    path, turned = write_video(tmp_path / "a.mp4", STAMPS_MS, options={"crf": "2"}), tmp_path / "turned.mp4"
    with av.open(str(path)) as before, av.open(str(turned), "w") as after:
        stream = before.streams.video[0]
        copy = after.add_stream_from_template(stream)
        copy.set_display_rotation(degrees)
        for packet in before.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                after.mux(packet)
    frame = next(iter(FileSource(turned)))
    expected = np.rot90(drawn(0), degrees // 90)
    assert (frame.height, frame.width) == expected.shape[:2]
    assert np.abs(frame.bgr().astype(int) - expected).mean() < 3


@pytest.mark.parametrize(("aspect", "size"), [(Fraction(2), (640, 180)), (Fraction(1, 2), (320, 360))])
def test_pixels_are_made_square(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    """Anamorphic recorders; a lift that was set up with pictures as they are stored gets the same."""
    path = write_video(tmp_path / "a.mp4", STAMPS_MS, aspect=aspect)
    frame = next(iter(FileSource(path)))
    assert (frame.width, frame.height) == size
    assert frame.bgr().shape == (size[1], size[0], 3)
    frame = next(iter(FileSource(path, size=(320, 180))))
    assert (frame.width, frame.height) == (320, 180)


def test_a_truncated_copy_is_accounted_for(tmp_path: Path) -> None:
    """Half of the bytes: half of the pictures, and how much was promised; without an index, an error."""
    path = remux(write_video(tmp_path / "a.mp4", STAMPS_MS), tmp_path / "front.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = FileSource(path)
    assert 10 < len(list(source)) < 40
    account = source.account
    assert account.promised_s == pytest.approx(2.0, abs=0.05)
    assert account.end_s < 1.6
    assert not account.whole
    path = write_video(tmp_path / "b.mp4", STAMPS_MS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="its index is missing"):
        FileSource(path)


def test_a_stamp_that_its_neighbours_contradict_is_not_believed() -> None:
    """One stamp far ahead is put between its neighbours; two are a gap; stamps that go back a new clip."""

    def timed(stamps: list[float]) -> list[float]:
        return [t_s for t_s, _ in RecordingClock(1.0).timed(((s, None) for s in stamps), 0.0)]

    assert timed([0, 1, 3600, 3, 4]) == [0, 1, 2, 3, 4]
    assert timed([0, 1, 3600, 3601]) == [0, 1, 3600, 3601]
    assert timed([5, 6, 7, 0, 1]) == [5, 6, 7, 8, 9]
    assert timed([0, 1, 3600]) == [0, 1, 3600]
