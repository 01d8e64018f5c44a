"""Text files that people provide, as editors save them."""

from __future__ import annotations

import codecs
from pathlib import Path


def read_text(path: Path) -> str:
    """Return a text file's content: UTF-8 with or without a byte-order mark, with line ends of any system.

    Raises:
        ValueError: it is in another encoding; the message says which and what to do.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in data[:2]:
        raise ValueError('saved as UTF-16 ("Unicode" in some editors): save it as UTF-8')
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"not UTF-8 in line {line}: save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
