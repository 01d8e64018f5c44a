"""The one reader of pictures that people provide: masks, references and camera frames."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import UInt8
from lifts.errors import PictureError
from lifts.pictures.header import read_header

_RANGES = (255, 1023, 4095, 16383, 65535)
"""White in 8, 10, 12, 14 and 16 bits: all of them come in files of 16 bits a channel."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """A picture as its file shows it: turned upright, 8 bits a channel.

    rgb: uint8[H, W, 3]; under a transparent pixel, whatever the program left there.
    alpha: uint8[H, W], 255 where it is opaque, or None where the file has no alpha channel.
    lossless: whether every value is as it was drawn (PNG), so that a difference of 1 means something.
    """

    rgb: UInt8
    alpha: UInt8 | None
    lossless: bool

    def flat(self) -> UInt8:
        """Return what a viewer sees, uint8[H, W, 3]: black where the picture is transparent.

        An alpha channel that is the same all over, as cameras and screenshots write it, is ignored.
        """
        if self.alpha is None or self.alpha.min() == self.alpha.max():
            return self.rgb
        return np.asarray(cv2.multiply(self.rgb, cv2.merge([self.alpha] * 3), scale=1 / 255), dtype=np.uint8)


def decode_picture(data: bytes) -> DecodedPicture:
    """Decode a JPEG or PNG file.

    EXIF's orientation is applied, palettes and fewer bits are expanded, CMYK becomes RGB. 16 bits a channel
    become 8 by the smallest range of 8, 10, 12, 14 or 16 bits that holds the picture's values, so that a
    picture of 0 to 255 or of labels in a 16-bit file keeps its values. Colour profiles are not applied. Bytes
    after the picture's own end (a camera's notes, a phone's second picture or film) are cut off.

    Raises:
        PictureError: as `lifts.pictures.header.read_header`, or damaged within.
    """
    header = read_header(data)
    coded = np.frombuffer(data, np.uint8, header.end)
    try:
        decoded = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise PictureError(
            "the picture is damaged and cannot be decoded: save it anew", "picture_damaged"
        ) from error
    if decoded is None:
        raise PictureError("the picture is damaged and cannot be decoded: save it anew", "picture_damaged")
    pixels = np.atleast_3d(decoded)
    alpha = _in_8_bits(pixels[:, :, 3]) if pixels.shape[2] == 4 else None
    colour = _in_8_bits(pixels[:, :, :3])
    code = cv2.COLOR_GRAY2RGB if pixels.shape[2] == 1 else cv2.COLOR_BGR2RGB
    rgb = np.asarray(cv2.cvtColor(colour, code), dtype=np.uint8)
    return DecodedPicture(
        rgb=_upright(rgb, header.orientation),
        alpha=None if alpha is None else _upright(alpha, header.orientation),
        lossless=header.format == "PNG",
    )


def _in_8_bits(values: npt.NDArray[np.generic]) -> UInt8:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values, dtype=np.uint8)
    deep = np.ascontiguousarray(values, dtype=np.uint16)
    white = next(white for white in _RANGES if deep.max() <= white)
    return np.asarray(cv2.convertScaleAbs(deep, alpha=255 / white), dtype=np.uint8).reshape(deep.shape)


def _upright(image: UInt8, orientation: int) -> UInt8:
    if orientation >= 5:
        image = np.swapaxes(image, 0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
