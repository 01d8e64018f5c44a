"""From packets to frames: decoded once, on one thread, with damaged frames marked as such."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import av
import av.logging
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer
from av.video.frame import VideoFrame

from service.capture.hardware import in_hardware
from service.capture.packets.complaints import LEVEL, tell_of_loss
from service.capture.packets.ring import PacketRing
from service.capture.pictures.layout import has_rubbish, is_zeroed
from service.capture.pictures.picture import Display, planes_of
from service.capture.thinning import Thinning
from service.domain.frame import Frame

_B_PICTURE = 3  # AV_PICTURE_TYPE_B
_LONGEST_DAMAGE_S = 20.0
_MIXED_S = 1.0  # pictures may be this far out of order; a clock set back by more restarts
_UNDECODABLE_S = 10.0
_UNREADABLE = 1000  # stretches of rubbish in a row that a recording's demultiplexer may stumble over
_NO_TIMESTAMPS = 0x80  # AVFMT_NOTIMESTAMPS
ARRIVAL_FORMATS = {"mpjpeg", "mjpeg"}  # pictures one after another: FFmpeg numbers them at 25 a second
_NEVER_ZERO = {"h264", "hevc", "mjpeg", "mpeg4"}  # codecs whose pictures hold no long run of zeros
_AS_STORED = Display()


class Decoded(NamedTuple):
    """One picture out of the decoder.

    number: counts the stream's pictures from 0, undecoded ones too. raw_s: its time stamp, any origin.
    arrived_s: time.monotonic() when its last packet was read.
    """

    picture: VideoFrame
    number: int
    raw_s: float
    arrived_s: float
    damaged: bool

    def frame(self, index: int, t_s: float, display: Display = _AS_STORED, clip: int = 0) -> Frame:
        """Return it as a Frame at this media time: on the decoder's own memory wherever that can be."""
        picture = self.picture
        if picture.interlaced_frame and not display.interlaced:
            display = replace(display, interlaced=True)
        return Frame.of_decoder(
            lambda: display.shown(planes_of(picture)),
            display.size(picture.width, picture.height),
            index=index,
            t_s=t_s,
            t_mono_s=time.monotonic(),
            damaged=self.damaged,
            clip=clip,
            stamp_s=self.raw_s,
        )


class Decoder:
    """The best video stream of an open container, decoded on the calling thread.

    Iterating gives each picture once, in the order in which it is shown. A picture is damaged if FFmpeg says
    so, and from a loss on until the next key frame that decodes cleanly, since the pictures between are
    predicted from what was lost. Codecs without prediction (MJPEG) are damaged picture by picture.

    Args:
        container: opened for reading; the caller closes it.
        wanted_fps: if given, pictures that no other is predicted from may be left undecoded: see `Thinning`.
        recorded: the file that it is. Then no clock of this machine is asked, pictures without time stamps
            are counted at the frame rate, and rubbish between packets is passed over.
        fps: of a file: count its pictures at this rate, whatever its stamps say.
        ring: gets every packet.

    Raises:
        ValueError: no video stream.
        av.FFmpegError: while iterating: the container cannot be read on.
        TimeoutError: while iterating: a camera's packets come and none can be decoded.
    """

    def __init__(
        self,
        container: InputContainer,
        *,
        wanted_fps: float | None = None,
        recorded: Path | None = None,
        fps: float | None = None,
        ring: PacketRing | None = None,
    ) -> None:
        stream = container.streams.best("video")
        if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
            raise ValueError("no video stream")
        self._container, self.stream, self._context = container, stream, stream.codec_context
        self._context.thread_type = "NONE"  # many cameras share few cores, so each uses one
        self._context.thread_count = 1
        # Without this FFmpeg withholds damaged pictures, and nobody would know of them.
        self._context.flags |= Flags.output_corrupt
        numbered = container.format.name in ARRIVAL_FORMATS
        self._recorded, self._by_arrival = recorded, numbered and recorded is None
        unstamped = numbered or bool(container.format.flags & _NO_TIMESTAMPS)
        self.counted = recorded is not None and (fps is not None or unstamped)
        """Whether times are the pictures' numbers at `fps`."""
        own_rate = self._context.framerate if self.counted else None  # the container's is a guess
        rate = float(own_rate or stream.average_rate or stream.guessed_rate or 0)
        self.fps = fps or (rate if 1.0 <= rate <= 240.0 else 25.0)
        self.name, self.hardware = self._context.name, False
        self._intra_only = stream.codec_context.codec.intra_only
        # AVI says of packets only when to decode them.
        self._by_dts = recorded is not None and container.format.name == "avi"
        self.relative = self.counted or self._by_dts
        """Whether stamps say nothing of when the file starts: the first picture does."""
        base = stream.time_base
        # Read once: PyAV makes and reduces a fraction whenever a packet's or picture's time base is read.
        self._ticks = None if base is None else (base.numerator, base.denominator)
        self._demux = container.demux if ring is None else ring.tapped(container)
        self._thinning = Thinning(self._context, None if self._intra_only else wanted_fps)
        self.waited_s = 0.0
        """For how long packets were waited for, seconds."""
        self.losses = 0
        """How often something was lost: packets that are damaged, missing or cannot be decoded."""
        self.last_byte = 0
        """Where the last packet ends in the file."""
        self.unreadable = 0
        """How often in a row, up to now, there was rubbish in place of a packet."""
        self._count = 0
        self._previous: tuple[int, float] | None = None
        self._sent_at: int | None = None
        self._broken_s: float | None = None
        self._last: tuple[float, float] | None = None
        self._newest_s = float("-inf")

    def __iter__(self) -> Iterator[Decoded]:
        lag = 0
        decoded_s = time.monotonic()
        for fed, (packet, pictures) in enumerate(self._read()):
            arrived_s = time.monotonic()
            if pictures:
                decoded_s = arrived_s
            elif packet.size and arrived_s - decoded_s > _UNDECODABLE_S and self._recorded is None:
                raise TimeoutError(f"nothing that came for {_UNDECODABLE_S:.0f} s can be decoded")
            for picture in pictures:
                if self._last is None and in_hardware(picture.format.name):
                    self.name = f"{self._context.name} in hardware"
                    self.hardware = True
                if self._thinning.active:
                    self._count = max(self._count, fed - lag)
                else:
                    lag = fed - self._count
                raw_s = self._stamp(picture, arrived_s)
                damaged = self._damaged(picture, raw_s)
                if not self._out_of_order(raw_s):
                    yield Decoded(picture, self._count, raw_s, arrived_s, damaged)
                self._count += 1
                self._thinning.picture(raw_s, picture.pict_type == _B_PICTURE)
            self._thinning.packet(len(pictures))

    def _read(self) -> Iterator[tuple[av.Packet[av.VideoStream], list[VideoFrame]]]:
        packets = self._demux(self.stream)
        while True:
            # Captured for this step only: a capture left open would belong to whichever thread runs next.
            with av.logging.Capture(local=True) as messages:
                asked_s = time.monotonic()
                try:
                    packet = next(packets, None)
                except av.InvalidDataError:
                    # The demultiplexer is beyond what it stumbled over, and can be asked again.
                    self.unreadable += 1
                    if self._recorded is None or self.unreadable > _UNREADABLE:
                        raise
                    packets = self._demux(self.stream)
                    continue
                self.waited_s += time.monotonic() - asked_s
                if packet is None:
                    return
                self.losses += any("ended prematurely" in message for _, _, message in messages)
                if packet.size:
                    self.losses, self.unreadable = self.losses + self.unreadable, 0
                failed = packet.is_corrupt or self._interrupted(packet) or self._erased(packet)
                attentive = self._may_lack_picture(packet)
                if attentive:
                    av.logging.set_level(av.logging.DEBUG)
                try:
                    pictures = self._context.decode(packet)
                except av.FFmpegError:
                    pictures, failed = [], True
                    self._count += 1
                finally:
                    if attentive:
                        av.logging.set_level(LEVEL)
            if failed or tell_of_loss(messages):
                self._broke(packet)
            yield packet, pictures

    def _may_lack_picture(self, packet: av.Packet[av.VideoStream]) -> bool:
        """Say whether the time leaves room for pictures that are missing before this packet.

        Over TCP nothing is missed on the way, but a camera that cannot send fast enough leaves whole pictures
        out. H.264 numbers its reference pictures; of a gap in them FFmpeg speaks at its most talkative alone.
        """
        before, self._sent_at = self._sent_at, packet.pts if packet.dts is None else packet.dts
        if self.name != "h264" or before is None or self._sent_at is None or self._ticks is None:
            return False
        return self._lacks_picture(self._seconds(self._sent_at - before, self._ticks))

    @staticmethod
    def _seconds(stamp: int, ticks: tuple[int, int]) -> float:
        return stamp * ticks[0] / ticks[1]

    def _interrupted(self, packet: av.Packet[av.VideoStream]) -> bool:
        """Say whether there is rubbish between a recording's packet and the one before, where one is missing.

        Transport streams number their packets to 16: by chance, the loss of many is not noticed.
        """
        before, dts = self._previous, packet.dts
        if packet.pos is None or dts is None or self._ticks is None:
            return False
        self.last_byte = max(self.last_byte, packet.pos + packet.size)
        self._previous = packet.pos, self._seconds(dts, self._ticks)
        if self._recorded is None or self._container.format.name != "mpegts" or before is None:
            return False
        lacking = self._lacks_picture(self._previous[1] - before[1])
        return lacking and has_rubbish(self._recorded, before[0], packet.pos)

    def _lacks_picture(self, between_s: float) -> bool:
        """Say whether so much time between two packets has room for a picture more."""
        return between_s > 1.5 / self.fps

    def _erased(self, packet: av.Packet[av.VideoStream]) -> bool:
        recorded = self._recorded is not None and self._context.name in _NEVER_ZERO
        return recorded and packet.size > 0 and is_zeroed(bytes(packet))

    def _broke(self, packet: av.Packet[av.VideoStream]) -> None:
        self.losses += 1
        stamp = packet.dts if packet.pts is None or self._by_dts else packet.pts
        if stamp is not None and self._ticks is not None and not (self._by_arrival or self.counted):
            self._broken_s = self._seconds(stamp, self._ticks)
        else:
            self._broken_s = -np.inf if self._last is None else self._last[0]

    def _damaged(self, picture: VideoFrame, raw_s: float) -> bool:
        broken_s = self._broken_s
        if self._intra_only:
            self._broken_s = None
            return picture.is_corrupt or broken_s is not None
        if picture.is_corrupt:
            self._broken_s = raw_s
            return True
        if self._recorded is not None and self._newest_s - raw_s > _MIXED_S:
            broken_s = self._broken_s = None  # another clip begins: it lost nothing
        if broken_s is None or raw_s < broken_s:
            return False
        # Cameras with gradual refresh send no key frames; what was lost has been replaced after a while.
        if picture.key_frame or raw_s - broken_s > _LONGEST_DAMAGE_S:
            self._broken_s = None
            return False
        return True

    def _out_of_order(self, raw_s: float) -> bool:
        """Say whether a picture is a little older than one before it: after a lost key frame they come mixed.

        Taken for a clock that was set back, each would put media time ahead for good.
        """
        late_s = self._newest_s - raw_s
        if 0.0 < late_s <= _MIXED_S:
            return True
        self._newest_s = raw_s
        return False

    def _stamp(self, picture: VideoFrame, arrived_s: float) -> float:
        stamp = picture.dts if self._by_dts else picture.pts
        if self._by_arrival:
            raw_s = arrived_s
        elif self.counted:
            raw_s = self._count / self.fps
        elif stamp is not None and self._ticks is not None:
            raw_s = self._seconds(stamp, self._ticks)
        elif self._last is None:
            raw_s = 0.0
        else:
            passed_s = 1.0 / self.fps if self._recorded is not None else arrived_s - self._last[1]
            raw_s = self._last[0] + passed_s
        self._last = raw_s, arrived_s
        return raw_s
