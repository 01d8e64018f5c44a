"""Small recordings made for tests."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt


def write_video(
    path: Path,
    stamps_ms: Iterable[int],
    size: tuple[int, int] = (320, 180),
    *,
    b_frames: int = 2,
    key_every: int = 12,
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """Write an H.264 file (with B-frames), one frame at each of these times, no two alike."""
    width, height = size
    with av.open(str(path), "w") as container:
        chosen = {"bf": str(b_frames), "g": str(key_every), "sc_threshold": "0", "preset": "ultrafast"}
        chosen["threads"] = "1"  # else a picture is cut into as many slices as there are cores
        chosen |= options or {}
        stream = container.add_stream("libx264", rate=25, options=chosen)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        stream.codec_context.time_base = Fraction(1, 1000)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for index, stamp in enumerate(stamps_ms):
            frame = av.VideoFrame.from_ndarray(drawn(index, size), format="bgr24")
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def drawn(index: int, size: tuple[int, int] = (320, 180)) -> npt.NDArray[np.uint8]:
    """Frame number `index`, uint8[H, W, 3] BGR: a ramp that moves and brightens."""
    width, height = size
    ramp = np.linspace(0, 120, width).astype(np.uint8)
    rows = np.repeat(np.roll(ramp, 7 * index)[None, :, None], height, 0).repeat(3, 2)
    return np.ascontiguousarray((rows + index % 100).astype(np.uint8))


def flip_bytes(path: Path, packets: Iterable[int]) -> None:
    """Damage these packets of an MP4 file, counted as they are stored: 8 bytes in each's middle."""
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in packets:
        at, size = places[number]
        assert at is not None
        for k in range(at + size // 2, at + size // 2 + 8):
            data[k] ^= 0xFF
    path.write_bytes(data)
