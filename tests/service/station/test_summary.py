"""A recording's summary: what was read, what was not, and what that means for the times."""

from pathlib import Path

import av
import numpy as np
import pytest

from service.capture.account import Account
from service.capture.files import FileSource
from service.station.summary import reading_advice, reading_lines
from tests.service.capture.containers import Handling, record
from tests.service.capture.videos import drawn

PICTURES = [drawn(number, (160, 96)) for number in range(96)]
FPS = 24


def account_of(path: Path, handling: Handling) -> Account:
    source = FileSource(
        record(path, PICTURES, FPS, handling), fps=FPS if handling.ending == "mjpeg" else None
    )
    for _ in source:
        pass
    return source.account


@pytest.mark.parametrize(
    ("ending", "codec"),
    [("h264", "h264"), ("hevc", "hevc"), ("mjpeg", "mjpeg"), ("avi", "h264"), ("avi", "mjpeg")],
)
def test_times_after_damage_are_uncertain_where_pictures_are_numbered(
    tmp_path: Path, ending: str, codec: str
) -> None:
    """A fifth of the bytes is erased from a file without time stamps: what follows comes too early."""
    account = account_of(tmp_path / "a", Handling(ending=ending, codec=codec, zeroed=(0.4, 0.6)))
    assert not account.whole
    assert account.early_from_s is not None
    assert 0.2 < account.early_from_s < 2.0
    (line,) = [line for line in reading_lines(account) if "uncertain" in line]
    assert f"after {account.early_from_s:.1f} s" in line


def test_times_after_damage_are_certain_where_the_file_tells_them(tmp_path: Path) -> None:
    """The same in a transport stream."""
    account = account_of(tmp_path / "a", Handling(ending="ts", zeroed=(0.4, 0.6)))
    assert account.damaged
    assert account.early_from_s is None
    assert not any("uncertain" in line for line in reading_lines(account))


@pytest.mark.parametrize("handling", [Handling(ending="h264", cut=0.5), Handling(ending="mkv", clips=2)])
def test_a_length_that_the_file_does_not_state_is_not_made_up(tmp_path: Path, handling: Handling) -> None:
    """An elementary stream states none, a Matroska file with joined clips that of the first."""
    account = account_of(tmp_path / "a", handling)
    assert account.promised_s is None
    assert "the file does not state its length" in reading_lines(account)[0]


@pytest.mark.parametrize("codec", ["h264", "mjpeg"])
def test_clips_joined_in_an_avi_file_are_named(tmp_path: Path, codec: str) -> None:
    """Its packets are numbered on through all three; its headers tell where each begins."""
    account = account_of(tmp_path / "a", Handling(ending="avi", codec=codec, clips=3))
    assert account.whole
    assert account.joins_s == pytest.approx((4.0, 8.0), abs=0.01)
    assert account.promised_s == pytest.approx(12.0, abs=0.05)


def test_one_picture_a_second_is_too_few(tmp_path: Path) -> None:
    """In the singular, with the number that is needed."""
    account = account_of(tmp_path / "a", Handling(every=FPS))
    (advice,) = reading_advice(account)
    assert advice.startswith("1 picture a second: too few")
    assert "at least 5" in advice


@pytest.mark.parametrize(("ending", "codec"), [("mp4", "libx264"), ("ts", "mpeg2video")])
def test_of_interlaced_pictures_every_second_row_is_used(tmp_path: Path, ending: str, codec: str) -> None:
    """A bar that moves by its width between two half-pictures is shown once; the summary says what to do."""
    path = tmp_path / f"a.{ending}"
    write_interlaced(path, codec)
    source = FileSource(path)
    for frame in source:
        assert (frame.width, frame.height) == (160, 96)
        lit = frame.luma.astype(float).mean(axis=0) > 60.0
        assert 12 <= lit.sum() <= 20, frame.index
    assert source.account.interlaced
    (advice,) = reading_advice(source.account)
    assert "interlaced" in advice
    assert "progressive" in advice


def write_interlaced(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        options = {"flags": "+ildct+ilme", "crf": "16", "qscale": "2"}
        stream = container.add_stream(codec, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 160, 96, "yuv420p", 4_000_000
        for number in range(4):
            picture = np.zeros((96, 160, 3), np.uint8)
            picture[::2, 16 + 32 * number :][:, :16] = 255
            picture[1::2, 32 + 32 * number :][:, :16] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize("every", [4, 5, 6, 8])
@pytest.mark.parametrize("late_s", [0.0, 3.0])
def test_a_join_is_no_damage_however_few_pictures_come(tmp_path: Path, every: int, late_s: float) -> None:
    """FFmpeg calls the last pictures before a join damaged: at 5 a second, those of half a second."""
    account = account_of(tmp_path / "a", Handling(ending="ts", every=every, late_s=late_s, clips=2))
    assert account.whole, account.damaged
    assert len(account.joins_s) == 1


def test_where_reading_ended_is_reported(tmp_path: Path) -> None:
    """Behind an FLV file's last clip are other bytes: where reading ended, and how much is left."""
    path = record(tmp_path / "a", PICTURES, FPS, Handling(ending="flv"))
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(len(whole)))
    source = FileSource(path)
    assert len(list(source)) == len(PICTURES)
    account = source.account
    assert not account.whole
    assert any("reading ended at 4.0 s" in line and "50 %" in line for line in reading_lines(account))
