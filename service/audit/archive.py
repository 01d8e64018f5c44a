"""A pack as a file: a ZIP without compression and times, so that its content alone decides each byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of these files, in the order of their names; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, files[name])
    return target.getvalue()


def unpacked(content: bytes, most_bytes: int) -> dict[str, bytes]:
    """Return the files of a ZIP.

    Raises:
        ValueError: it is none, one of its files is damaged, or they are larger than `most_bytes` together.
    """
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > most_bytes:
                raise ValueError(f"its files are larger than {most_bytes} bytes")
            for info in archive.infolist():
                files[info.filename] = archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ValueError(str(error)) from error
    return files
