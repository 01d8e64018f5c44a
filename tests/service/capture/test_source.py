"""Frames come with the times at which they were taken, and failures with their reason."""

import itertools
import time
from pathlib import Path

import av
import numpy as np
import pytest

from service.capture.files import FileSource
from service.capture.source import open_source
from service.domain.errors import SourceError
from service.usecases.samples import VIDEO, sample_folders
from tests.service.capture.videos import drawn, flip_bytes, write_video

UNEVEN_MS = [0, 80, 120, 160, 240, 280, 320, 360, 480, 520, 560, 600]


def test_frames_bear_the_files_own_time_stamps(tmp_path: Path) -> None:
    """Uneven stamps and B-frames: every frame in order, at its own time, in colour when asked."""
    frames = list(FileSource(write_video(tmp_path / "a.mp4", UNEVEN_MS)))
    assert [frame.t_s for frame in frames] == pytest.approx([ms / 1000 for ms in UNEVEN_MS])
    assert [frame.index for frame in frames] == list(range(len(UNEVEN_MS)))
    assert all(frame.bgr().shape == (180, 320, 3) and not frame.damaged for frame in frames)


def test_a_loop_goes_on_in_time(tmp_path: Path) -> None:
    """At its end the file begins again, one frame interval later; time stamps go on increasing."""
    source = FileSource(write_video(tmp_path / "a.mp4", [0, 40, 80, 120]), loop=True)
    times = [frame.t_s for frame in itertools.islice(source, 10)]
    assert times == pytest.approx([0.04 * k for k in range(10)], abs=1e-3)


def test_frames_beyond_the_wanted_rate_are_passed_over(tmp_path: Path) -> None:
    """Of 25 frames a second every second one is handed out for 12.5; indices still count all."""
    source = FileSource(write_video(tmp_path / "a.mp4", list(range(0, 480, 40))), max_fps=12.5)
    assert [frame.index for frame in source] == [0, 2, 4, 6, 8, 10]


def test_real_time_is_kept_without_drift(tmp_path: Path) -> None:
    """Frames come when they are due, however long the reader took over the one before."""
    path = write_video(tmp_path / "a.mp4", list(range(0, 600, 60)))
    start_s = time.monotonic()
    for frame in FileSource(path, realtime=True):
        late_s = frame.t_mono_s - start_s - frame.t_s
        assert late_s > -0.005
        time.sleep(0.03)  # the reader's own work: stands still inside each interval
    assert late_s < 0.25


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    """A missing file, a file of text and a folder are SourceErrors that name the file, and what it is."""
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    for path in (text, tmp_path / "missing.mp4"):
        with pytest.raises(SourceError, match=path.name):
            open_source(str(path))
    with pytest.raises(SourceError, match="a folder, not a video"):
        open_source(str(tmp_path))


def test_a_cut_off_file_ends_quietly(tmp_path: Path) -> None:
    """A recording that was cut off in the middle gives what can be decoded."""
    path = write_video(tmp_path / "a.mp4", range(0, 2000, 40), options={"movflags": "faststart"})
    whole = path.read_bytes()
    with av.open(str(path), "r") as container, av.open(str(tmp_path / "a.ts"), "w") as cut:
        stream = cut.add_stream_from_template(container.streams.video[0])
        for packet in container.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                cut.mux(packet)
    data = (tmp_path / "a.ts").read_bytes()
    (tmp_path / "a.ts").write_bytes(data[: len(data) // 2])
    times = [frame.t_s for frame in FileSource(tmp_path / "a.ts")]
    assert 5 < len(times) < 50
    assert all(b > a for a, b in itertools.pairwise(times))
    path.write_bytes(whole[: len(whole) // 8])
    with pytest.raises(SourceError, match=path.name):
        open_source(str(path))


@pytest.mark.fault(5)
def test_flipped_bytes_damage_frames_until_the_next_key_frame(tmp_path: Path) -> None:
    """Nothing crashes; the picture and the rest of its group are marked, others not."""
    path = write_video(tmp_path / "a.mp4", range(0, 2000, 40), b_frames=0, key_every=10)
    flip_bytes(path, [24])
    frames = list(FileSource(path))
    assert [frame.index for frame in frames if frame.damaged] == list(range(24, 30))
    assert [frame.index for frame in frames] == list(range(50))


def test_what_follows_a_picture_that_is_missing_is_marked(tmp_path: Path) -> None:
    """A picture that was left out whole spoils those that build on it; a slower rate is no loss."""
    whole = write_video(tmp_path / "a.mp4", range(0, 2000, 40), b_frames=0, key_every=10)
    spoilt = tmp_path / "b.mp4"
    with av.open(str(whole)) as source, av.open(str(spoilt), "w") as cut:
        stream = cut.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None and number not in (23, 39):  # 39 is the last before a key picture
                packet.stream = stream
                cut.mux(packet)
    assert [round(frame.t_s, 2) for frame in FileSource(spoilt) if frame.damaged] == [
        round(0.04 * number, 2) for number in range(24, 30)
    ]
    slow = write_video(tmp_path / "c.mp4", [*range(0, 800, 40), *range(900, 3000, 100)], b_frames=0)
    assert not any(frame.damaged for frame in FileSource(slow))


@pytest.mark.fault(5)
def test_any_damage_is_survived(tmp_path: Path) -> None:
    """Bytes flipped all over the pictures: frames come in time, and most of them are marked."""
    path = write_video(tmp_path / "a.mp4", range(0, 2000, 40))
    flip_bytes(path, range(3, 50, 4))
    frames = list(FileSource(path))
    assert sum(frame.damaged for frame in frames) > 20
    assert all(b.t_s > a.t_s for a, b in itertools.pairwise(frames))
    assert all(frame.bgr((0, 0, 40, 40)).shape == (40, 40, 3) for frame in frames)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "nv12"])
def test_every_pixel_format_shows_the_same_colours(tmp_path: Path, pixels: str) -> None:
    """Full range, more colour and more bits than usual: the picture is what was encoded."""
    path = write_video(tmp_path / "a.mp4", [0, 40, 80], pixels=pixels, options={"crf": "2"})
    frames = list(FileSource(path))
    assert len(frames) == 3
    for frame in frames:
        assert frame.full_range == (pixels == "yuvj420p")
        assert frame.u.shape == frame.v.shape == (90, 160)
        assert np.abs(frame.bgr().astype(int) - drawn(frame.index)).mean() < 3


def test_unneeded_pictures_are_left_undecoded_while_enough_come(tmp_path: Path) -> None:
    """Every other picture a B one: in time they are passed over, and the wanted rate still comes."""
    options = {"preset": "medium", "b_strategy": "0"}
    path = write_video(tmp_path / "a.mp4", range(0, 8000, 40), b_frames=1, key_every=50, options=options)
    every = list(FileSource(path, max_fps=12.5, skip_unneeded=False))
    fewer = list(FileSource(path, max_fps=12.5))
    assert len(every) == 100
    assert len(fewer) >= 96
    assert max(b.t_s - a.t_s for a, b in itertools.pairwise(fewer)) <= 0.121
    assert fewer[-1].index == pytest.approx(round(fewer[-1].t_s * 25), abs=2)


def test_pictures_are_all_decoded_where_skipping_would_cost_the_rate(tmp_path: Path) -> None:
    """Two B pictures to each other one: without them 8 a second would be left of the 12.5 that are wanted."""
    options = {"preset": "medium", "b_strategy": "0"}
    path = write_video(tmp_path / "a.mp4", range(0, 8000, 40), b_frames=2, key_every=50, options=options)
    assert [frame.index for frame in FileSource(path, max_fps=12.5)] == list(range(0, 200, 2))


def test_a_lost_key_frame_does_not_put_the_clock_ahead(tmp_path: Path) -> None:
    """What FFmpeg then gives out of order is left out: 160 frames at 25 a second take 6.4 s all the same."""
    whole, lost = next(iter(sample_folders())) / VIDEO, tmp_path / "lost.mp4"
    with av.open(str(whole)) as source, av.open(str(lost), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        keys = 0
        for packet in itertools.islice(source.demux(stream), 160):
            keys += packet.is_keyframe
            if packet.is_keyframe and keys == 2:
                continue
            packet.stream = copy
            target.mux(packet)
    assert keys > 2
    times = [frame.t_s for frame in FileSource(lost)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(159 / 25, abs=0.13)
