"""A camera's recording played into a station as its stream would be: all decoded, or some of it spared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av

from service.capture.decoder import Decoder
from service.capture.packets.ring import PacketRing
from service.capture.packets.sparing import Sparing
from service.capture.source import StreamSource
from service.domain.camera import WatchedLift
from service.domain.frame import Frame
from service.domain.health import Health
from service.domain.passage import Passage
from service.passages.learnt import Learnt
from service.passages.options import ExtractorOptions
from service.station.step import Station
from service.station.streams.standing import StandingLine

BASE = Fraction(1, 90_000)


def encode(
    path: Path,
    frames: Iterable[Frame],
    *,
    codec: str = "libx264",
    key_every: int = 25,
    b_pictures: int = 0,
    **options: str,
) -> Path:
    """Write frames as a camera does that encodes by quality; options: the encoder's."""
    chosen = {"preset": "ultrafast", "crf": "26", "threads": "1"}
    if codec == "libx264":
        chosen |= {"bf": "0", "g": str(key_every), "sc_threshold": "0"}
    else:
        chosen["x265-params"] = (
            f"keyint={key_every}:min-keyint={key_every}:scenecut=0:open-gop=0:pools=1:"
            f"bframes={b_pictures}:frame-threads=1:log-level=none"
        )
    with av.open(str(path), "w") as written:
        stream = written.add_stream(codec, rate=25, options=chosen | options)
        assert isinstance(stream, av.VideoStream)
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", BASE
        for frame in frames:
            if not stream.codec_context.is_open:
                stream.width, stream.height = frame.width, frame.height
            picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24").reformat(format="yuv420p")
            picture.pts, picture.time_base = round(frame.t_s / BASE), BASE
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))
    return path


@dataclass
class Watched:
    """What a station made of a stream.

    late_s: for each passage, how long after its last frame it was found, by the stream's own clock.
    """

    passages: list[Passage] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    health: list[Health] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    left_out: int = 0
    spared_s: list[tuple[float, float]] = field(default_factory=list)
    """From when to when key frames alone were decoded, media time."""
    learnt: Learnt | None = None


def watch(
    watched: WatchedLift, recording: Path, *, spare: bool = True, learnt: Learnt | None = None
) -> Watched:
    """Play a recording, packet after packet."""
    sparing = Sparing() if spare else None
    seen, ring = Watched(), PacketRing(needed_s=1e9, most_s=1e9, most_bytes=1 << 40)
    station = Station(watched, 0.0, options=ExtractorOptions(), run_id="run", learnt=learnt)
    standing = None if sparing is None else StandingLine(sparing)
    since_s: float | None = None
    with av.open(str(recording)) as container:
        for frame in _frames(Decoder(container, wanted_fps=12.5, ring=ring, sparing=sparing), sparing):
            seen.frames.append(frame)
            for event in station.take(replace(frame, t_mono_s=frame.t_s), frame.t_s):
                if isinstance(event, Passage):
                    seen.passages.append(event)
                    seen.late_s.append(ring.held[-1].dts_s - (frame.stamp_s or 0.0))
                else:
                    seen.health.append(event)
            seen.health += [event for event in station.tick(frame.t_s) if isinstance(event, Health)]
            if standing is not None and sparing is not None:
                standing.step(station, frame.t_s)
                if sparing.active and since_s is None:
                    since_s = frame.t_s
                elif not sparing.active and since_s is not None:
                    seen.spared_s.append((since_s, frame.t_s))
                    since_s = None
    seen.left_out = 0 if sparing is None else sparing.left_out
    seen.learnt = station.learnt
    return seen


def _frames(decoder: Decoder, sparing: Sparing | None) -> Iterator[Frame]:
    """What a camera's reader gets: the source's own clock and rate."""
    source = StreamSource("rtsp://camera.example/1", max_fps=12.5, sparing=sparing)
    source._closed.clear()
    try:
        yield from source._frames(decoder)
    except Exception as error:
        if "the stream ended" not in str(error):
            raise
