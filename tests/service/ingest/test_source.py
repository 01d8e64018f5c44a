"""Frames come with the times at which they were taken, and failures with their reason."""

import itertools
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from service.errors import SourceError
from service.ingest.source import FileSource, StreamSource, open_source
from tests.service.ingest.videos import write_video

UNEVEN_MS = [0, 80, 120, 160, 240, 280, 320, 360, 480, 520, 560, 600]


def test_frames_bear_the_files_own_time_stamps(tmp_path: Path) -> None:
    """Uneven stamps and B-frames: every frame in order, at its own time, as BGR pixels."""
    frames = list(FileSource(write_video(tmp_path / "a.mp4", UNEVEN_MS)))
    assert [frame.t_s for frame in frames] == pytest.approx([ms / 1000 for ms in UNEVEN_MS])
    assert [frame.index for frame in frames] == list(range(len(UNEVEN_MS)))
    assert all(frame.image.shape == (180, 320, 3) and frame.image.dtype == np.uint8 for frame in frames)


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
    """A missing file and a file of text are SourceErrors that name the file."""
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    for path in (text, tmp_path / "missing.mp4"):
        with pytest.raises(SourceError, match=path.name):
            open_source(str(path))


def test_a_cut_off_file_ends_quietly(tmp_path: Path) -> None:
    """A damaged recording gives what can be decoded, and never crashes."""
    path = write_video(tmp_path / "a.mp4", list(range(0, 2000, 40)))
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(1)
    for at in rng.integers(200, len(data) - 2500, 60):
        data[at] ^= 0xFF
    path.write_bytes(data)
    times = [frame.t_s for frame in FileSource(path)]
    assert all(b > a for a, b in itertools.pairwise(times))


def test_a_camera_that_says_nothing_is_given_up() -> None:
    """A server that accepts and is silent costs no more than the time-out, and leaks no password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        port = server.getsockname()[1]
        source = StreamSource(f"rtsp://user:canary@127.0.0.1:{port}/live", open_timeout_s=0.7)
        start_s = time.monotonic()
        with pytest.raises(SourceError) as caught:
            next(iter(source))
        assert time.monotonic() - start_s < 3.0
        assert "canary" not in str(caught.value)
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()
