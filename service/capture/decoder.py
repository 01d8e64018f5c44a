"""From packets to frames: decoded once, on one thread, with damaged frames marked as such."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
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
from service.capture.packets.came import Came, drained
from service.capture.packets.complaints import LEVEL, tell_of_loss
from service.capture.packets.reading import PacketReader
from service.capture.packets.ring import PacketRing
from service.capture.packets.sparing import Due, Sparing
from service.capture.pictures.picture import Display, planes_of
from service.capture.thinning import Thinning
from service.domain.frame import Frame

_B_PICTURE = 3  # AV_PICTURE_TYPE_B
_LONGEST_DAMAGE_S = 20.0
_MIXED_S = 1.0  # pictures may be this far out of order; a clock set back by more restarts
_UNDECODABLE_S = 10.0
_NO_TIMESTAMPS = 0x80  # AVFMT_NOTIMESTAMPS
ARRIVAL_FORMATS = {"mpjpeg", "mjpeg"}  # pictures one after another: FFmpeg numbers them at 25 a second
_AS_STORED = Display()


class Decoded(NamedTuple):
    """One picture out of the decoder.

    number: counts the stream's pictures from 0, undecoded ones too. raw_s: its time stamp, any origin.
    arrived_s: time.monotonic() when its last packet was read.
    late: it was not decoded at once, but after others had come. stood: see `Frame`.
    """

    picture: VideoFrame
    number: int
    raw_s: float
    arrived_s: float
    damaged: bool
    late: bool = False
    stood: bool = False

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
            t_mono_s=self.arrived_s if self.late else time.monotonic(),
            damaged=self.damaged,
            clip=clip,
            stamp_s=self.raw_s,
            stood=self.stood,
        )


class _Fed(NamedTuple):
    """A packet that was decoded, and what came of it.

    late: it was held before. left_out: so many packets before it are never decoded; see `Sparing`.
    """

    came: Came
    pictures: list[VideoFrame]
    late: bool = False
    left_out: int = 0


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
        sparing: says which packets of a camera are not decoded, or only later.
        clock_s: tells when a packet has come.

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
        sparing: Sparing | None = None,
        clock_s: Callable[[], float] = time.monotonic,
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
        demux = container.demux if ring is None else ring.tapped(container)
        self.packets = PacketReader(container, stream, demux, recorded, self.fps, clock_s)
        """Where its packets come from, and what of them was lost."""
        self._thinning = Thinning(self._context, None if self._intra_only else wanted_fps)
        self._count = self._fed = self._lag = 0
        self._sparing = sparing
        self._stood_s: float | None = None
        if sparing is not None:
            sparing.begin(self.name, self._context.extradata)
        self._broken_s: float | None = None
        self._last: tuple[float, float] | None = None
        self._newest_s = float("-inf")

    def __iter__(self) -> Iterator[Decoded]:
        decoded_s = time.monotonic()
        for came, pictures, late, left_out in self._read():
            now_s = time.monotonic()
            self._count, self._fed = self._count + left_out, self._fed + left_out
            if pictures:
                decoded_s = now_s
            elif came.packet.size and now_s - decoded_s > _UNDECODABLE_S and self._recorded is None:
                raise TimeoutError(f"nothing that came for {_UNDECODABLE_S:.0f} s can be decoded")
            for picture in pictures:
                if self._last is None and in_hardware(picture.format.name):
                    self.name = f"{self._context.name} in hardware"
                    self.hardware = True
                if self._thinning.active:
                    self._count = max(self._count, self._fed - self._lag)
                else:
                    self._lag = self._fed - self._count
                raw_s = self._stamp(picture, came.arrived_s)
                damaged = self._damaged(picture, raw_s)
                if raw_s == self._stood_s:  # a key frame that was handed out when it came
                    self._stood_s, self._fed = None, self._fed - 1
                    continue
                if self._sparing is not None:
                    self._look(self._sparing, picture, damaged=damaged)
                if not self._out_of_order(raw_s):
                    at = self._count, raw_s, came.arrived_s
                    yield Decoded(picture, *at, damaged, late, left_out > 0)
                self._count += 1
                self._thinning.picture(raw_s, picture.pict_type == _B_PICTURE)
            self._fed += 1
            self._thinning.packet(len(pictures))

    def _read(self) -> Iterator[_Fed]:
        sparing, reason = self._sparing, None
        packets = iter(self.packets)
        while True:
            try:
                came = next(packets, None)
            except av.FFmpegError as error:
                came, reason = None, error
            if came is None:
                break
            due = Due((came,)) if sparing is None else sparing.take(came)
            if sparing is not None and due.alone:
                yield from self._alone(sparing, came)
                continue
            for each in due.packets:
                yield _Fed(each, self._decode(each), late=each is not came)
        for each in () if sparing is None else sparing.rest():
            yield _Fed(each, self._decode(each), late=True)
        if reason is not None:
            raise reason

    def _alone(self, sparing: Sparing, came: Came) -> Iterator[_Fed]:
        """Decode a key frame without waiting for what follows it; hand it out if all is where it was."""
        if not sparing.active:
            yield _Fed(came, drained(self._context))
            self._fed -= 1
        self.packets.begin_anew()
        pictures = self._decode(came) + drained(self._context)
        good = len(pictures) == 1 and self._broken_s is None and self._is_understood(pictures[0])
        if not good:
            sparing.end()
        left_out = sparing.looked(pictures[0] if good else None)
        if left_out is not None:
            yield _Fed(came, pictures, left_out=left_out)
            self._stood_s = self._newest_s
        self.packets.begin_anew()

    def _is_understood(self, picture: VideoFrame) -> bool:
        return not (picture.is_corrupt or picture.interlaced_frame or self.hardware)

    def _look(self, sparing: Sparing, picture: VideoFrame, *, damaged: bool) -> None:
        if damaged or not self._is_understood(picture):
            sparing.end()
        elif picture.key_frame:
            sparing.show(picture)

    def _decode(self, came: Came) -> list[VideoFrame]:
        failed = came.failed
        attentive = self.name == "h264" and self.packets.may_lack_picture(came.packet)
        with av.logging.Capture(local=True) as messages:
            if attentive:
                av.logging.set_level(av.logging.DEBUG)
            try:
                pictures = self._context.decode(came.packet)
            except av.FFmpegError:
                pictures, failed = [], True
                self._count += 1
            finally:
                if attentive:
                    av.logging.set_level(LEVEL)
        if failed or tell_of_loss(messages):
            self._broke(came.packet)
        return pictures

    def _broke(self, packet: av.Packet[av.VideoStream]) -> None:
        self.packets.losses += 1
        stamp = packet.dts if packet.pts is None or self._by_dts else packet.pts
        at_s = self.packets.seconds(stamp)
        if at_s is not None and not (self._by_arrival or self.counted):
            self._broken_s = at_s
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
        stamp_s = self.packets.seconds(picture.dts if self._by_dts else picture.pts)
        if self._by_arrival:
            raw_s = arrived_s
        elif self.counted:
            raw_s = self._count / self.fps
        elif stamp_s is not None:
            raw_s = stamp_s
        elif self._last is None:
            raw_s = 0.0
        else:
            passed_s = 1.0 / self.fps if self._recorded is not None else arrived_s - self._last[1]
            raw_s = self._last[0] + passed_s
        self._last = raw_s, arrived_s
        return raw_s
