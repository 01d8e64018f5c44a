"""A backup's file is unpacked by any Python 3.11, and nowhere but below its folder."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from service.domain.errors import BackupError
from service.store.file import archive

pytestmark = pytest.mark.sqlite


def test_it_is_unpacked_by_debians_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11.2 has no filters: nothing of them is asked for; files are their owner's alone."""

    def former(*_: object, **named: object) -> None:
        raise TypeError(f"unexpected keyword arguments {sorted(named)}")

    monkeypatch.setattr(tarfile.TarFile, "extractall", former)
    monkeypatch.setattr(tarfile.TarFile, "extract", former)
    source = tmp_path / "source"
    source.write_bytes(b"rows")
    archive.write(tmp_path / "backup.tar", [("barwatch.db", source), ("a/b.jpg", source)], {"version": 1})
    folder = tmp_path / "data"
    folder.mkdir()
    assert archive.extract(tmp_path / "backup.tar", folder)["version"] == 1
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in found.items()} == {
        "barwatch.db": b"rows",
        "a/b.jpg": b"rows",
    }
    assert {path.stat().st_mode & 0o777 for path in found.values()} == {0o600}


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str, kind: bytes) -> None:
    """A backup that somebody has made by hand, with a right digest."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for each, content in ((name, b"x"), (archive.MANIFEST, json.dumps({"files": {}}).encode())):
            info = tarfile.TarInfo(each)
            info.size, info.type = len(content), kind if each == name else tarfile.REGTYPE
            info.linkname = "/etc/passwd"
            tar.addfile(info, io.BytesIO(content))
    backup = tmp_path / "backup.tar"
    digest = hashlib.sha256(made.getvalue()).hexdigest().encode()
    backup.write_bytes(made.getvalue() + archive.MARK + digest + b"\n")
    folder = tmp_path / "data"
    folder.mkdir()
    with pytest.raises(BackupError, match="no file of a data folder"):
        archive.extract(backup, folder)
    assert not (tmp_path / "outside").exists()
