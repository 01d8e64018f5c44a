"""H.264 compression of single pictures, as in a camera's stream."""

from __future__ import annotations

import av
import cv2
import numpy as np

from lifts.arrays import UInt8


def h264(before: UInt8, image: UInt8, crf: int) -> UInt8:
    """Return a picture uint8[H, W, 3] RGB as it comes out of libx264, predicted from the one before it.

    Args:
        before: uint8[H, W, 3], the frame before, coded as a key frame: artefacts are where something moved.
        image: uint8[H, W, 3]; sides are even.
        crf: 18 (fine) .. 42 (coarse).

    One thread and whole numbers only (the colours are OpenCV's to convert, libswscale's arithmetic depends on
    the processor): the same bytes on any machine with the same library.
    """
    height, width = image.shape[:2]
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = encoder.framerate = 25  # type: ignore[assignment]
    encoder.thread_count = 1
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(crf)}
    packets = []
    for picture in (before, image):
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
        packets += encoder.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p"))
    packets += encoder.encode(None)
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    frames = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    return np.asarray(cv2.cvtColor(frames[-1].to_ndarray(), cv2.COLOR_YUV2RGB_I420), np.uint8)
