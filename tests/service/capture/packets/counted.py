"""Videos whose pictures bear their own number, as a row of black and white blocks that survives any codec."""

from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from service.domain.arrays import Image

BITS, BLOCK_PX = 12, 16
WIDTH, HEIGHT = BITS * BLOCK_PX, 64


def draw_count(number: int) -> Image:
    """Return the picture uint8[64, 192, 3] of a number below 4,096, the highest bit on the left."""
    bits = [(number >> (BITS - 1 - place)) & 1 for place in range(BITS)]
    row = np.repeat(np.array(bits, np.uint8) * 215 + 20, BLOCK_PX)
    return np.repeat(np.tile(row, (HEIGHT, 1))[:, :, None], 3, axis=2)


def read_count(grey: Image) -> int:
    """Return the number of a picture uint8[H, W]."""
    middle = grey[grey.shape[0] // 2]
    step = grey.shape[1] / BITS
    return sum(int(middle[int((place + 0.5) * step)] > 127) << (BITS - 1 - place) for place in range(BITS))


def write_counted(
    path: Path, seconds: float, *, fps: int = 10, gop: int = 20, b_frames: int = 0, codec: str = "libx264"
) -> Path:
    """Write a video that counts its pictures from 0; the folder decides the container."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        if codec == "mjpeg":
            stream.pix_fmt = "yuvj420p"
        stream.gop_size, stream.codec_context.max_b_frames = gop, b_frames
        stream.options = {"x264-params": f"scenecut=0:keyint={gop}:min-keyint={gop}", "preset": "veryfast"}
        if codec == "libx265":
            stream.options = {"x265-params": f"scenecut=0:keyint={gop}:log-level=none", "preset": "ultrafast"}
        for number in range(round(seconds * fps)):
            frame = VideoFrame.from_ndarray(draw_count(number), format="rgb24")
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def counts_of(path: Path) -> list[tuple[float, int]]:
    """Return time and number of each picture of a video."""
    with av.open(str(path)) as file:
        return [
            (float(frame.time or 0.0), read_count(np.asarray(frame.to_ndarray(format="gray"), np.uint8)))
            for frame in file.decode(video=0)
        ]
