"""What others take for the same recording: OpenCV's reader, FFmpeg's own program, the daemon `motion`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from service.bench.cameras import FPS
from service.bench.fleet import cpu_of

OPENCV = "reading it with OpenCV"
FFMPEG = "FFmpeg's program"
MOTION = "the daemon motion"

_ROUNDS = 3
_STARTED_S = 4.0  # in which motion has opened its camera and knows the view
_MOTION = """daemon off
log_level 1
netcam_url file://{video}
width {width}
height {height}
framerate {fps}
picture_output off
movie_output off
webcontrol_port 0
stream_port 0
target_dir {folder}
"""


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


def motion_ratio(
    video: Path, size: tuple[int, int], seconds: float, decode: Callable[[float], float]
) -> float | None:
    """Return how many times decoding alone `motion` takes, which plays the recording in real time.

    Its start is left out. On a machine that is too busy for it, it leaves pictures out, and takes less.

    Args:
        video: the recording, of size (width, height). seconds: for how long it is watched.
        decode: as for `ffmpeg_ratio`.

    Returns:
        None: not installed, or it does not run.
    """
    program = shutil.which("motion")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="barwatch-motion-") as folder:
        at = Path(folder) / "motion.conf"
        width, height = size
        words = {"video": video.resolve(), "width": width, "height": height, "fps": FPS, "folder": folder}
        at.write_text(_MOTION.format(**words), encoding="utf-8")
        silent = subprocess.DEVNULL
        with subprocess.Popen([program, "-c", str(at)], stdout=silent, stderr=silent, cwd=folder) as running:
            try:
                time.sleep(_STARTED_S)
                if running.poll() is not None:
                    return None
                before_s, began_s = cpu_of(running.pid), time.monotonic()
                decoding = []
                while time.monotonic() - began_s < seconds:
                    decoding.append(decode(1.0))
                    time.sleep(1.0)
                took_s = (cpu_of(running.pid) - before_s) / (time.monotonic() - began_s)
            finally:
                running.terminate()
    return took_s / float(np.median(decoding))


def programs(
    video: Path, size: tuple[int, int], seconds: float, decode: Callable[[float], float]
) -> dict[str, float]:
    """Return how many times decoding alone the programs take that are installed here, by name."""
    ratios = {
        FFMPEG: ffmpeg_ratio(video, seconds, decode),
        MOTION: motion_ratio(video, size, seconds, decode),
    }
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}


def _children_s(words: Sequence[str]) -> float:
    before = os.times()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
