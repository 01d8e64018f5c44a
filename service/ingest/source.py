"""Where frames come from: video files and live streams, decoded by OpenCV's FFmpeg.

A source is an iterable of `Frame`; it stands for one connection and ends when that does. Reconnection is
the reader's business (`service.ingest.reader`). Every failure is a `SourceError` without credentials.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from service.errors import SourceError
from service.ingest.clock import MediaClock
from service.ingest.urls import expand, is_stream, redact
from service.types import Frame

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # FFmpeg's own messages could hold the URL

_STREAM_OPTIONS = (
    "rtsp_transport;tcp"  # lost UDP packets would look like a damaged carrier
    "|protocol_whitelist;rtsp,rtsps,rtp,tcp,tls,http,https,crypto"
)
_FILE_OPTIONS = "protocol_whitelist;file"
_OPENING = threading.Lock()  # FFmpeg's options travel through the environment of the whole process


class FileSource:
    """A recorded video.

    Args:
        path: the file.
        loop: start again at its end, for ever; t_s goes on increasing.
        realtime: hand frames out when their time stamp is due, without drift.
        max_fps: frames that come faster are decoded but not handed out (saves their conversion to BGR).
    """

    def __init__(
        self, path: str | Path, *, loop: bool = False, realtime: bool = False, max_fps: float | None = None
    ) -> None:
        self.path = Path(path)
        self._loop, self._realtime, self._max_fps = loop, realtime, max_fps
        self._closed = threading.Event()
        capture = self._open()
        self.fps = float(capture.get(cv2.CAP_PROP_FPS)) or 25.0
        self.frame_count: int = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        capture.release()

    @property
    def duration_s(self) -> float:
        """Length of the file by its own account; 0 when it does not say."""
        return self.frame_count / self.fps

    def close(self) -> None:
        """End the iteration soon; safe from another thread."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        clock = MediaClock(1.0 / self.fps)
        gate = _Gate(self._max_fps)
        index = 0
        start_s = time.monotonic()
        while not self._closed.is_set():
            capture = self._open()
            first = index
            while not self._closed.is_set() and capture.grab():
                t_s = clock.stamp(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0)
                if self._realtime:
                    self._closed.wait(max(0.0, start_s + t_s - time.monotonic()))
                frame = _retrieve(capture, index, t_s, gate)
                index += 1
                if frame is not None:
                    yield frame
            capture.release()
            if index == first and not self._closed.is_set():
                raise SourceError(f"{self.path}: no picture can be decoded from this file")
            if not self._loop:
                return

    def _open(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            raise SourceError(f"{self.path}: no such file")
        capture = _open_capture(str(self.path.resolve()), _FILE_OPTIONS, [])
        if not capture.isOpened():
            raise SourceError(f"{self.path}: not a video that can be decoded")
        return capture


class StreamSource:
    """One connection to a live camera (RTSP over TCP, HTTP).

    Args:
        url: may hold ${NAME} placeholders; see `service.ingest.urls.expand`.
        open_timeout_s, read_timeout_s: after these a silent camera is given up.
        max_fps: as in FileSource.
    """

    def __init__(
        self,
        url: str,
        *,
        open_timeout_s: float = 3.0,
        read_timeout_s: float = 3.0,
        max_fps: float | None = None,
    ) -> None:
        self._url = expand(url)
        self.name = redact(url)
        is_stream(self._url)
        self._timeouts = [
            int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC),
            int(open_timeout_s * 1000),
            int(cv2.CAP_PROP_READ_TIMEOUT_MSEC),
            int(read_timeout_s * 1000),
        ]
        self._max_fps = max_fps
        self._closed = threading.Event()
        self.fps = 25.0

    def close(self) -> None:
        """End the iteration soon (within the read time-out); safe from another thread."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        capture = _open_capture(self._url, _STREAM_OPTIONS, self._timeouts)
        if not capture.isOpened():
            raise SourceError(f"{self.name}: no connection, or no video stream there")
        try:
            yield from self._frames(capture)
        finally:
            capture.release()

    def _frames(self, capture: cv2.VideoCapture) -> Iterator[Frame]:
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if 1.0 <= fps <= 240.0 else 25.0
        clock = MediaClock(1.0 / self.fps)
        gate = _Gate(self._max_fps)
        index, last_mono_s = 0, time.monotonic()
        while not self._closed.is_set():
            if not capture.grab():
                raise SourceError(f"{self.name}: the stream ended or fell silent after {index} frames")
            now_s = time.monotonic()
            t_s = clock.stamp(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0, now_s - last_mono_s)
            last_mono_s = now_s
            frame = _retrieve(capture, index, t_s, gate)
            index += 1
            if frame is not None:
                yield frame


class _Gate:
    """Lets frames through at most `max_fps` times a second of media time."""

    def __init__(self, max_fps: float | None) -> None:
        self._interval_s = 0.0 if max_fps is None else 1.0 / max_fps - 0.002  # stamps are rounded to ms
        self._last_s: float | None = None

    def passes(self, t_s: float) -> bool:
        if self._last_s is not None and t_s - self._last_s < self._interval_s:
            return False
        self._last_s = t_s
        return True


def open_source(
    url: str, *, loop: bool = False, realtime: bool = False, max_fps: float | None = None
) -> FileSource | StreamSource:
    """Return the source for a camera url or a file's path.

    Raises:
        SourceError: the file cannot be opened (a stream says so when it is iterated).
        ConfigurationError: the url has a forbidden scheme or an unset ${NAME}.
    """
    expanded = expand(url)
    if is_stream(expanded):
        return StreamSource(url, max_fps=max_fps)
    return FileSource(expanded, loop=loop, realtime=realtime, max_fps=max_fps)


def _open_capture(name: str, options: str, parameters: list[int]) -> cv2.VideoCapture:
    with _OPENING:
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
        try:
            return cv2.VideoCapture(name, cv2.CAP_FFMPEG, parameters)
        except cv2.error as error:
            raise SourceError(f"{redact(name)}: {redact(str(error))}") from None
        finally:
            with suppress(KeyError):
                del os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"]


def _retrieve(capture: cv2.VideoCapture, index: int, t_s: float, gate: _Gate) -> Frame | None:
    if not gate.passes(t_s):
        return None
    ok, image = capture.retrieve()
    if not ok or image is None:
        return None
    return Frame(index=index, t_s=t_s, t_mono_s=time.monotonic(), image=np.asarray(image, dtype=np.uint8))
