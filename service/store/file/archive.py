"""A backup's file: a tar archive, and behind it the SHA-256 of all of it.

    barwatch-20261129T031500Z.tar = members, manifest.json, two empty blocks, "barwatch-sha256:" + 64 digits

`tar` reads it and ignores what follows its end. A file that was cut short or changed by a bit is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from service.domain.errors import BackupError

PATTERN = re.compile(r"barwatch-(\d{8}T\d{6}Z)(-\d+)?\.tar")
MARK = b"barwatch-sha256:"
FOOTER = len(MARK) + 64 + 1
MANIFEST = "manifest.json"
BLOCK = 1 << 20


def listing(folder: Path) -> list[Path]:
    """Return the backups in a folder by their names, the newest first; none of another name."""
    try:
        found = [path for path in folder.iterdir() if PATTERN.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: path.name, reverse=True)


def name_at(now: datetime) -> str:
    """Return the name of a backup that is begun now."""
    return f"barwatch-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"


def made_at(path: Path) -> datetime:
    """Return when a backup of this name was begun; raises BackupError for another name."""
    found = PATTERN.fullmatch(path.name)
    if found is None:
        raise BackupError(f"{path}: not a backup's name")
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BackupError(f"{path}: not a backup's name") from error


def age_of(path: Path, now: datetime) -> str:
    """Return a backup's age in words."""
    age = max(now - made_at(path), timedelta())
    hours = age.total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"


class HashingFile(io.RawIOBase):
    """A file that is only written to, with the digest of all that was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:
        """Write and count in."""
        self.digest.update(content)
        return self._file.write(content)


def write(path: Path, members: Iterable[tuple[str, Path]], about: dict[str, Any]) -> None:
    """Write a backup under another name, sync it to the disk, then give it its own: it is whole or not there.

    Args:
        path: the backup's file; only its owner can read it.
        members: names below the data folder, and the files. One that goes meanwhile is left out.
        about: what else the manifest says.

    Raises:
        OSError: no room, or no permission.
    """
    part, digests = path.with_name(f".{path.name}.part"), dict[str, str]()
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
            hashing = HashingFile(file)
            with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                for name, source in members:
                    try:
                        content = source.read_bytes()  # at once: it may be written to meanwhile
                    except FileNotFoundError:
                        continue
                    _add(archive, name, content)
                    digests[name] = hashlib.sha256(content).hexdigest()
                manifest = json.dumps({**about, "files": digests}, sort_keys=True).encode()
                _add(archive, MANIFEST, manifest)
            file.write(MARK + hashing.digest.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one member below a folder; `filter="data"` needs Python 3.11.4, and Debian 12 has 3.11.2."""
    target = (folder / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise tarfile.TarError(f"{member.name!r} is no file of a data folder")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with content, open(private, "wb") as file:  # noqa: PTH123 - with its mode
        shutil.copyfileobj(content, file)
    os.utime(target, (member.mtime, member.mtime))


def verify(path: Path) -> None:
    """Check that a backup is whole and unchanged; raises BackupError."""
    try:
        with path.open("rb") as file:
            left, digest = path.stat().st_size - FOOTER, hashlib.sha256()
            if left <= 0:
                raise BackupError(f"{path}: not a backup, or cut short")
            while left and (block := file.read(min(BLOCK, left))):
                digest.update(block)
                left -= len(block)
            footer = file.read()
    except OSError as error:
        raise BackupError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not footer.startswith(MARK) or len(footer) != FOOTER:
        raise BackupError(f"{path}: not a backup, or cut short")
    if footer != MARK + digest.hexdigest().encode() + b"\n":
        raise BackupError(f"{path}: damaged: it is not what was written")


def holds(path: Path, name: str) -> bool:
    """Say whether a backup holds a file of this name; raises BackupError."""
    try:
        with tarfile.open(path) as archive:
            return name in archive.getnames()
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{path}: cannot be unpacked: {error}") from error


def extract(path: Path, folder: Path) -> dict[str, Any]:
    """Verify a backup and unpack it into an empty folder; return its manifest. Raises BackupError."""
    verify(path)
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                _unpack(archive, member, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        (folder / MANIFEST).unlink()
    except (OSError, ValueError, tarfile.TarError) as error:
        raise BackupError(f"{path}: cannot be unpacked: {error}") from error
    for name, digest in manifest["files"].items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise BackupError(f"{path}: damaged: {name} is not what was written")
    return manifest
