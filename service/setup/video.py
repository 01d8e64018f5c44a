"""Reduces a recording for set-up, and finds its pictures again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from service.capture.account import Account
from service.capture.files import FileSource
from service.domain.errors import SourceError

Image = npt.NDArray[np.uint8]

PICTURES_PER_S = 12.5
"""Pictures per second that are used."""

WIDTH_PX = 400
"""Width of the reduced pictures."""

_SAME_SHAPE = 0.01  # by which the ratio of width to height may change


@dataclass(frozen=True, eq=False)
class Recording:
    """A video, reduced: grey uint8[T, h, w], times_s float64[T] from the file's start, the camera's size.

    account: what was read of the file; None for one that is no file.
    """

    grey: Image
    times_s: npt.NDArray[np.float64]
    width_px: int
    height_px: int
    account: Account | None = None

    @property
    def factor(self) -> float:
        """Camera pixels per pixel of `grey`."""
        return self.width_px / int(self.grey.shape[2])


def read_recording(
    path: Path,
    seconds: float,
    on_progress: Callable[[float], None] = lambda _: None,
    *,
    fps: float | None = None,
) -> Recording:
    """Read a video's first `seconds` as reduced grey pictures at an even pace.

    Pictures of another size are brought to the first one's; from where their shape is another, none are read.

    Args:
        path: the file.
        seconds: of pictures, from the first one on.
        on_progress: called with the share read, 0..1.
        fps: see FileSource.

    Raises:
        SourceError: no video, damaged, or no picture in it.
    """
    grey: list[Image] = []
    times: list[float] = []
    size = (0, 0)
    source = FileSource(path, fps=fps)
    for frame in source:
        t_s = frame.t_s
        if times and t_s - times[0] > seconds:
            break
        if times and abs(frame.width * size[1] / (frame.height * size[0]) - 1.0) > _SAME_SHAPE:
            break
        if times and t_s < times[0] + len(times) / PICTURES_PER_S - 1e-3:
            continue
        size = size if times else (frame.width, frame.height)
        grey.append(_reduced(frame.luma, size))
        times.append(t_s)
        on_progress(min((t_s - times[0]) / seconds, 1.0))
    if not grey:
        raise SourceError(f"{path}: no picture in it")
    return Recording(np.stack(grey), np.array(times), *size, source.account)


def read_pictures(path: Path, times_s: Sequence[float], *, fps: float | None = None) -> list[Image]:
    """Return the video's pictures uint8[H, W, 3] RGB at the given times (ascending, seconds).

    A time after the video's end has none. fps: see FileSource. Raises SourceError.
    """
    wanted = list(times_s)
    found: list[Image] = []
    for frame in FileSource(path, fps=fps):
        if not wanted:
            break
        if frame.t_s >= wanted[0] - 0.5 / PICTURES_PER_S / 4:
            picture = np.ascontiguousarray(frame.bgr()[..., ::-1])
            while wanted and frame.t_s >= wanted[0] - 0.5 / PICTURES_PER_S / 4:
                found.append(picture)
                wanted.pop(0)
    return found


def _reduced(luma: Image, size: tuple[int, int]) -> Image:
    width, height = size
    reduced = (WIDTH_PX, max(16, round(WIDTH_PX * height / width)))
    return np.asarray(cv2.resize(luma, reduced, interpolation=cv2.INTER_AREA), np.uint8)
