"""The one reader of video files: every command and every camera that is a file reads recordings with it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from service.capture.account import Account, Bookkeeper
from service.capture.clock import RecordingClock
from service.capture.decoder import Decoded, Decoder
from service.capture.hardware import Hardware, accelerator
from service.capture.packets.ring import PacketRing
from service.capture.pictures.layout import TS_PACKETS, boxes, parts, riff_end
from service.capture.pictures.picture import Display, display_of, same_shape
from service.capture.thinning import FrameGate
from service.domain.errors import SourceError, SourceProblem
from service.domain.frame import Frame

_PROTOCOLS = "file,subfile"
_STILLS = {"image2", "jpeg_pipe"}
# Tolerance of the length that a file states for its video, and for itself: its sound may be longer.
_ROUNDED_S, _SHORTER_S = 0.3, 1.0
_TAIL = 0.1  # largest share of a file after its last picture
_RUBBISH_BYTES = 4096  # at a file's end, which are tolerated
_TAG = re.compile(r"(\d+):(\d\d):(\d\d\.\d+)$")  # how Matroska states a stream's length


class FileSource:
    """A recorded video.

    Frames bear the file's own times, seconds from where its first stream starts: a gap stays a gap, and
    pictures that start later than the sound are late. Where a file has no time stamps, its frame rate counts.
    Clips that were appended to the first are read too. Pictures are rotated and stretched for display
    as the file requests, and scaled to one size where that changes.

    Args:
        path: the file; its name is never read as a protocol or a pattern.
        loop: start again at its end, for ever; t_s goes on increasing.
        realtime: hand frames out when their time stamp is due, without drift.
        max_fps: frames that come faster are not handed out.
        skip_unneeded: leave pictures undecoded that neither `max_fps` nor other pictures need; see
            `service.capture.thinning.Thinning`, which never goes below four fifths of `max_fps`.
        hardware: what decodes.
        fps: count pictures at this rate, whatever the file says of their times.
        size: (width, height) that is expected, at any scale: pictures of another shape are scaled to that.
            Pictures that are stored in exactly this size are not stretched.
        ring: holds what the file holds, as it is read.

    Raises:
        SourceError: no such file, or no video.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        loop: bool = False,
        realtime: bool = False,
        max_fps: float | None = None,
        skip_unneeded: bool = True,
        hardware: Hardware = "none",
        fps: float | None = None,
        size: tuple[int, int] | None = None,
        ring: PacketRing | None = None,
    ) -> None:
        self.path = Path(path)
        self._loop, self._realtime, self._max_fps = loop, realtime, max_fps
        self._wanted_fps = max_fps if skip_unneeded else None
        self._hardware, self._counted_fps, self._expected = hardware, fps, size
        self._ring = ring
        self._closed = threading.Event()
        self._fit: tuple[int, int] | None = None
        self._parts = parts(self.path)
        self._books, self._losses, self._ended = Bookkeeper(), 0, False
        with self._open(*self._parts[0]) as container:
            decoder = self._decoder(container)
            self.fps, self.decoder = decoder.fps, decoder.name
            self._clock = RecordingClock(1.0 / decoder.fps)
            self.waited_s = 0.0
            """How long it has waited for pictures to become due, seconds."""
            frames_s = decoder.stream.frames / decoder.fps
            self.duration_s = frames_s if decoder.counted else _duration_s(container, decoder.stream)
            """Where its pictures end according to the file, seconds; 0 if it does not say."""
            self._rounded_s = _ROUNDED_S if _states_its_length(decoder.stream, container) else _SHORTER_S
        for part in self._parts[1:]:
            with suppress(SourceError), self._open(*part) as container:
                stream = self._decoder(container).stream
                self.duration_s += _duration_s(container, stream) - _late_s(container, stream)

    def close(self) -> None:
        """End the iteration soon; safe from another thread."""
        self._closed.set()

    def hold(self, ring: PacketRing) -> None:  # noqa: ARG002 - as StreamSource's
        """Refuse: a recording is one stream.

        Raises:
            SourceError: always.
        """
        raise SourceError(f"{self.path}: a recording is no camera's first stream", SourceProblem.NOT_A_CAMERA)

    @property
    def sizes(self) -> list[tuple[float, int, int]]:
        """When pictures of a width and height begin, before scaling to one size; the present one is last."""
        return self._books.sizes

    @property
    def joins(self) -> int:
        """How many clips after the first were read so far."""
        return len(self._clock.joins_s)

    @property
    def account(self) -> Account:
        """What was read so far, the first time through."""
        return self._books.account(
            self.duration_s or None, self._rounded_s, self._losses, self._clock.joins_s, ended=self._ended
        )

    def __iter__(self) -> Iterator[Frame]:
        self._clock, self._books, self._losses = RecordingClock(1.0 / self.fps), Bookkeeper(), 0
        self._ended = False
        gate = FrameGate(self._max_fps)
        first = rounds = 0
        due_s: float | None = None
        while not self._closed.is_set():
            index = first
            for t_s, picture, display, number in self._pictures(keep_books=rounds == 0):
                if self._closed.is_set():
                    return
                if self._realtime:
                    due_s = time.monotonic() - t_s if due_s is None else due_s
                    if (early_s := due_s + t_s - time.monotonic()) > 0.0:
                        self._closed.wait(early_s)
                        self.waited_s += early_s
                index = first + number + 1
                if gate.passes(t_s):
                    # A recording that is looped goes on as if it were one.
                    yield picture.frame(index - 1, t_s, display, self.joins - rounds)
            if index == first and not self._closed.is_set():
                raise SourceError(f"{self.path}: no picture can be decoded from this file")
            if not self._loop:
                return
            first, rounds = index, rounds + 1

    def _pictures(self, *, keep_books: bool) -> Iterator[tuple[float, Decoded, Display, int]]:
        """Yield each picture of the file with its time, how it is shown and its number."""
        before, lost = 0, 0
        for start, end in self._parts:
            try:
                container = self._open(start, end)
            except SourceError:
                if start == 0:
                    raise
                lost += 1  # a clip behind the first
                self._losses = lost if keep_books else self._losses
                continue
            with container:
                decoder = self._decoder(container, self._ring)
                self._books.numbered = self._books.numbered or decoder.relative
                if decoder.counted:
                    self._books.counted(decoder.fps)
                start_s = None if container.start_time is None else container.start_time / av.time_base
                pictures = ((picture.raw_s, picture) for picture in _readable(decoder))
                display, size, first_size = Display(), (0, 0), (0, 0)
                number = before
                for t_s, picture in self._clock.timed(pictures, None if decoder.relative else start_s):
                    self.decoder = decoder.name
                    if (picture.picture.width, picture.picture.height) != size:
                        size = (picture.picture.width, picture.picture.height)
                        first_size = size if first_size == (0, 0) else first_size
                        display = self._display(picture, decoder, first_size)
                    number = before + picture.number
                    if keep_books:
                        self._books.interlaced |= bool(picture.picture.interlaced_frame)
                        self._losses, own = lost + decoder.packets.losses, display.own_size(*size)
                        self._books.picture(t_s, number, own, display, self._losses, damaged=picture.damaged)
                    yield t_s, picture, display, number
                if end is None and self._breaks_off(container, decoder, start):
                    decoder.packets.losses += 1
                    self._books.broken_off = True
                    self._books.unread = 1.0 - (start + decoder.packets.last_byte) / self.path.stat().st_size
                before, lost = number + 1, lost + decoder.packets.losses
                self._losses = lost if keep_books else self._losses
        self._ended = True

    def _breaks_off(self, container: InputContainer, decoder: Decoder, start: int) -> bool:
        """Say whether a file, read from `start` on, ends in a packet, or goes on where FFmpeg does not."""
        size = self.path.stat().st_size
        if container.format.name == "mpegts" and all(size % packet for packet in TS_PACKETS):
            return True
        if riff_end(self.path) > size or any(box_end > size for _, _, box_end in boxes(self.path)):
            return True
        tail = size - start - decoder.packets.last_byte
        if container.format.name == "flv":
            return tail > _TAIL * size
        return decoder.packets.unreadable > 0 and tail > _RUBBISH_BYTES

    def _display(self, picture: Decoded, decoder: Decoder, first_size: tuple[int, int]) -> Display:
        """Return how a picture is shown: at the first one's size, and in the shape that is expected."""
        shown = display_of(picture.picture, decoder.stream, first_size)
        stored = (picture.picture.width, picture.picture.height)
        # A lift that was set up with pictures as they are stored is watched with the same.
        if shown.aspect != 1 and stored == self._expected:
            shown = replace(shown, aspect=Fraction(1))
        own = shown.own_size(*stored)
        if self._fit is None:
            width, height = own
            if self._expected is not None and not same_shape(own, self._expected):
                height = max(2, round(width * self._expected[1] / self._expected[0]))
            self._fit = width, height
        return shown if own == self._fit else replace(shown, fit=self._fit)

    def _open(self, start: int, end: int | None) -> InputContainer:
        if not self.path.is_file():
            what = "a folder, not a video file" if self.path.is_dir() else "no such file"
            raise SourceError(f"{self.path}: {what}", SourceProblem.NOT_FOUND)
        # `file:` makes a name of what follows, even where that looks like a protocol.
        name = f"file:{self.path.resolve()}"
        if end is not None or start:
            name = f"subfile,,start,{start},end,{end or 0},,:{name}"
        try:
            container = self._opened(name)
            if container.format.name in _STILLS:
                container.close()
                container = self._opened(name, "mjpeg")  # all pictures in the file, not only the first
            return container
        except (av.FFmpegError, ValueError):
            names = {box for box, _, _ in boxes(self.path)}
            if names and b"moov" not in names:
                raise SourceError(
                    f"{self.path}: its index is missing, which MP4 files have at their end: the copy was "
                    "cut short, or the recorder was stopped while it wrote. Copy it or export it again"
                ) from None
            raise SourceError(
                f"{self.path}: not a video that can be decoded", SourceProblem.NOT_A_CAMERA
            ) from None

    def _opened(self, name: str, format_name: str | None = None) -> InputContainer:
        return av.open(
            name,
            format=format_name,
            options={"protocol_whitelist": _PROTOCOLS},
            hwaccel=accelerator(self._hardware),
        )

    def _decoder(self, container: InputContainer, ring: PacketRing | None = None) -> Decoder:
        try:
            return Decoder(
                container,
                wanted_fps=self._wanted_fps,
                recorded=self.path,
                fps=self._counted_fps,
                ring=ring,
            )
        except ValueError as error:
            raise SourceError(f"{self.path}: {error}") from None


def _readable(decoder: Decoder) -> Iterator[Decoded]:
    """Yield what can be read of a damaged recording; the account says what could not."""
    try:
        yield from decoder
    except av.FFmpegError:
        decoder.packets.losses += 1


def _states_its_length(stream: av.VideoStream, container: InputContainer) -> bool:
    return stream.duration is not None or "DURATION" in stream.metadata or len(container.streams) == 1


def _late_s(container: InputContainer, stream: av.VideoStream) -> float:
    """Return how long after the file's start its pictures start, according to the file, seconds."""
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return max(0.0, float(stream.start_time * stream.time_base) - (container.start_time or 0) / av.time_base)


def _duration_s(container: InputContainer, stream: av.VideoStream) -> float:
    """Return where a file's pictures end according to the file; 0 if it does not say."""
    start_s = (container.start_time or 0) / av.time_base
    if stream.duration is not None and stream.time_base is not None:
        return max(0.0, float(((stream.start_time or 0) + stream.duration) * stream.time_base) - start_s)
    if match := _TAG.match(stream.metadata.get("DURATION", "")):
        # Matroska's own account is the last time stamp's, also where the first one is not 0.
        return max(0.0, 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3]) - start_s)
    return max(0.0, (container.duration or 0) / av.time_base)
