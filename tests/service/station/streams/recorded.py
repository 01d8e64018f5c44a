"""A camera's two streams as recordings, and both of them played into a station in step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av

from service.capture.files import FileSource
from service.capture.packets.ring import PacketRing
from service.domain.camera import WatchedLift
from service.domain.frame import Frame
from service.domain.health import Health
from service.domain.passage import Passage
from service.health.limits import HealthLimits
from service.passages.options import ExtractorOptions
from service.station.step import Station
from service.station.streams.first import FirstStream, StreamFault

BASE = Fraction(1, 90_000)


def encode(path: Path, frames: Iterable[Frame], size: tuple[int, int], key_every: int = 25) -> Path:
    """Write frames as a camera's stream, H.264 without B pictures."""
    options = {"preset": "ultrafast", "bf": "0", "g": str(key_every), "sc_threshold": "0", "threads": "1"}
    with av.open(str(path), "w") as written:
        stream = written.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = BASE
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
            picture = picture.reformat(width=size[0], height=size[1], format="yuv420p")
            picture.pts, picture.time_base = round(frame.t_s / BASE), BASE
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))
    return path


def packets(path: Path, ring: PacketRing, shift_s: float) -> Iterator[float]:
    """Put a recording's packets into a ring, stamped shift_s less; yield when each came."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        ring.begin(stream)
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and packet.dts is not None and packet.time_base:
                came_s = float(packet.pts * packet.time_base)
                packet.pts -= round(shift_s / packet.time_base)
                packet.dts -= round(shift_s / packet.time_base)
                ring.put(packet, arrived_s=came_s)
                yield came_s


@dataclass
class Played:
    """What a station made of two streams."""

    passages: list[Passage] = field(default_factory=list)
    health: list[Health] = field(default_factory=list)
    shift_s: float | None = None
    given: int = 0
    decoded: int = 0
    by_then: list[tuple[float, int]] = field(default_factory=list)
    """How many packets of the first were decoded by a media time."""
    fault: StreamFault | None = None


def play(
    watched: WatchedLift,
    second: Path,
    first: Path | None,
    *,
    shift_s: float = 0.0,
    late_s: float = 0.0,
    limits: HealthLimits | None = None,
) -> Played:
    """Follow the second stream, with the first beside it if there is one.

    shift_s: by how much the first's stamps are less. late_s: how much later its packets come.
    """
    ring, played = PacketRing(), Played()
    stream = None if first is None else FirstStream(watched.lift, ring, limits)
    coming = iter(()) if first is None else packets(first, ring, shift_s)
    options = ExtractorOptions(in_background=False)
    station = Station(watched, 0.0, options=options, run_id="run", first=stream, limits=limits)
    came_s = 0.0
    for frame in FileSource(second, max_fps=12.5):
        while came_s < frame.t_s - late_s and (more := next(coming, None)) is not None:
            came_s = more
        if stream is not None:
            stream.saw(replace(frame, t_mono_s=frame.t_s))
        for event in station.take(frame, frame.t_s):
            if isinstance(event, Passage):
                played.passages.append(event)
            else:
                played.health.append(event)
        if stream is not None:
            played.shift_s = stream.shift_s or played.shift_s
            played.fault = stream.fault(frame.t_s) or played.fault
            played.by_then.append((frame.t_s, stream.decoded))
    if stream is not None:
        played.given, played.decoded = stream.given, stream.decoded
    return played
