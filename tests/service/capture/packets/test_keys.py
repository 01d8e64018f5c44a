"""Which key frames need nothing before them, in what real encoders write; and how regularly they come."""

from pathlib import Path

import av
import pytest

from service.capture.packets.keys import KeyIntervals, begins_anew
from tests.service.capture.videos import drawn

_HEVC = "keyint=6:min-keyint=6:scenecut=0:pools=1:frame-threads=1:log-level=none"


def encoded(path: Path, codec: str, options: dict[str, str]) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=25, options={"preset": "ultrafast", "threads": "1", **options}
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for index in range(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn(index, (160, 96)), format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", ["mp4", "ts"])
@pytest.mark.parametrize(
    ("codec", "options", "closed"),
    [
        ("libx264", {"g": "6", "bf": "2", "sc_threshold": "0"}, True),
        ("libx264", {"g": "6", "bf": "2", "sc_threshold": "0", "x264-params": "open-gop=1"}, False),
        ("libx264", {"g": "6", "bf": "0", "x264-params": "intra-refresh=1"}, False),
        ("libx265", {"x265-params": f"{_HEVC}:open-gop=0:bframes=2"}, True),
        ("libx265", {"x265-params": f"{_HEVC}:open-gop=1:bframes=2"}, False),
        ("mpeg4", {"g": "6"}, False),
    ],
)
def test_only_an_instantaneous_refresh_begins_anew(
    codec: str, options: dict[str, str], closed: bool, suffix: str, tmp_path: Path
) -> None:
    """Not the first picture of an open group, nor a recovery point; with lengths or with start codes."""
    with av.open(str(encoded(tmp_path / f"a.{suffix}", codec, options))) as container:
        context = container.streams.video[0].codec_context
        extradata = context.extradata
        packets = [each for each in container.demux(video=0) if each.size]
    found = [begins_anew(bytes(each), context.name, extradata) for each in packets]
    assert found[0] or codec == "mpeg4"
    assert not any(new for new, each in zip(found, packets, strict=True) if not each.is_keyframe)
    assert (sum(found) > 1) is closed


def test_damaged_packets_begin_nothing() -> None:
    """Nor do empty ones, or such as hold something else besides."""
    assert not any(begins_anew(bytes(n), "h264", None) for n in range(12))
    assert begins_anew(b"\0\0\1\x67\x01\0\0\1\x65\x80", "h264", None)
    assert not begins_anew(b"\0\0\1\x67\x01", "h264", None)
    assert not begins_anew(b"\0\0\1\x65\x80\0\0\1\x41\x9a", "h264", None)


def test_intervals_are_known_from_three_that_are_alike() -> None:
    """The longest counts; irregular ones, and those after a loss, are unknown."""
    intervals = KeyIntervals()
    for at_s in (0.0, 2.0, 4.0):
        intervals.key(at_s)
        assert intervals.seconds is None
    intervals.key(6.1)
    assert intervals.seconds == pytest.approx(2.1)
    intervals.key(7.0)
    assert intervals.seconds is None
    for at_s in (9.0, 11.0, 13.0):
        intervals.key(at_s)
    assert intervals.seconds == 2.0
    intervals.forget()
    assert intervals.seconds is None
