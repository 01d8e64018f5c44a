"""Uploaded files: taken up to a size, and read by the one reader of pictures (`lifts.pictures`)."""

from __future__ import annotations

from fastapi import UploadFile

from lifts.errors import PictureError
from lifts.pictures.reader import decode_picture
from service.api.problems import RequestRefusedError
from service.domain.arrays import Image
from service.domain.errors import ImageError


def read_upload(file: UploadFile, name: str, max_mb: float) -> bytes:
    """Return an uploaded file's bytes.

    Raises:
        RequestRefusedError: 413 if it is larger than `max_mb` million bytes.
    """
    limit = int(max_mb * 1e6)
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise RequestRefusedError(
            413, f"{name}: larger than {max_mb:g} MB", "too_large", which=name, most_mb=max_mb
        )
    return data


def decode_upload(data: bytes, name: str) -> Image:
    """Return an uploaded picture as a viewer sees it, uint8[H, W, 3] RGB.

    Raises:
        ImageError: not a JPEG or PNG that can be used; the message begins with `name`.
    """
    try:
        return decode_picture(data).flat()
    except PictureError as error:
        raise ImageError(f"{name}: {error}", error.code, which=name, **error.parameters) from error
