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
from service.capture.pictures.picture import same_shape
from service.domain.errors import SourceError

Image = npt.NDArray[np.uint8]

PICTURES_PER_S = 12.5
"""Pictures per second that are used."""

WIDTH_PX = 400
"""Width of the reduced pictures."""

_GAP_S = 2.0


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

    Carriers are not on time after a gap or a joint, so the longest stretch without any is used. Where the
    pictures' shape changes, reading ends.

    Args:
        path: the file.
        seconds: of pictures, from the first one on.
        on_progress: called with the share read, 0..1.
        fps: see FileSource.

    Raises:
        SourceError: no video, damaged, or no picture in it.
    """
    stretches: list[tuple[list[float], list[Image]]] = []
    size = (0, 0)
    source = FileSource(path, fps=fps)
    first_s, last_s, joins = None, 0.0, 0
    for frame in source:
        t_s = frame.t_s
        first_s = t_s if first_s is None else first_s
        if t_s - first_s > seconds or not same_shape(source.sizes[-1][1:], (frame.width, frame.height)):
            break
        if not stretches or t_s - last_s > _GAP_S or source.joins != joins:
            stretches.append(([], []))
        last_s, joins = t_s, source.joins
        times, grey = stretches[-1]
        if times and t_s < times[0] + len(times) / PICTURES_PER_S - 1e-3:
            continue
        size = (frame.width, frame.height)
        times.append(t_s)
        grey.append(_reduced(frame.luma))
        on_progress(min((t_s - first_s) / seconds, 1.0))
    if not stretches:
        raise SourceError(f"{path}: no picture in it")
    times, grey = max(stretches, key=lambda stretch: len(stretch[0]))
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


def _reduced(luma: Image) -> Image:
    height, width = luma.shape
    size = (WIDTH_PX, max(16, round(WIDTH_PX * height / width)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
