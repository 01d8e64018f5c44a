"""Where frames come from: live streams and local cameras, decoded by FFmpeg; `files` reads recordings.

A source is an iterable of `Frame`; it stands for one connection and ends when that does. Reconnection is
the reader's business (`service.capture.reader`). Every failure is a `SourceError` without credentials.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import av.logging
from av.codec.context import Flags

from lifts.addresses import redact
from lifts.schema import Transport
from service.capture.clock import MediaClock
from service.capture.connection import CameraConnection, problem_of, reason_of
from service.capture.decoder import ARRIVAL_FORMATS, Decoder
from service.capture.files import FileSource
from service.capture.hardware import Hardware, distrust
from service.capture.packets.complaints import tell_of_loss
from service.capture.packets.dating import dated
from service.capture.packets.ring import PacketRing
from service.capture.packets.sparing import Sparing
from service.capture.thinning import FrameGate
from service.capture.urls import device_of, expand, is_stream, with_credentials
from service.domain.camera import ANY_NETWORK, CameraNetworks, Credentials
from service.domain.errors import SourceError, SourceProblem
from service.domain.frame import Frame
from service.domain.reason_texts import counted

LOW_DELAY = Flags.low_delay
_AT_ONCE = {"flush_packets": "1", "cluster_time_limit": "1000"}
LATE_S = 30.0
"""How much longer than its own clock says a recording may take: a camera's clock may stand still."""


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
        variables: what the address's ${NAME} stand for; if not given, those of this process's environment.
        networks: where the address may lead.
        ring: holds what the camera sends.
        sparing: says what of it is not decoded.

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
        variables: Mapping[str, str] | None = None,
        networks: CameraNetworks = ANY_NETWORK,
        ring: PacketRing | None = None,
        sparing: Sparing | None = None,
    ) -> None:
        expanded = expand(url, os.environ if variables is None else variables)
        if device_of(expanded) is None:
            is_stream(expanded)
        self.name = redact(url)
        self._timeouts = (open_timeout_s, read_timeout_s)
        secret = with_credentials(expanded, credentials)
        self._connection = CameraConnection(
            secret, self.name, self._timeouts, transport, size, hardware, networks
        )
        self._max_fps, self._wanted_fps = max_fps, max_fps if skip_unneeded else None
        self._ring, self._sparing = ring, sparing
        self._closed = threading.Event()
        self.fps = 25.0
        self.decoder = ""
        self.waited_s = 0.0
        """For how long it waited for pictures, seconds."""

    def close(self) -> None:
        """End the iteration soon (within the read time-out); safe from another thread."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        with self._connection.opened() as container:
            try:
                decoder = Decoder(
                    container, wanted_fps=self._wanted_fps, ring=self._ring, sparing=self._sparing
                )
            except ValueError:
                raise SourceError(f"{self.name}: no video stream there", SourceProblem.NO_VIDEO) from None
            yield from self._frames(decoder)

    def hold(self, ring: PacketRing) -> None:
        """Put what the camera sends into a ring until it is closed; nothing of it is decoded.

        Raises:
            SourceError: the camera cannot be opened, or breaks off.
        """
        with self._connection.opened() as container:
            stream = container.streams.best("video")
            if not isinstance(stream, av.VideoStream):
                raise SourceError(f"{self.name}: no video stream there", SourceProblem.NO_VIDEO)
            ring.begin(stream)
            packets = container.demux(stream)
            reason, problem = "the stream ended", SourceProblem.BROKE_OFF
            while not self._closed.is_set():
                with av.logging.Capture(local=True) as messages:
                    try:
                        packet = next(packets, None)
                    except av.FFmpegError as error:
                        packet, reason, problem = None, reason_of(error), problem_of(error)
                if packet is None:
                    raise SourceError(f"{self.name}: {reason}", problem)
                ring.put(packet, lost=packet.is_corrupt or tell_of_loss(messages))

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
            self._connection.opened() as camera,
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
                packets = camera.demux(camera.streams.video[0])
                for packet in packets if by_arrival else dated(packets):
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
                problem = problem_of(error) if first is None else SourceProblem.BROKE_OFF
                raise SourceError(f"{self.name}: {reason_of(error)} while it was recorded", problem) from None
        problem = SourceProblem.NO_VIDEO if first is None else SourceProblem.BROKE_OFF
        raise SourceError(f"{self.name}: the stream ended while it was recorded", problem)

    def _frames(self, decoder: Decoder) -> Iterator[Frame]:
        self.fps = decoder.fps
        clock = MediaClock(1.0 / self.fps)
        gate = FrameGate(self._max_fps)
        index, last_mono_s = 0, time.monotonic()
        reason, problem = "the stream ended", None
        try:
            for picture in decoder:
                if self._closed.is_set():
                    return
                index, self.decoder, self.waited_s = (
                    picture.number + 1,
                    decoder.name,
                    decoder.packets.waited_s,
                )
                t_s = clock.stamp(picture.raw_s, picture.arrived_s - last_mono_s)
                last_mono_s = picture.arrived_s
                if gate.passes(t_s):
                    yield picture.frame(index - 1, t_s)
        except av.FFmpegError as error:
            # What FFmpeg says when it is interrupted differs between protocols.
            silent = time.monotonic() - last_mono_s >= self._timeouts[1]
            reason = "the stream fell silent" if silent else reason_of(error)
            problem = SourceProblem.TIMED_OUT if silent else problem_of(error)
            if index and not silent:  # what a connection that broke means to FFmpeg says nothing of a camera
                problem = SourceProblem.BROKE_OFF
        except TimeoutError as error:
            reason = str(error)
            if decoder.hardware:
                distrust()
        if not self._closed.is_set():
            problem = problem or (SourceProblem.BROKE_OFF if index else SourceProblem.NO_VIDEO)
            raise SourceError(f"{self.name}: {reason} after {counted(index, 'frame')}", problem)


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
    variables: Mapping[str, str] | None = None,
    networks: CameraNetworks = ANY_NETWORK,
    ring: PacketRing | None = None,
    sparing: Sparing | None = None,
) -> FileSource | StreamSource:
    """Return the source for a camera url, a local camera's device or a file's path; see the two classes.

    Of a file everything is decoded, whatever `sparing` says.

    Raises:
        SourceError: the file cannot be opened (a stream says so when it is iterated).
        ConfigurationError: the url has a forbidden scheme or an unset ${NAME}.
    """
    expanded = expand(url, os.environ if variables is None else variables)
    if device_of(expanded) is not None or is_stream(expanded):
        return StreamSource(
            url,
            max_fps=max_fps,
            transport=transport,
            size=size,
            hardware=hardware,
            credentials=credentials,
            variables=variables,
            networks=networks,
            ring=ring,
            sparing=sparing,
        )
    return FileSource(expanded, loop=loop, realtime=realtime, max_fps=max_fps, hardware=hardware, ring=ring)
