"""Text files are read as editors save them, or refused in one sentence."""

import codecs
from pathlib import Path

import pytest

from lifts.text import read_text

TEXT = 'name = "Grüner Lift"\nseats = 4\n'


@pytest.mark.parametrize("start", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends_make_no_difference(tmp_path: Path, start: bytes, end: str) -> None:
    """What Notepad, old Macs and everybody else saves is the same text."""
    (tmp_path / "a").write_bytes(start + TEXT.replace("\n", end).encode())
    assert read_text(tmp_path / "a") == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TEXT.encode("utf-16"), "saved as UTF-16"),
        (TEXT.encode("utf-16-le"), "saved as UTF-16"),
        (TEXT.encode("utf-16-be"), "saved as UTF-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "saved as UTF-16"),
        (TEXT.encode("latin-1"), "not UTF-8 in line 1: save it as UTF-8"),
        ((TEXT.replace("ü", "u") + "ü").encode("latin-1"), "not UTF-8 in line 3"),
    ],
)
def test_other_encodings_are_refused_in_one_sentence(tmp_path: Path, data: bytes, reason: str) -> None:
    """The message names the encoding or the line, and what to do."""
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(ValueError, match=reason) as caught:
        read_text(tmp_path / "a")
    assert "save it as UTF-8" in str(caught.value)
    assert "\n" not in str(caught.value)
