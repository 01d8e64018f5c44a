"""How a live camera is reached: looked up, checked and dialled here, decoded by FFmpeg."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import av
from av.container import InputContainer

from lifts.addresses import AddressError, StreamAddress, parse_address, redact
from lifts.schema import Transport
from service.capture.hardware import Hardware, accelerator
from service.capture.hosts import resolve
from service.capture.network.gate import Gate
from service.capture.urls import device_of
from service.domain.camera import CameraNetworks
from service.domain.errors import SourceError, SourceProblem

_MOST_REDIRECTS = 3
_RTSP = {"protocol_whitelist": "rtsp,rtp,udp,tcp", "format_whitelist": "rtsp", "allowed_media_types": "video"}
# Pictures alone: a play list or a description could name other addresses.
_HTTP = {
    "protocol_whitelist": "http,tcp",
    "format_whitelist": "mpjpeg,mjpeg,jpeg_pipe,png_pipe,mpegts,mpeg,mpegvideo,flv,mov,mp4,matroska,webm,"
    "h264,hevc,m4v,avi,asf,nut",
    "max_redirects": "0",
    "http_proxy": "",  # nor what a person's environment names
}
_TRANSPORTS: dict[Transport, dict[str, str]] = {
    "tcp": {"rtsp_transport": "tcp"},  # lost UDP packets would look like a damaged carrier
    "udp": {"rtsp_transport": "udp"},
    "auto": {"rtsp_transport": "udp+tcp", "rtsp_flags": "prefer_tcp"},
}
_PROBLEMS: tuple[tuple[type[Exception], SourceProblem], ...] = (
    (av.error.HTTPUnauthorizedError, SourceProblem.WRONG_PASSWORD),
    (av.error.HTTPForbiddenError, SourceProblem.WRONG_PASSWORD),
    (av.error.HTTPNotFoundError, SourceProblem.NOT_FOUND),
    (ConnectionRefusedError, SourceProblem.REFUSED),
    (TimeoutError, SourceProblem.TIMED_OUT),
)


@dataclass(frozen=True, slots=True, repr=False)
class CameraConnection:
    """One camera, as often as it is dialled.

    url: expanded, with user and password: secret. name: the same to be shown. timeouts: for connecting and
    for a silent camera, seconds. transport, size, hardware, networks: as in `StreamSource`.
    """

    url: str
    name: str
    timeouts: tuple[float, float]
    transport: Transport
    size: tuple[int, int] | None
    hardware: Hardware
    networks: CameraNetworks

    @contextlib.contextmanager
    def opened(self) -> Iterator[InputContainer]:
        """Dial the camera; it is hung up after the `with` block.

        Raises:
            SourceError: it cannot be reached, or shows nothing; when entered.
            ConfigurationError: its host, or that to which it redirects, is no camera's; when entered.
        """
        device = device_of(self.url)
        with contextlib.ExitStack() as stack:
            yield stack.enter_context(self._reached(stack) if device is None else self._device_opened(device))

    def _device_opened(self, device: str) -> InputContainer:
        # Large pictures come fast enough over USB only as MJPEG; what the camera itself prefers is next.
        size = {} if self.size is None else {"video_size": f"{self.size[0]}x{self.size[1]}"}
        try:
            return self._open(device, "v4l2", {"input_format": "mjpeg", **size})
        except SourceError:
            return self._open(device, "v4l2", {})

    def _reached(self, stack: contextlib.ExitStack) -> InputContainer:
        """Dial the camera, and where it redirects to, each time after a look at where that leads."""
        stream = parse_address(self.url)
        for _ in range(_MOST_REDIRECTS):
            if stream is None:
                raise SourceError(f"{self.name}: no address", SourceProblem.NOT_A_CAMERA)
            gate = stack.enter_context(self._gate(stream))
            try:
                return self._open(gate.url, None, self._options(stream))
            except SourceError:
                if gate.location is None:
                    raise
                stream = self._redirected(stream, gate.location)
        raise SourceError(f"{self.name}: it redirects again and again", SourceProblem.REDIRECTED)

    def _gate(self, stream: StreamAddress) -> Gate:
        try:
            # What is dialled decides, not how it was written.
            return Gate(stream, resolve(stream.host, stream.port, self.networks), self.timeouts[0])
        except SourceError as error:
            raise SourceError(f"{self.name}: {error}", error.problem) from None
        except OSError as error:
            raise self._failed(error, isinstance(error, TimeoutError)) from None

    def _redirected(self, stream: StreamAddress, location: str) -> StreamAddress:
        """Return where to go on; user and password are for the same host alone, encrypted as before."""
        with contextlib.suppress(AddressError):
            found = parse_address(location)
            if found is not None and found.scheme.startswith("rtsp"):
                same = found.host.lower() == stream.host.lower() and stream.scheme in {found.scheme, "rtsp"}
                if same or stream.user_info is None:
                    return replace(found, user_info=stream.user_info)
        raise SourceError(f"{self.name}: it redirects to another host", SourceProblem.REDIRECTED)

    def _open(self, name: str, format_name: str | None, options: dict[str, str]) -> InputContainer:
        start_s = time.monotonic()
        try:
            return av.open(
                name,
                format=format_name,
                options=options,
                timeout=self.timeouts,
                hwaccel=accelerator(self.hardware),
            )
        except (av.FFmpegError, ValueError) as error:
            raise self._failed(error, time.monotonic() - start_s >= self.timeouts[0]) from None

    def _failed(self, error: Exception, silent: bool) -> SourceError:
        reason = f"no answer within {self.timeouts[0]:g} s" if silent else reason_of(error)
        problem = SourceProblem.TIMED_OUT if silent else problem_of(error)
        return SourceError(f"{self.name}: no connection, or no video stream there: {reason}", problem)

    def _options(self, stream: StreamAddress) -> dict[str, str]:
        # What a stream is gets known without gathering pictures for its rate: they would come late, all at
        # once, and more than the reader's queue holds.
        options = {"fpsprobesize": "0"}
        if stream.scheme.startswith("rtsp"):
            return options | _RTSP | _TRANSPORTS["tcp" if stream.scheme == "rtsps" else self.transport]
        host = f"[{stream.host}]" if ":" in stream.host else stream.host
        usual = {"http": 80, "https": 443}[stream.scheme]
        place = host if stream.port == usual else f"{host}:{stream.port}"
        return options | _HTTP | {"headers": f"Host: {place}\r\n"}


def problem_of(error: Exception) -> SourceProblem:
    """Return what FFmpeg's error means for a person who typed an address."""
    for kind, problem in _PROBLEMS:
        if isinstance(error, kind):
            return problem
    unreachable = getattr(error, "errno", None) in {errno.EHOSTUNREACH, errno.ENETUNREACH}
    return SourceProblem.UNREACHABLE if unreachable else SourceProblem.NOT_A_CAMERA


def reason_of(error: Exception) -> str:
    """Return what went wrong in FFmpeg's words for it; its messages hold the URL, these do not."""
    text = getattr(error, "strerror", None) or type(error).__name__
    return redact(str(text))
