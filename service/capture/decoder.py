"""From packets to frames: decoded once, on one thread, with damaged frames marked as such."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from typing import NamedTuple

import av
import av.logging
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags
from av.container import InputContainer
from av.video.frame import VideoFrame

from service.capture.hardware import in_hardware
from service.domain.frame import Frame
from service.domain.planes import Planes

Image = npt.NDArray[np.uint8]

# FFmpeg's lines may hold the camera's URL with its password: they are caught and read here, and go nowhere.
av.logging.set_level(av.logging.WARNING)
av.logging.set_skip_repeated(False)
logging.getLogger("libav").setLevel(logging.CRITICAL + 1)

_LOST = re.compile(
    r"missed \d+ packets|bad cseq|jitter buffer full|max delay reached|num gap|missing ref"  # on the way
    r"|overread|error count|error y=|error dc|bad vlc"  # inside a JPEG
)
"""Messages of losses for which FFmpeg does not mark the picture as damaged."""

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_B_PICTURE = 3  # AV_PICTURE_TYPE_B
_LONGEST_DAMAGE_S = 20.0
_MIXED_S = 1.0  # pictures may be this far out of order; a clock set back by more restarts
_UNDECODABLE_S = 10.0
_ARRIVAL_FORMATS = {"mpjpeg", "mjpeg"}  # pictures one after another: FFmpeg numbers them at 25 a second


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

    def frame(self, index: int, t_s: float) -> Frame:
        """Return it as a Frame at this media time: on the decoder's own memory wherever that can be."""
        picture = self.picture
        return Frame.of_decoder(
            lambda: _planes(picture),
            (picture.width, picture.height),
            index=index,
            t_s=t_s,
            t_mono_s=time.monotonic(),
            damaged=self.damaged,
        )


class FrameGate:
    """Lets frames through at most `max_fps` times a second of media time."""

    def __init__(self, max_fps: float | None) -> None:
        self._interval_s = 0.0 if max_fps is None else 1.0 / max_fps - 0.002  # stamps are rounded to ms
        self._last_s: float | None = None

    def passes(self, t_s: float) -> bool:
        """Take in a frame's media time; say whether it is due."""
        if self._last_s is not None and t_s - self._last_s < self._interval_s:
            return False
        self._last_s = t_s
        return True


class Decoder:
    """The best video stream of an open container, decoded on the calling thread.

    Iterating gives each picture once, in the order in which it is shown. A picture is damaged if FFmpeg says
    so, and from a loss on until the next key frame that decodes cleanly, since the pictures between are
    predicted from what was lost. Codecs without prediction (MJPEG) are damaged picture by picture.

    Args:
        container: opened for reading; the caller closes it.
        wanted_fps: if given, pictures that no other is predicted from may be left undecoded: see `Thinning`.

    Raises:
        ValueError: no video stream.
        av.FFmpegError: while iterating: the container cannot be read on.
        TimeoutError: while iterating: packets come and none can be decoded.
    """

    def __init__(self, container: InputContainer, *, wanted_fps: float | None = None) -> None:
        stream = container.streams.best("video")
        if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
            raise ValueError("no video stream")
        self._container, self._stream, self._context = container, stream, stream.codec_context
        self._context.thread_type = "NONE"  # many cameras share few cores, so each uses one
        self._context.thread_count = 1
        # Without this FFmpeg withholds damaged pictures, and nobody would know of them.
        self._context.flags |= Flags.output_corrupt
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        self.fps = rate if 1.0 <= rate <= 240.0 else 25.0
        self.name, self.hardware = self._context.name, False
        self._intra_only = stream.codec_context.codec.intra_only
        self._by_arrival = container.format.name in _ARRIVAL_FORMATS
        base = stream.time_base
        # Read once: PyAV makes and reduces a fraction whenever a picture's own time base is read.
        self._ticks = None if base is None else (base.numerator, base.denominator)
        self._thinning = Thinning(self._context, None if self._intra_only else wanted_fps)
        self.waited_s = 0.0
        """For how long packets were waited for, seconds."""
        self._count = 0
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
            elif packet.size and arrived_s - decoded_s > _UNDECODABLE_S:
                raise TimeoutError(f"nothing that came for {_UNDECODABLE_S:.0f} s can be decoded")
            for picture in pictures:
                if self._last is None and in_hardware(picture.format.name):
                    self.name = f"{self._context.name} in hardware"
                    self.hardware = True
                raw_s = self._stamp(picture, arrived_s)
                if self._thinning.active:
                    self._count = max(self._count, fed - lag)
                else:
                    lag = fed - self._count
                damaged = self._damaged(picture, raw_s)
                if not self._out_of_order(raw_s):
                    yield Decoded(picture, self._count, raw_s, arrived_s, damaged)
                self._count += 1
                self._thinning.picture(raw_s, picture.pict_type == _B_PICTURE)
            self._thinning.packet(len(pictures))

    def _read(self) -> Iterator[tuple[av.Packet[av.VideoStream], list[VideoFrame]]]:
        packets = self._container.demux(self._stream)
        while True:
            # Captured for this step only: a capture left open would belong to whichever thread runs next.
            with av.logging.Capture(local=True) as messages:
                asked_s = time.monotonic()
                packet = next(packets, None)
                self.waited_s += time.monotonic() - asked_s
                if packet is None:
                    return
                failed = packet.is_corrupt
                try:
                    pictures = self._context.decode(packet)
                except av.FFmpegError:
                    pictures, failed = [], True
                    self._count += 1
            if failed or any(_LOST.search(message.lower()) for _, _, message in messages):
                self._broke(packet)
            yield packet, pictures

    def _broke(self, packet: av.Packet[av.VideoStream]) -> None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None and packet.time_base is not None and not self._by_arrival:
            self._broken_s = float(stamp * packet.time_base)
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
        if self._by_arrival:
            raw_s = arrived_s
        elif picture.pts is not None and self._ticks is not None:
            raw_s = picture.pts * self._ticks[0] / self._ticks[1]
        else:
            raw_s = 0.0 if self._last is None else self._last[0] + arrived_s - self._last[1]
        self._last = raw_s, arrived_s
        return raw_s


class Thinning:
    """Leaves pictures undecoded that are not wanted, as long as enough others come.

    Pictures that no other is predicted from (most B pictures) can be passed over without harm to the rest.
    Of a stream that is at least twice as fast as wanted, 50 pictures are decoded first; then they are passed
    over if the others alone, through the same gate, keep four fifths of the wanted rate at every moment. If
    they turn out not to, all are decoded again for the rest of the connection. Streams without such pictures,
    as most cameras send, are always decoded wholly.
    """

    _LOOK = 50

    def __init__(self, context: av.VideoCodecContext, wanted_fps: float | None) -> None:
        self._context, self._wanted_fps = context, wanted_fps or 0.0
        self._seen: list[tuple[float, bool]] = []
        self._interval_s = 0.0
        self._fed = self._given = 0
        self._settled = wanted_fps is None
        self.active = False

    def picture(self, raw_s: float, passable: bool) -> None:
        """Take in a decoded picture: its stamp, and whether it would have been passed over."""
        if self._settled or self.active:
            return
        self._seen.append((raw_s, passable))
        if len(self._seen) < self._LOOK:
            return
        span_s = self._seen[-1][0] - self._seen[0][0]
        gate = FrameGate(self._wanted_fps)
        kept = [at_s for at_s, passable in self._seen if not passable and gate.passes(at_s)]
        gaps = np.diff([self._seen[0][0], *kept, self._seen[-1][0]])
        fast = 0.0 < span_s <= (self._LOOK - 1) / (1.9 * self._wanted_fps)
        if fast and len(kept) < self._LOOK and float(gaps.max()) <= 1.0 / (0.8 * self._wanted_fps) + 0.002:
            self._interval_s = span_s / (self._LOOK - 1)
            self.active = any(passable for _, passable in self._seen)
            self._context.skip_frame = "NONREF" if self.active else "DEFAULT"
        self._settled = not self.active
        self._seen.clear()

    def packet(self, pictures: int) -> None:
        """Note how many pictures a packet gave; decode all of them again if they have become too few."""
        if not self.active:
            return
        self._fed, self._given = self._fed + 1, self._given + pictures
        if self._fed < self._LOOK:
            return
        if self._given < 0.8 * self._wanted_fps * self._fed * self._interval_s - 1:
            self._context.skip_frame = "DEFAULT"
            self.active, self._settled = False, True
        self._fed = self._given = 0


def _planes(picture: VideoFrame) -> Planes:
    """Return y, u, v as 4:2:0 and whether they use the full range; other layouts are converted once."""
    if not _taken_as_it_is(picture):
        picture = picture.reformat(format="yuv420p")
    name = picture.format.name
    full_range = name.startswith("yuvj") or picture.color_range == _FULL_RANGE
    y, *colours = (np.asarray(np.from_dlpack(plane), dtype=np.uint8) for plane in picture.planes)
    if name == "nv12":
        return y, colours[0][..., 0], colours[0][..., 1], full_range
    # 4:2:2, usual for MJPEG, has twice the rows of colour that are needed.
    step = 2 if "422" in name else 1
    return y, colours[0][::step], colours[1][::step], full_range


def _taken_as_it_is(picture: VideoFrame) -> bool:
    name = picture.format.name
    if any(plane.line_size < 0 for plane in picture.planes):
        return False  # bottom up
    if name == "nv12":
        return picture.width % 2 == 0 and picture.height % 2 == 0
    return name in {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p"}
