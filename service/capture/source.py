"""Where frames come from: live streams and local cameras, decoded by FFmpeg; `files` reads recordings.

A source is an iterable of `Frame`; it stands for one connection and ends when that does. Reconnection is
the reader's business (`service.capture.reader`). Every failure is a `SourceError` without credentials.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import av
from av.codec.context import Flags
from av.container import InputContainer

from lifts.addresses import parse_address, redact
from lifts.schema import Transport
from service.capture.clock import MediaClock
from service.capture.decoder import ARRIVAL_FORMATS, Decoder
from service.capture.files import FileSource
from service.capture.hardware import Hardware, accelerator, distrust
from service.capture.hosts import check_redirect, resolve
from service.capture.thinning import FrameGate
from service.capture.urls import device_of, expand, is_stream, with_credentials
from service.domain.camera import Credentials
from service.domain.errors import SourceError, SourceProblem
from service.domain.frame import Frame
from service.domain.reason_texts import counted

LOW_DELAY = Flags.low_delay
_AT_ONCE = {"flush_packets": "1", "cluster_time_limit": "1000"}
LATE_S = 30.0
"""How much longer than its own clock says a recording may take: a camera's clock may stand still."""
_NETWORK = "rtsp,rtsps,rtp,udp,tcp,tls,http,https,crypto"
_TRANSPORTS: dict[Transport, dict[str, str]] = {
    "tcp": {"rtsp_transport": "tcp"},  # lost UDP packets would look like a damaged carrier
    "udp": {"rtsp_transport": "udp"},
    "auto": {"rtsp_transport": "udp+tcp", "rtsp_flags": "prefer_tcp"},
}
_PROBLEMS: tuple[tuple[type[Exception], SourceProblem], ...] = (
    (av.error.HTTPUnauthorizedError, SourceProblem.WRONG_PASSWORD),
    (av.error.HTTPForbiddenError, SourceProblem.WRONG_PASSWORD),
    (av.error.HTTPNotFoundError, SourceProblem.NOT_FOUND),
    (av.error.ConnectionRefusedError, SourceProblem.REFUSED),
    (av.error.TimeoutError, SourceProblem.TIMED_OUT),
)


class StreamSource:
    """One connection to a live camera: RTSP, HTTP, or a camera of this machine (V4L2).

    Args:
        url: rtsp, rtsps, http, https, /dev/video0 or v4l2:/dev/video0; may hold ${NAME} placeholders, see
            `service.capture.urls.expand`.
        open_timeout_s, read_timeout_s: after these a silent camera is given up.
        max_fps, skip_unneeded: as in FileSource.
        transport: how RTSP's pictures travel; `auto` asks for TCP, and for UDP where that is refused.
        size: width and height to ask of a local camera; others send what they send.
        hardware: what decodes.
        credentials: a user and a password, for an address that has none.

    Raises:
        ConfigurationError: the url has a forbidden scheme or an unset ${NAME}; when it is opened, its host is
            no camera's.
    """

    def __init__(
        self,
        url: str,
        *,
        open_timeout_s: float = 2.5,
        read_timeout_s: float = 2.5,
        max_fps: float | None = None,
        skip_unneeded: bool = True,
        transport: Transport = "tcp",
        size: tuple[int, int] | None = None,
        hardware: Hardware = "none",
        credentials: Credentials | None = None,
    ) -> None:
        self._url = with_credentials(expand(url), credentials)
        self.name = redact(url)
        self._device = device_of(self._url)
        if self._device is None:
            is_stream(self._url)
        self._timeouts = (open_timeout_s, read_timeout_s)
        self._max_fps, self._wanted_fps = max_fps, max_fps if skip_unneeded else None
        self._transport, self._size, self._hardware = transport, size, hardware
        self._closed = threading.Event()
        self.fps = 25.0
        self.decoder = ""
        self.waited_s = 0.0
        """For how long it waited for pictures, seconds."""

    def close(self) -> None:
        """End the iteration soon (within the read time-out); safe from another thread."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        with self._open() as container:
            try:
                decoder = Decoder(container, wanted_fps=self._wanted_fps)
            except ValueError:
                raise SourceError(f"{self.name}: no video stream there", SourceProblem.NO_VIDEO) from None
            yield from self._frames(decoder)

    def record(
        self,
        path: Path,
        seconds: float,
        on_progress: Callable[[float], None] = lambda _: None,
        on_key_frame: Callable[[av.VideoFrame], None] | None = None,
    ) -> None:
        """Write what the camera sends for `seconds` into a Matroska file, as it comes.

        All but the last second can be read while it is written.

        on_progress is called with the share done, 0..1; on_key_frame with each picture that needs no other.

        Raises:
            SourceError: the camera cannot be opened, breaks off, or its clock stands still.
            OSError: the file cannot be written.
        """
        path.touch()
        with (
            self._open() as camera,
            av.open(str(path.resolve()), "w", format="matroska", options=_AT_ONCE) as file,
        ):
            if not camera.streams.video:
                raise SourceError(f"{self.name}: no video stream there", SourceProblem.NO_VIDEO)
            by_arrival = camera.format.name in ARRIVAL_FORMATS
            copy = file.add_stream_from_template(camera.streams.video[0])
            key_frames = camera.streams.video[0].codec_context
            key_frames.flags |= LOW_DELAY  # each picture at once, not when the next ones have come
            first: int | None = None
            began_s = time.monotonic()
            try:
                for packet in camera.demux(camera.streams.video[0]):
                    if time.monotonic() - began_s > seconds + LATE_S:
                        raise SourceError(f"{self.name}: its clock stands still", SourceProblem.TIMED_OUT)
                    if by_arrival and packet.size:
                        packet.time_base = Fraction(1, 1000)
                        packet.pts = packet.dts = round(1000 * time.monotonic())
                    # A live stream begins anywhere: what comes before a whole picture cannot be decoded.
                    if packet.dts is None or not (packet.is_keyframe or first is not None):
                        continue
                    first = packet.dts if first is None else first
                    packet.pts = (packet.dts if packet.pts is None else packet.pts) - first
                    packet.dts -= first
                    at_s = float(packet.dts * packet.time_base)
                    if at_s > seconds:
                        return
                    on_progress(max(0.0, at_s) / seconds)
                    if on_key_frame is not None and packet.is_keyframe:
                        for frame in key_frames.decode(packet):
                            on_key_frame(frame)
                    packet.stream = copy
                    file.mux(packet)
            except av.FFmpegError as error:
                raise SourceError(
                    f"{self.name}: {_reason(error)} while it was recorded", _problem(error)
                ) from None
        raise SourceError(f"{self.name}: the stream ended while it was recorded", SourceProblem.NO_VIDEO)

    def _frames(self, decoder: Decoder) -> Iterator[Frame]:
        self.fps = decoder.fps
        clock = MediaClock(1.0 / self.fps)
        gate = FrameGate(self._max_fps)
        index, last_mono_s = 0, time.monotonic()
        reason, problem = "the stream ended", SourceProblem.NO_VIDEO
        try:
            for picture in decoder:
                if self._closed.is_set():
                    return
                index, self.decoder, self.waited_s = picture.number + 1, decoder.name, decoder.waited_s
                t_s = clock.stamp(picture.raw_s, picture.arrived_s - last_mono_s)
                last_mono_s = picture.arrived_s
                if gate.passes(t_s):
                    yield picture.frame(index - 1, t_s)
        except av.FFmpegError as error:
            # What FFmpeg says when it is interrupted differs between protocols.
            silent = time.monotonic() - last_mono_s >= self._timeouts[1]
            reason = "the stream fell silent" if silent else _reason(error)
            problem = SourceProblem.TIMED_OUT if silent else _problem(error)
        except TimeoutError as error:
            reason = str(error)
            if decoder.hardware:
                distrust()
        if not self._closed.is_set():
            raise SourceError(f"{self.name}: {reason} after {counted(index, 'frame')}", problem)

    def _open(self) -> InputContainer:
        attempts: list[tuple[str, str | None, dict[str, str]]] = [(self._url, None, self._options())]
        if (stream := parse_address(self._url)) is not None:
            try:
                found = resolve(stream.host, stream.port)  # what is dialled decides, not how it was written
                if stream.user_info is not None and stream.scheme.startswith("rtsp"):
                    check_redirect(stream, found, self._timeouts[0])
            except SourceError as error:
                raise SourceError(f"{self.name}: {error}", error.problem) from None
        if self._device is not None:
            # Large pictures come fast enough over USB only as MJPEG; what the camera itself prefers is next.
            size = {} if self._size is None else {"video_size": f"{self._size[0]}x{self._size[1]}"}
            attempts = [
                (self._device, "v4l2", {"input_format": "mjpeg", **size}),
                (self._device, "v4l2", {}),
            ]
        reason, problem = "", SourceProblem.NOT_A_CAMERA
        for name, format_name, options in attempts:
            start_s = time.monotonic()
            try:
                return av.open(
                    name,
                    format=format_name,
                    options=options,
                    timeout=self._timeouts,
                    hwaccel=accelerator(self._hardware),
                )
            except (av.FFmpegError, ValueError) as error:
                silent = time.monotonic() - start_s >= self._timeouts[0]
                reason = f"no answer within {self._timeouts[0]:g} s" if silent else _reason(error)
                problem = SourceProblem.TIMED_OUT if silent else _problem(error)
        raise SourceError(f"{self.name}: no connection, or no video stream there: {reason}", problem)

    def _options(self) -> dict[str, str]:
        # What a stream is gets known without gathering pictures for its rate: they would come late, all at
        # once, and more than the reader's queue holds.
        # A redirect would lead past the checks of the address.
        options = {"protocol_whitelist": _NETWORK, "fpsprobesize": "0", "max_redirects": "0"}
        if urlsplit(self._url).scheme.lower().startswith("rtsp"):
            options |= {"allowed_media_types": "video", **_TRANSPORTS[self._transport]}
        return options


def open_source(
    url: str,
    *,
    loop: bool = False,
    realtime: bool = False,
    max_fps: float | None = None,
    transport: Transport = "tcp",
    size: tuple[int, int] | None = None,
    hardware: Hardware = "none",
    credentials: Credentials | None = None,
) -> FileSource | StreamSource:
    """Return the source for a camera url, a local camera's device or a file's path; see the two classes.

    Raises:
        SourceError: the file cannot be opened (a stream says so when it is iterated).
        ConfigurationError: the url has a forbidden scheme or an unset ${NAME}.
    """
    expanded = expand(url)
    if device_of(expanded) is not None or is_stream(expanded):
        return StreamSource(
            url,
            max_fps=max_fps,
            transport=transport,
            size=size,
            hardware=hardware,
            credentials=credentials,
        )
    return FileSource(expanded, loop=loop, realtime=realtime, max_fps=max_fps, hardware=hardware)


def _problem(error: Exception) -> SourceProblem:
    """Return what FFmpeg's error means for a person who typed an address."""
    for kind, problem in _PROBLEMS:
        if isinstance(error, kind):
            return problem
    unreachable = getattr(error, "errno", None) in {errno.EHOSTUNREACH, errno.ENETUNREACH}
    return SourceProblem.UNREACHABLE if unreachable else SourceProblem.NOT_A_CAMERA


def _reason(error: Exception) -> str:
    """Return what went wrong in FFmpeg's words for it; its messages hold the URL, these do not."""
    text = getattr(error, "strerror", None) or type(error).__name__
    return redact(str(text))
