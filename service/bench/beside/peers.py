"""What others take for the same recording: reading it with OpenCV, decoding it with FFmpeg's own program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from service.bench.cameras import FPS

OPENCV = "reading it with OpenCV"
FFMPEG = "FFmpeg's program"

_ROUNDS = 3


class OpenCvReader:
    """OpenCV's own reader of a recording, in a loop: every picture as colours, and nothing more."""

    def __init__(self, video: Path) -> None:
        self._video = str(video)
        self._reader = cv2.VideoCapture(self._video, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])

    def go_on(self, seconds: float) -> None:
        """Read the next `seconds` of the recording.

        Raises:
            RuntimeError: OpenCV cannot read it.
        """
        for _ in range(round(seconds * FPS)):
            if not self._reader.read()[0]:
                self._reader.set(cv2.CAP_PROP_POS_FRAMES, 0)
                if not self._reader.read()[0]:
                    raise RuntimeError(f"OpenCV cannot read {self._video}")


def ffmpeg_ratio(video: Path, seconds: float, decode: Callable[[float], float]) -> float | None:
    """Return how many times decoding alone FFmpeg's program takes, its start included; None: not installed.

    Args:
        video: the recording. seconds: how much of it, several times in turns; the median counts.
        decode: decodes so many seconds of it and returns the processor time taken.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    words = [program, "-v", "error", "-nostdin", "-threads", "1", "-t", str(seconds), "-i", str(video)]
    words += ["-map", "0:v:0", "-f", "null", "-"]
    return float(np.median([_children_s(words) / decode(seconds) for _ in range(_ROUNDS)]))


def _children_s(words: Sequence[str]) -> float:
    before = os.times()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
