"""Pictures of a passage as the service leaves them on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service.domain.arrays import Image
from service.store.pictures import Pictures


def keep(pictures: Pictures, seen_at: datetime, images: Sequence[Image], name: str = "p") -> list[str | None]:
    """Write pictures of the lift "lift", and return the names of those that were written."""
    stem = pictures.stem("lift", seen_at, name)
    files = {f"{stem}_{n}.jpg": image for n, image in enumerate(images, 1)}
    return save_all(pictures, files)


def keep_maps(pictures: Pictures, files: Sequence[str | None], maps: Image) -> list[str | None]:
    """Write the maps beside the pictures of these names."""
    named = {str(file).replace(".jpg", ".png"): one for file, one in zip(files, maps, strict=True)}
    return save_all(pictures, named)


def save_all(pictures: Pictures, files: dict[str, Image]) -> list[str | None]:
    """Write files that a record names; None in place of each that could not be."""
    pictures.expect(files)
    return [name if pictures.save(name, image) else None for name, image in files.items()]
