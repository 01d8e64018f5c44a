"""Recordings encoded again: fewer pictures a second, fewer bits, or a line that stops and creeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from ml.evaluate.passages.halts import Halts

_TICK = Fraction(1, 90_000)
_KEY_EVERY_S = 2
_FINE = {"crf": "24"}  # a little finer than the recordings, so that what is lost twice stays small
_NOISE = 3.0  # standard deviation of a sensor's noise on 8 bits of luma, in a picture shown again

Stamped = tuple[Fraction, av.VideoFrame]


def decoded(path: Path) -> Iterator[Stamped]:
    """Yield (seconds from the start, picture) of every frame, in the order in which they are shown."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.pts is not None and frame.time_base is not None:
                yield frame.pts * frame.time_base, frame


def rate(path: Path) -> Fraction:
    """Return a recording's frames a second.

    Raises:
        ValueError: the file does not say.
    """
    with av.open(str(path)) as container:
        fps = container.streams.video[0].average_rate
    if not fps:
        raise ValueError(f"{path}: frames a second unknown")
    return fps


def encode(
    target: Path, frames: Iterable[Stamped], fps: Fraction, options: dict[str, str], bit_rate: int = 0
) -> None:
    """Write frames with their own stamps as H.264, a key frame every two seconds, on one thread.

    Args:
        target: an MP4 file.
        frames: in rising order of their stamps; used up one by one.
        fps: what the file says of itself, and what bits are shared out by.
        options: of libx264.
        bit_rate: in bits a second, where `options` set no quality.
    """
    with av.open(str(target), "w") as container:
        chosen = {"preset": "veryfast", "g": str(round(_KEY_EVERY_S * fps)), **options}
        stream = container.add_stream("libx264", rate=fps, options=chosen)
        stream.codec_context.time_base = _TICK
        stream.codec_context.thread_count = 1
        if bit_rate:
            stream.bit_rate = bit_rate
        for first, (at_s, frame) in enumerate(frames):
            if not first:
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
            again = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
            again.pts, again.time_base = round(at_s / _TICK), _TICK
            container.mux(stream.encode(again))
        container.mux(stream.encode())


def with_every(source: Path, target: Path, every: int) -> None:
    """Write a recording with every `every`-th of its frames, the first included, at their own times."""
    kept = (stamped for k, stamped in enumerate(decoded(source)) if k % every == 0)
    encode(target, kept, rate(source) / every, _FINE)


def with_bits(source: Path, target: Path, bit_rate: int) -> None:
    """Write a recording at this many bits a second, held over two seconds, as over a thin line."""
    limits = {"maxrate": str(bit_rate), "bufsize": str(2 * bit_rate)}
    encode(target, decoded(source), rate(source), limits, bit_rate)


def with_halts(source: Path, target: Path, halts: Halts, rng: np.random.Generator) -> None:
    """Write a recording in which the line stands and creeps as `halts` says.

    The whole picture stands or creeps with it, people and snow too: a stand-in for a line that stops.
    Pictures shown again get a sensor's noise of their own, for no camera sends the same picture twice.
    """
    fps = rate(source)

    def frames() -> Iterator[Stamped]:
        out = 0
        for k, (_, frame) in enumerate(decoded(source)):
            for again in range(halts.times_shown(k)):
                yield out / fps, noisy(frame, rng) if again else frame
                out += 1

    encode(target, frames(), fps, _FINE)


def noisy(frame: av.VideoFrame, rng: np.random.Generator) -> av.VideoFrame:
    """Return a picture with a sensor's fresh noise on its luma."""
    planes = frame.to_ndarray(format="yuv420p")
    luma = planes[: frame.height]
    noise = rng.standard_normal(luma.shape, dtype=np.float32) * np.float32(_NOISE)
    planes[: frame.height] = np.clip(luma + noise, 0, 255).round().astype(np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")
