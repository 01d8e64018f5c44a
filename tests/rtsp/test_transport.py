"""How a camera's pictures travel: TCP, UDP, whichever is served; what is lost on the way is marked."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from lifts.schema import Transport
from service.capture.source import StreamSource
from service.domain.errors import SourceError
from service.domain.frame import Frame
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.capture.videos import drawn, write_video


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a.mp4", range(0, 8000, 40), b_frames=0)


def first(address: str, count: int, transport: Transport) -> list[Frame]:
    return list(itertools.islice(StreamSource(address, transport=transport), count))


@pytest.mark.parametrize(
    ("served", "asked"), [("tcp", "tcp"), ("udp", "udp"), ("tcp", "auto"), ("udp", "auto")]
)
def test_frames_come_over_what_is_served(
    recording: Path, rtsp: Serve, monkeypatch: pytest.MonkeyPatch, served: str, asked: Transport
) -> None:
    """From the first frame on, in time, none damaged; `auto` falls back from TCP to UDP."""
    monkeypatch.setenv("RTSP_TRANSPORT", served)
    with rtsp({"cam": recording}) as addresses:
        frames = first(addresses["cam"], 15, asked)
    assert [frame.index for frame in frames] == list(range(15))
    assert not any(frame.damaged for frame in frames)
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(frames)]
    assert min(steps) > 0
    assert sorted(steps)[7] == pytest.approx(0.04, abs=0.005)
    assert np.abs(frames[0].bgr().astype(int) - drawn(0)).mean() < 4


@pytest.mark.parametrize(("served", "asked"), [("udp", "tcp"), ("tcp", "udp")])
def test_a_refused_transport_is_a_source_error(
    recording: Path, rtsp: Serve, monkeypatch: pytest.MonkeyPatch, served: str, asked: Transport
) -> None:
    """A transport that was asked for is not replaced by the other."""
    monkeypatch.setenv("RTSP_TRANSPORT", served)
    with rtsp({"cam": recording}) as addresses, pytest.raises(SourceError, match="no connection"):
        first(addresses["cam"], 1, asked)


@pytest.mark.thorough
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_lost_packets_mark_frames_as_damaged(
    tmp_path: Path, rtsp: Serve, monkeypatch: pytest.MonkeyPatch, transport: Transport
) -> None:
    """One packet in ten is lost: the stream goes on, and what is not marked is as it was recorded."""
    recording = write_video(tmp_path / "a.mp4", range(0, 4000, 40), b_frames=0, key_every=5)
    monkeypatch.setenv("RTSP_LOSS", "0.1")
    with rtsp({"cam": recording}) as addresses:
        frames = first(addresses["cam"], 30, transport)
    assert all(b.t_s > a.t_s for a, b in itertools.pairwise(frames))
    whole = [frame for frame in frames if not frame.damaged]
    assert 0 < len(whole) < 30
    pictures = [drawn(index).astype(int) for index in range(100)]
    for frame in whole:
        shown = frame.bgr().astype(int)
        assert min(np.abs(shown - picture).mean() for picture in pictures) < 4
