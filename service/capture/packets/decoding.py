"""Decodes held packets: from a key frame on, as far as somebody wants, and no farther."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

import av
import av.logging
from av.codec.context import Flags
from av.video.frame import VideoFrame

from service.capture.packets.complaints import tell_of_loss
from service.capture.packets.ring import HeldPacket, Link
from service.capture.pictures.picture import Display, planes_of
from service.domain.frame import Frame
from service.domain.planes import Planes

_BASE = Fraction(1, 90_000)


class HeldDecoder:
    """Decodes packets of a ring on the calling thread; goes on where it was, if it can.

    A picture is damaged if something of it was lost, or of one before it since the last key frame.
    """

    def __init__(self) -> None:
        self._context: av.VideoCodecContext | None = None
        self._link: Link | None = None
        self._last: int | None = None
        self._broken = False
        self.decoded = 0
        """How many packets were decoded."""

    def rest(self) -> None:
        """Give back the pictures that a decoder keeps, some megabytes: the next one begins at a key frame."""
        self._context, self._link, self._last = None, None, None

    def until(self, packets: Sequence[HeldPacket], last: HeldPacket) -> Iterator[Frame]:
        """Yield what comes of decoding up to this packet: from its key frame on, or from where it was.

        A frame's t_s and stamp_s are the stream's own stamp, its t_mono_s is when its packet came.

        Args:
            packets: what is held, in decoding order. last: one of them.
        """
        end = next((n for n, each in enumerate(packets) if each.number == last.number), None)
        if end is None:
            return
        begin = next((n for n in range(end, -1, -1) if packets[n].key), None)
        if begin is None:
            return
        # What comes before what was decoded last is decoded again, from its key frame on.
        if self._last is not None and packets[begin].number <= self._last < last.number:
            begin += self._last + 1 - packets[begin].number
        for packet in packets[begin : end + 1]:
            yield from self._decode(packet)

    def _decode(self, packet: HeldPacket) -> Iterator[Frame]:
        context = self._prepared(packet)
        self._last = packet.number
        self.decoded += 1
        given = av.Packet(packet.content)
        given.pts, given.dts = round(packet.pts_s / _BASE), round(packet.dts_s / _BASE)
        given.time_base = _BASE
        with av.logging.Capture(local=True) as messages:
            try:
                pictures = context.decode(given)
            except av.FFmpegError:
                pictures, self._broken = [], True
        self._broken = self._broken or packet.lost or tell_of_loss(messages)
        for picture in pictures:
            yield _frame(picture, packet, damaged=self._broken or picture.is_corrupt)

    def _prepared(self, packet: HeldPacket) -> av.VideoCodecContext:
        context, link = self._context, packet.link
        if context is None or link is not self._link:
            made = av.CodecContext.create(link.codec, "r")
            if not isinstance(made, av.VideoCodecContext):
                raise AssertionError("a ring holds pictures alone")
            context = made
            context.extradata = link.parameters[3]
            context.thread_type, context.thread_count = "NONE", 1
            context.flags |= Flags.output_corrupt
            self._context, self._link, self._broken = context, link, False
        elif packet.key and self._last != packet.number - 1:
            context.flush_buffers()
        if packet.key:
            self._broken = False
        return context


def _frame(picture: VideoFrame, packet: HeldPacket, *, damaged: bool) -> Frame:
    stamp_s = packet.pts_s if picture.pts is None else float(picture.pts * _BASE)
    return Frame.of_decoder(
        partial(_planes, picture),
        (picture.width, picture.height),
        index=packet.number,
        t_s=stamp_s,
        t_mono_s=packet.arrived_s,
        damaged=damaged,
        stamp_s=stamp_s,
    )


def _planes(picture: VideoFrame) -> Planes:
    return Display(interlaced=bool(picture.interlaced_frame)).shown(planes_of(picture))
