"""Writes held packets into an MP4 file as they came: not a picture is decoded or encoded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

from service.capture.packets.ring import HeldPacket
from service.domain.arrays import Image

_BASE = Fraction(1, 90_000)
_TAGS = {"hevc": "hvc1"}  # Apple's players take no other


def remux(packets: Sequence[HeldPacket]) -> Image:
    """Return an MP4 file with its index in front, uint8[N], which plays from time 0.

    packets: of one format, from a key frame on, in decoding order.

    Raises:
        av.FFmpegError: they cannot be written so.
        OSError: no memory is left.
    """
    file = os.memfd_create("barwatch-clip")  # by name: the index is put in front by reading the file again
    try:
        _write(f"/proc/self/fd/{file}", packets)
        return np.frombuffer(os.pread(file, os.fstat(file).st_size, 0), np.uint8)
    finally:
        os.close(file)


def _write(name: str, packets: Sequence[HeldPacket]) -> None:
    begin_s, before = packets[0].t_s or 0.0, None
    template = packets[0].link.template
    with av.open(name, "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream_from_template(template)
        stream.time_base = _BASE
        if (tag := _TAGS.get(packets[0].link.codec)) is not None:
            stream.codec_context.codec_tag = tag
        for each in packets:
            packet = av.Packet(each.content)
            packet.stream, packet.time_base, packet.is_keyframe = stream, _BASE, each.key
            shown_s = (each.t_s or 0.0) - begin_s
            pts = round(shown_s / _BASE)
            dts = round((shown_s + each.dts_s - each.pts_s) / _BASE)
            # Where two connections meet, stamps may overlap by a few pictures.
            dts = dts if before is None else max(dts, before + 1)
            before = dts
            packet.pts, packet.dts = max(pts, dts), dts
            file.mux(packet)
