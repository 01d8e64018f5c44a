"""Reads a stream's packets, and notices what of them is damaged or missing, before they are decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import av.logging
from av.container import InputContainer

from service.capture.packets.came import Came
from service.capture.packets.complaints import tell_of_loss
from service.capture.pictures.layout import has_rubbish, is_zeroed

_UNREADABLE = 1000  # stretches of rubbish in a row that a recording's demultiplexer may stumble over

_NEVER_ZERO = {"h264", "hevc", "mjpeg", "mpeg4"}  # codecs whose pictures hold no long run of zeros


class PacketReader:
    """The packets of one stream of an open container, in the order in which they come.

    Args:
        container: opened for reading. stream: of it.
        demux: yields the stream's packets; asked again where the container could not be read on.
        recorded: the file that it is, if it is one. fps: pictures a second. clock_s: when a packet has come.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: av.VideoStream,
        demux: Callable[[av.VideoStream], Iterator[av.Packet[av.VideoStream]]],
        recorded: Path | None,
        fps: float,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream, self._demux, self._recorded, self._fps = stream, demux, recorded, fps
        self._clock_s = clock_s
        self._format, self._codec = container.format.name, stream.codec_context.name
        base = stream.time_base
        # Read once: PyAV makes and reduces a fraction whenever a packet's or picture's time base is read.
        self._ticks = None if base is None else (base.numerator, base.denominator)
        self._previous: tuple[int, float] | None = None
        self._sent_at: int | None = None
        self.last_byte = 0
        """Where the last packet ends in the file."""
        self.waited_s = 0.0
        """For how long packets were waited for, seconds."""
        self.losses = 0
        """How often something was lost: packets that are damaged, missing or cannot be decoded."""
        self.unreadable = 0
        """How often in a row, up to now, there was rubbish in place of a packet."""

    def __iter__(self) -> Iterator[Came]:
        """Yield the packets.

        Raises:
            av.FFmpegError: the container cannot be read on.
        """
        packets = self._demux(self._stream)
        while True:
            # Captured for this step only: a capture left open would belong to whichever thread runs next.
            with av.logging.Capture(local=True) as messages:
                asked_s = self._clock_s()
                try:
                    packet = next(packets, None)
                except av.InvalidDataError:
                    # The demultiplexer is beyond what it stumbled over, and can be asked again.
                    self.unreadable += 1
                    if self._recorded is None or self.unreadable > _UNREADABLE:
                        raise
                    packets = self._demux(self._stream)
                    continue
            arrived_s = self._clock_s()
            self.waited_s += arrived_s - asked_s
            if packet is None:
                return
            self.losses += any("ended prematurely" in message for _, _, message in messages)
            if packet.size:
                self.losses, self.unreadable = self.losses + self.unreadable, 0
            failed = packet.is_corrupt or self._interrupted(packet) or self._erased(packet)
            failed = failed or tell_of_loss(messages)
            yield Came(packet, self.seconds(packet.dts), arrived_s, failed)

    def seconds(self, stamp: int | None) -> float | None:
        """Return a stamp in seconds; None if there is none, or nobody knows its unit."""
        return None if stamp is None or self._ticks is None else stamp * self._ticks[0] / self._ticks[1]

    def may_lack_picture(self, packet: av.Packet[av.VideoStream]) -> bool:
        """Say whether the time leaves room for pictures that are missing before this packet.

        Over TCP nothing is missed on the way, but a camera that cannot send fast enough leaves whole pictures
        out. H.264 numbers its reference pictures; of a gap in them FFmpeg speaks at its most talkative alone.
        """
        before, self._sent_at = self._sent_at, packet.pts if packet.dts is None else packet.dts
        between_s = None if before is None or self._sent_at is None else self.seconds(self._sent_at - before)
        return between_s is not None and self._lacks_picture(between_s)

    def begin_anew(self) -> None:
        """Note that packets before the next one were left out on purpose."""
        self._sent_at = None

    def _interrupted(self, packet: av.Packet[av.VideoStream]) -> bool:
        """Say whether there is rubbish between a recording's packet and the one before, where one is missing.

        Transport streams number their packets to 16: by chance, the loss of many is not noticed.
        """
        before, at_s = self._previous, self.seconds(packet.dts)
        if packet.pos is None or at_s is None:
            return False
        self.last_byte = max(self.last_byte, packet.pos + packet.size)
        self._previous = packet.pos, at_s
        if self._recorded is None or self._format != "mpegts" or before is None:
            return False
        lacking = self._lacks_picture(self._previous[1] - before[1])
        return lacking and has_rubbish(self._recorded, before[0], packet.pos)

    def _lacks_picture(self, between_s: float) -> bool:
        """Say whether so much time between two packets has room for a picture more."""
        return between_s > 1.5 / self._fps

    def _erased(self, packet: av.Packet[av.VideoStream]) -> bool:
        recorded = self._recorded is not None and self._codec in _NEVER_ZERO
        return recorded and packet.size > 0 and is_zeroed(bytes(packet))
