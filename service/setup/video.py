"""The one place where set-up reads a video file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from service.domain.errors import SourceError

Image = npt.NDArray[np.uint8]

PICTURES_PER_S = 12.5
"""Pictures per second that are used."""

WIDTH_PX = 400
"""Width of the reduced pictures."""

_LUMA_FIRST = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")


@dataclass(frozen=True, eq=False)
class Recording:
    """A video, reduced: grey uint8[T, h, w], times_s float64[T] from the file's start, the camera's size."""

    grey: Image
    times_s: npt.NDArray[np.float64]
    width_px: int
    height_px: int

    @property
    def factor(self) -> float:
        """Camera pixels per pixel of `grey`."""
        return self.width_px / int(self.grey.shape[2])


def read_recording(
    path: Path, seconds: float, on_progress: Callable[[float], None] = lambda _: None
) -> Recording:
    """Read a video's first `seconds` as reduced grey pictures at an even pace.

    on_progress is called with the share read, 0..1.

    Raises:
        SourceError: no video, damaged, or no picture in it.
    """
    grey: list[Image] = []
    times: list[float] = []
    size = (0, 0)
    for frame in _frames(path):
        t_s = _time(frame)
        if t_s > seconds:
            break
        if size not in {(0, 0), (frame.width, frame.height)}:
            raise SourceError(f"{path}: the picture's size changes at {t_s:.1f} s")
        if times and t_s < times[0] + len(times) / PICTURES_PER_S - 1e-3:
            continue
        size = (frame.width, frame.height)
        grey.append(_reduced(_luma(frame)))
        times.append(t_s)
        on_progress(min(t_s / seconds, 1.0))
    if not grey:
        raise SourceError(f"{path}: no picture in it")
    return Recording(np.stack(grey), np.array(times), *size)


def read_pictures(path: Path, times_s: Sequence[float]) -> list[Image]:
    """Return the video's pictures uint8[H, W, 3] RGB at the given times (ascending, seconds).

    A time after the video's end has none. Raises SourceError.
    """
    wanted = list(times_s)
    found: list[Image] = []
    for frame in _frames(path):
        if not wanted:
            break
        if _time(frame) >= wanted[0] - 0.5 / PICTURES_PER_S / 4:
            picture = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            while wanted and _time(frame) >= wanted[0] - 0.5 / PICTURES_PER_S / 4:
                found.append(picture)
                wanted.pop(0)
    return found


def _frames(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise SourceError(f"{path}: no video in it")
            stream = container.streams.video[0]
            # One thread: threads of a decoder that log wait for Python, which waits for them.
            stream.thread_type = "NONE"
            yield from container.decode(stream)
    except (av.FFmpegError, OSError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error


def _time(frame: Any) -> float:
    return float(frame.time or 0.0)


def _luma(frame: Any) -> Image:
    if frame.format.name not in _LUMA_FIRST:
        return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _reduced(luma: Image) -> Image:
    height, width = luma.shape
    size = (WIDTH_PX, max(16, round(WIDTH_PX * height / width)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
