"""Recordings as recorders, phones and cut-off copies make them, each from the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer

Image = npt.NDArray[np.uint8]

CODECS = {"h264": "libx264", "hevc": "libx265", "mjpeg": "mjpeg", "mpeg4": "mpeg4"}
STAMPED = ("mp4", "mkv", "ts")
RAW = ("h264", "hevc", "mjpeg")
_TICK = Fraction(1, 1000)


@dataclass(frozen=True)
class Handling:
    """What was done to pictures that were recorded at an even pace.

    ending: of the file's name, which says its container. codec: see CODECS. every: one picture of so many is
    kept. late_s: the video starts so long after the sound. gap: (at, for how long) the recorder paused,
    seconds. degrees: that a phone was turned by. aspect: of a pixel, width by height. clips: how often the
    same clip was joined behind itself. cut: the share of the bytes that was copied. zeroed: from which to
    which share of the bytes nothing was copied. halved_s: from when on pictures have half the size (ts only).
    """

    ending: str = "mp4"
    codec: str = "h264"
    every: int = 1
    late_s: float = 0.0
    gap: tuple[float, float] | None = None
    degrees: int = 0
    aspect: Fraction = Fraction(1)
    clips: int = 1
    cut: float = 1.0
    zeroed: tuple[float, float] | None = None
    halved_s: float | None = None

    def time_of(self, control_s: float, length_s: float) -> list[float]:
        """Return when what was recorded at `control_s` is shown, seconds; length_s: length of one clip."""
        t_s = control_s + self.late_s
        if self.gap is not None:
            if control_s >= self.gap[0]:
                t_s += self.gap[1]
            length_s += self.gap[1]
        return [t_s + clip * length_s for clip in range(self.clips)]


def record(path: Path, pictures: Sequence[Image], fps: int, handling: Handling) -> Path:
    """Write pictures uint8[H, W, 3] BGR, `fps` a second, as a recording; returns its path."""
    path = path.with_suffix(f".{handling.ending}")
    numbers = range(0, len(pictures), handling.every)
    stamps_ms = [round(1000 * _stamp(number / fps, handling)) for number in numbers]
    kept = [_stored(pictures[number], handling) for number in numbers]
    switch = len(kept)
    if handling.halved_s is not None:
        switch = sum(number / fps < handling.halved_s for number in numbers)
    rate = Fraction(fps, handling.every)
    data = _encoded(path, kept[:switch], stamps_ms[:switch], rate, handling)
    if switch < len(kept):
        small = [np.ascontiguousarray(picture[::2, ::2]) for picture in kept[switch:]]
        data += _encoded(path, small, stamps_ms[switch:], rate, handling)
    content = bytearray(handling.clips * data)
    if handling.zeroed is not None:
        first, end = (round(share * len(content)) for share in handling.zeroed)
        content[first:end] = bytes(end - first)
    path.write_bytes(content[: round(handling.cut * len(content))])
    return path


def _stamp(control_s: float, handling: Handling) -> float:
    return Handling(late_s=handling.late_s, gap=handling.gap).time_of(control_s, 0.0)[0]


def _stored(picture: Image, handling: Handling) -> Image:
    """Return a picture as it is stored, so that it is shown as it was."""
    height, width = picture.shape[:2]
    if handling.aspect > 1:
        picture = np.asarray(cv2.resize(picture, (round(width / handling.aspect), height)), np.uint8)
    elif handling.aspect < 1:
        picture = np.asarray(cv2.resize(picture, (width, round(height * handling.aspect))), np.uint8)
    return np.ascontiguousarray(np.rot90(picture, -handling.degrees // 90))


def _encoded(
    path: Path, pictures: Sequence[Image], stamps_ms: Sequence[int], rate: Fraction, handling: Handling
) -> bytes:
    height, width = pictures[0].shape[:2]
    front = {"movflags": "faststart"} if handling.ending == "mp4" else {}
    options = {"g": "25"} | {
        "h264": {"crf": "16", "preset": "ultrafast"},
        "hevc": {"crf": "16", "preset": "ultrafast", "x265-params": "log-level=none"},
    }.get(handling.codec, {"q:v": "2"})
    with av.open(str(path), "w", options=front) as container:
        stream = container.add_stream(CODECS[handling.codec], rate=rate, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if handling.codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = _TICK if handling.ending in STAMPED else 1 / rate
        if handling.aspect != 1:
            # What is stored is turned afterwards, and its pixels with it.
            turned = handling.degrees % 180 != 0
            stream.codec_context.sample_aspect_ratio = 1 / handling.aspect if turned else handling.aspect
        if handling.degrees:
            stream.set_display_rotation(handling.degrees)
        if handling.late_s:
            _add_sound(container, "mp2" if handling.ending == "ts" else "aac")
        for number, (picture, stamp_ms) in enumerate(zip(pictures, stamps_ms, strict=True)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.time_base = stream.codec_context.time_base
            frame.pts = stamp_ms if frame.time_base == _TICK else number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.read_bytes()


def _add_sound(container: OutputContainer, codec: str) -> None:
    """Write a second of silence, from the start on."""
    sound = container.add_stream(codec, rate=44100, layout="mono")
    assert isinstance(sound, av.AudioStream)
    silence = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.int16), "s16", "mono")
    silence.rate, silence.pts = 44100, 0
    resampler = av.AudioResampler(format=sound.format, layout="mono", rate=44100, frame_size=1152)
    for frame in [*resampler.resample(silence), *resampler.resample(None)]:
        container.mux(sound.encode(frame))
    container.mux(sound.encode())
