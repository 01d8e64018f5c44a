"""Small recordings made for tests."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write_video(path: Path, stamps_ms: list[int], size: tuple[int, int] = (320, 180)) -> Path:
    """Write an H.264 file with B-frames, one frame at each of these times, no two alike."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=25, options={"bf": "2", "g": "12", "preset": "ultrafast"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        ramp = np.linspace(0, 120, width).astype(np.uint8)
        for index, stamp in enumerate(stamps_ms):
            picture = np.repeat(np.roll(ramp, 7 * index)[None, :, None], height, 0).repeat(3, 2) + index % 100
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
