"""The last seconds of what a camera sent, as it came: packets that a clip is cut from. Nothing is decoded.

    ring.begin(stream)            # at each connection
    ring.put(packet)              # each packet, by the thread that reads
    ring.place(stamp_s, t_s, …)   # each picture that is handed out: where the stream's stamps lie
    ring.cut(from_s, to_s)        # by another thread

A ring holds NEEDED_S and what belongs to the same key frame, MOST_S and MOST_BYTES at most.
"""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av
from av.container import InputContainer

from service.domain.evidence.clip import AFTER_S, BEFORE_S, NoClip

NEEDED_S = BEFORE_S + AFTER_S + 3.0
"""A clip is cut this long after its beginning at most: the camera's process waits for what comes after."""

MOST_S = 30.0
"""Whatever the camera's key frames. Those of a camera that sends one in 15 s are always held."""

MOST_BYTES = 32_000_000
"""Whatever the camera's bit rate: 17 s of 15 Mbit/s."""

PLAYED = frozenset({"h264", "hevc"})
"""Codecs that browsers play from an MP4 file; H.265 only some, with hardware for it."""

_SAME_S = 0.05  # a stamp may be moved by so much without being another clock
_TICK_S = 1e-3


class Link:
    """One connection: what a decoder must know of its packets, kept when it is closed."""

    def __init__(self, stream: av.VideoStream) -> None:
        context = stream.codec_context
        self.codec = context.name
        self.parameters = (context.name, context.width, context.height, context.extradata)
        # Of a container that is never written: FFmpeg keeps a stream's parameters in no other place.
        self._keeper = av.open(io.BytesIO(), "w", format="mp4")
        self.template = self._keeper.add_stream_from_template(stream)
        self.begun = False


@dataclass(slots=True, eq=False)
class _Clock:
    """Where stamps lie: media time minus stamp, seconds; None before a picture was handed out."""

    offset_s: float | None = None


@dataclass(slots=True, eq=False)
class HeldPacket:
    """A packet as it came; pts_s, dts_s: its stamps in seconds.

    number: counts a ring's packets. lost: something before it did not arrive.
    """

    content: bytes
    pts_s: float
    dts_s: float
    key: bool
    arrived_s: float
    link: Link
    clock: _Clock
    number: int = 0
    lost: bool = False

    @property
    def t_s(self) -> float | None:
        """When its picture is shown, media time."""
        return None if self.clock.offset_s is None else self.pts_s + self.clock.offset_s


class PacketRing:
    """Holds the last packets of one camera.

    Args:
        needed_s, most_s, most_bytes: see NEEDED_S, MOST_S and MOST_BYTES.
        clock: says when a packet came, monotonic.
    """

    def __init__(
        self,
        needed_s: float = NEEDED_S,
        most_s: float = MOST_S,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._needed_s, self._most_s, self._most_bytes = needed_s, most_s, most_bytes
        self._clock_s = clock
        self._lock = threading.Lock()
        self._packets: deque[HeldPacket] = deque()
        self._keys: deque[HeldPacket] = deque()
        self._link: Link | None = None
        self._clock = _Clock()
        self._newest: tuple[float, float] | None = None
        self._count = 0
        self.bytes = 0
        """How many bytes of packets are held."""
        self.codec = ""
        """What the camera sends, as FFmpeg calls it."""

    @property
    def seconds(self) -> float:
        """How long ago the oldest packet came, from the newest."""
        with self._lock:
            return self._packets[-1].arrived_s - self._packets[0].arrived_s if self._packets else 0.0

    def tapped(
        self, container: InputContainer
    ) -> Callable[[av.VideoStream], Iterator[av.Packet[av.VideoStream]]]:
        """Return the container's `demux`, by which the ring gets every packet, for one connection."""

        def demux(stream: av.VideoStream) -> Iterator[av.Packet[av.VideoStream]]:
            self.begin(stream)
            for packet in container.demux(stream):
                self.put(packet)
                yield packet

        return demux

    def begin(self, stream: av.VideoStream) -> None:
        """Begin a connection; packets of a codec that no browser plays are not held."""
        link = Link(stream) if stream.codec_context.name in PLAYED else None
        with self._lock:
            self.codec = stream.codec_context.name
            self._link, self._clock = link, _Clock()

    @property
    def held(self) -> list[HeldPacket]:
        """What is held, in decoding order, from a key frame on."""
        with self._lock:
            return list(self._packets)

    def put(
        self, packet: av.Packet[av.VideoStream], arrived_s: float | None = None, *, lost: bool = False
    ) -> None:
        """Hold a packet of the present connection, from its first key frame on; lost: see `HeldPacket`."""
        link, base = self._link, packet.time_base
        if link is None or packet.dts is None or base is None or not packet.size:
            return
        if not link.begun and not packet.is_keyframe:
            return
        link.begun = True
        pts = packet.dts if packet.pts is None else packet.pts
        ticks = base.numerator / base.denominator
        content = bytes(packet)  # its own: FFmpeg's memory would outlive the connection
        now_s = self._clock_s() if arrived_s is None else arrived_s
        held = HeldPacket(
            *(content, pts * ticks, packet.dts * ticks, packet.is_keyframe, now_s, link, self._clock),
            *(self._count, lost),
        )
        self._count += 1
        with self._lock:
            self._packets.append(held)
            if held.key:
                self._keys.append(held)
            self.bytes += len(content)
            self._trim(now_s)

    def place(self, stamp_s: float, t_s: float, t_mono_s: float) -> None:
        """Note that a picture with this stamp has this media time, and when it was read (monotonic)."""
        offset_s = t_s - stamp_s
        with self._lock:
            self._newest = t_s, t_mono_s
            before_s = self._clock.offset_s
            if before_s is None:
                self._clock.offset_s = offset_s
            elif abs(offset_s - before_s) > _SAME_S:
                self._set_clock(stamp_s, offset_s, abs(offset_s - before_s) / 2)

    def media_time(self, at_mono_s: float) -> float | None:
        """Return which media time that moment was; None before the first picture."""
        newest = self._newest
        return None if newest is None else newest[0] + at_mono_s - newest[1]

    @property
    def newest_s(self) -> float | None:
        """The media time of the newest picture."""
        return None if self._newest is None else self._newest[0]

    def cut(self, from_s: float, to_s: float, moment_s: float) -> list[HeldPacket] | NoClip:
        """Return the packets from the last key frame at or before `from_s` to `to_s`, in decoding order.

        Where that key frame is not held, they begin at the next one. Where the camera changed its format,
        those of the format at `moment_s` are given. All times are media time.
        """
        with self._lock:
            held = [each for each in self._packets if each.t_s is not None]
        wanted = _of_one_format(held, moment_s)
        wanted = _up_to(wanted, to_s)
        if not wanted or _t_s(wanted[-1]) < from_s:
            return NoClip.CODEC if self.codec and self._link is None else NoClip.NO_PICTURES
        keys = [n for n, each in enumerate(wanted) if each.key]
        if not keys:
            return NoClip.NO_KEY_FRAME
        first = max((n for n in keys if _t_s(wanted[n]) <= from_s), default=keys[0])
        begin_s = _t_s(wanted[first])
        # Pictures that are shown before their key frame need what came before it.
        return [each for each in wanted[first:] if _t_s(each) >= begin_s]

    def _set_clock(self, stamp_s: float, offset_s: float, near_s: float) -> None:
        """Begin another clock: the camera's leapt. What was read since and not shown yet belongs to it."""
        before, self._clock = self._clock, _Clock(offset_s)
        for each in reversed(self._packets):
            if each.clock is not before or abs(each.pts_s - stamp_s) > near_s:
                return
            each.clock = self._clock

    def _trim(self, now_s: float) -> None:
        """Drop whole groups of pictures, for what follows a key frame is worth nothing without it."""
        while self._packets:
            second = self._keys[1] if len(self._keys) > 1 else None
            spare = second is not None and now_s - second.arrived_s > self._needed_s
            old = now_s - self._packets[0].arrived_s > self._most_s
            if not (spare or old or self.bytes > self._most_bytes):
                return
            self._drop_group(second)

    def _drop_group(self, second: HeldPacket | None) -> None:
        while self._packets and self._packets[0] is not second:
            self.bytes -= len(self._packets.popleft().content)
        self._keys.popleft()
        if second is None and self._link is not None:
            self._link.begun = False  # nothing is held until the next key frame


def _up_to(packets: list[HeldPacket], to_s: float) -> list[HeldPacket]:
    """Return the packets of the pictures shown until then, and those that these need: without a hole."""
    while True:
        count = 1 + max((n for n, each in enumerate(packets) if _t_s(each) <= to_s), default=-1)
        shown_s = max((_t_s(each) for each in packets[:count]), default=to_s)
        if shown_s <= to_s:
            return packets[:count]
        to_s = shown_s


def _t_s(packet: HeldPacket) -> float:
    return packet.t_s or 0.0


def _of_one_format(packets: Sequence[HeldPacket], moment_s: float) -> list[HeldPacket]:
    """Return the packets around the moment whose format is that of the moment."""
    if not packets:
        return []
    at = max((n for n, each in enumerate(packets) if _t_s(each) <= moment_s), default=0)
    first = last = at
    parameters = packets[at].link.parameters
    while first and packets[first - 1].link.parameters == parameters:
        first -= 1
    while last + 1 < len(packets) and packets[last + 1].link.parameters == parameters:
        last += 1
    return list(packets[first : last + 1])
