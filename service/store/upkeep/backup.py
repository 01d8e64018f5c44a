"""Backups of a data folder, made while the service runs, and brought back.

The database is copied page by page from one consistent state of it, which holds up no writer, and checked;
then database, what was learnt of the lines, set-ups, and as many pictures as wanted are written into one file
(service.store.file.archive).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.errors import (
    BackupError,
    ConfigurationError,
    DatabaseDamagedError,
    EvidenceUnreachableError,
)
from service.domain.people import SYSTEM
from service.host.folders.lock import FolderLock
from service.host.private import private_folder
from service.store.alarms.history import ensure_epoch
from service.store.audit import entries
from service.store.clips.folder import CLIPS, ClipFolder
from service.store.clips.missing import note_missing
from service.store.database import Store
from service.store.engines import chosen
from service.store.evidence.files import EvidenceFiles
from service.store.evidence.remote import EvidenceAddress
from service.store.file import archive
from service.store.file.check import recheck
from service.store.file.moved import NOTE
from service.store.kept.whole import files_of
from service.store.pictures import PICTURES, numbers_beside
from service.store.upkeep.plan import ClipChoice, PictureChoice

log = structlog.get_logger(__name__)

DATABASE = "barwatch.db"
KEYS = ("secret.key", "signing.key")
FOLDERS = ("learnt", "setup")
KEPT = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", NOTE, "audit.head", *FOLDERS, PICTURES, CLIPS)
"""What a restored backup takes the place of."""

PAGES, PAUSE_S = 256, 0.005
"""Pages copied at once, 1 MB, and the pause after them: the disk stays free for alarms."""

COUNTED = ("lifts", "mask_versions", "passages", "alarms", "alarm_events")


def make(
    data: Path,
    to: Path,
    *,
    keep: int | None = None,
    pictures: PictureChoice = PictureChoice.ALARMS,
    clips: ClipChoice = ClipChoice.HELD,
    with_keys: bool = False,
    now: datetime | None = None,
    url: str | None = None,
    evidence: EvidenceAddress | None = None,
) -> Path:
    """Make and verify a backup; return its file. The service may run meanwhile.

    Args:
        data: the data folder.
        to: the folder of the backups, made if it is missing.
        keep: how many backups stay there; None: all. The oldest go, but only after the new one is good.
        pictures, clips: which of them are part of it.
        with_keys: whether the keys of cameras' passwords and of signatures are.
        now: the time in its name.
        url: of a PostgreSQL database, of which the backup holds one state as a file of SQLite.
        evidence: the shared store of pictures and clips, from which they are fetched.

    Raises:
        BackupError: there is no database, it is damaged, or the backup cannot be written.
    """
    path = to / archive.name_at(now or datetime.now(UTC))
    try:
        private_folder(to)
        with (
            tempfile.TemporaryDirectory(dir=to, prefix=".backup-") as work,
            chosen.engine_of(data, url).as_file(Path(work)) as source,
        ):
            copy = Path(work) / DATABASE
            _need_room(source, to)
            counts = _copy(source, copy)
            recheck(copy)
            kept_pictures, kept_clips = files_of(data, evidence)
            members = chain(
                _members(data, with_keys=with_keys, database=copy),
                _files(kept_pictures, PICTURES, _pictures(copy, pictures, kept_pictures), Path(work)),
                _files(kept_clips, CLIPS, _clips(copy, clips), Path(work)),
            )
            about = {"format": 1, "made_at": archive.made_at(path).isoformat(), "counts": counts}
            about["pictures"] = pictures.value
            archive.write(path, members, about)
        archive.verify(path)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{to}: the backup cannot be written: {error}") from error
    except (ConfigurationError, DatabaseDamagedError, EvidenceUnreachableError) as error:
        raise BackupError(f"not backed up: {error}") from error
    for old in archive.listing(to)[max(keep, 1) :] if keep is not None else ():
        if old != path:
            old.unlink(missing_ok=True)
    return path


def restore(backup: Path, data: Path, *, force: bool = False, shared: bool = False) -> Path | None:
    """Put a backup into a data folder that no service uses; return where what was there is now, if anything.

    Sign-ins end, for one that was ended since the backup must not come back, and clients of the alarm feed
    are told that it is another sequence. The database is written anew, so that it can give room back.

    Args:
        backup: the file.
        data: the folder; made if it is missing.
        force: whether what is there is moved aside. Nothing is ever overwritten.
        shared: there is a shared store, which may have the clips that the backup has not.

    Raises:
        BackupError: the backup is damaged, cut short, or does not fit its own description.
        ConfigurationError: the folder holds data and not `force`, or a service uses it.
    """
    archive.verify(backup)
    lock = FolderLock(data)
    try:
        kept = (*KEPT, *(key for key in KEYS if archive.holds(backup, key)))
        there = [data / name for name in kept if (data / name).exists()]
        if there and not force and any(_holds_something(path) for path in there):
            raise ConfigurationError(f"{data} holds data ({there[0].name}): --force moves it aside first")
        with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as work:
            fresh = Path(work)
            manifest = archive.extract(backup, fresh)
            _settle(fresh / DATABASE, manifest, backup, shared=shared)
            aside = _move_aside(there, data)
            for path in sorted(fresh.iterdir()):
                path.rename(data / path.name)
        return aside
    except (OSError, sqlite3.Error, KeyError, AttributeError) as error:
        raise BackupError(f"{backup}: cannot be restored: {error}") from error
    finally:
        lock.release()


def _need_room(source: Path, to: Path) -> None:
    size = source.stat().st_size
    if shutil.disk_usage(to).free < 3 * size:
        raise BackupError(
            f"{to}: too little room: a database of {size / 1e6:.0f} MB needs three times as much"
        )


def _copy(source: Path, target: Path) -> dict[str, int]:
    """Copy the database as it is at this moment; return how many rows it has of each counted table."""
    reading = sqlite3.connect(
        f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10, isolation_level=None
    )
    with closing(reading), closing(sqlite3.connect(target)) as writing:
        # Within one read transaction: otherwise the copy begins anew whenever somebody writes.
        reading.execute("BEGIN")
        counts = _counts(reading)
        reading.backup(writing, pages=PAGES, sleep=PAUSE_S)
        writing.execute("PRAGMA journal_mode=DELETE")
        return counts


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608 - our own tables


def _members(data: Path, database: Path, *, with_keys: bool) -> Iterator[tuple[str, Path]]:
    yield DATABASE, database
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(data).as_posix(), path
    if with_keys:
        yield from ((key, data / key) for key in KEYS if (data / key).is_file())


def _files(files: EvidenceFiles, folder: str, names: Iterable[str], work: Path) -> Iterator[tuple[str, Path]]:
    """Give evidence by its names in the archive; what lies elsewhere is fetched into `work` one by one."""
    for name in names:
        if not files.is_shared:
            if (path := files.folder / name).is_file() and not path.is_symlink():
                yield f"{folder}/{name}", path
        elif (content := files.read(name)) is not None:
            fetched = work / "fetched"
            fetched.write_bytes(content)
            yield f"{folder}/{name}", fetched


def _pictures(database: Path, wanted: PictureChoice, kept: EvidenceFiles) -> Iterable[str]:
    if wanted is PictureChoice.ALL:
        return sorted(kept.everything())
    return _of_alarms(database) if wanted is PictureChoice.ALARMS else ()


def _clips(database: Path, wanted: ClipChoice) -> list[str]:
    if wanted is ClipChoice.NONE:
        return []
    query = "SELECT file FROM clips WHERE file IS NOT NULL"
    if wanted is ClipChoice.HELD:
        query += " AND alarm_id IN (SELECT id FROM alarms WHERE held)"
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return [str(name) for (name,) in connection.execute(query)]


def _of_alarms(database: Path) -> Iterator[str]:
    query = (
        "SELECT pictures FROM passages WHERE id IN (SELECT passage_id FROM alarms WHERE kind = 'bar_open')"
    )
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for (stored,) in connection.execute(query):
            try:
                for picture in json.loads(stored):
                    yield from (name for kind in ("file", "why") if (name := picture.get(kind)))
                    if picture.get("file") and picture.get("numbers_sha256"):
                        yield numbers_beside(picture["file"])
            except (ValueError, AttributeError, TypeError):
                continue  # a damaged record names nothing


def _settle(database: Path, manifest: Mapping[str, Any], backup: Path, *, shared: bool) -> None:
    """Check the restored database against what the backup says of it, and make it this installation's."""
    try:
        recheck(database)
    except DatabaseDamagedError as error:
        raise BackupError(f"{backup}: {error}") from error
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        if (found := _counts(connection)) != (counts := manifest.get("counts")):
            raise BackupError(f"{backup}: it says that it holds {counts}, and holds {found}")
    with closing(Store.open(database.parent)) as store:
        job = partial(_begin_anew, pictures=manifest.get("pictures"))
        store.write(job).result()  # sealed and in the audit: `verify` takes it for no forgery
        if not shared:
            note_missing(store, ClipFolder(database.parent))
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("VACUUM")
    database.chmod(0o600)


def _begin_anew(session: Session, pictures: str | None) -> None:
    """End every sign-in, give the sequence of alarms another epoch, and note which pictures were left out.

    pictures: which ones the backup has (a PictureChoice); None of one that does not say.
    """
    session.execute(text("DELETE FROM sessions"))
    session.execute(text("DELETE FROM meta WHERE key IN ('epoch', 'clock')"))
    ensure_epoch(session)
    until = session.execute(text("SELECT max(row) FROM passages")).scalar()
    entries.record(session, "database.restore", by=SYSTEM, pictures=pictures, until=until or 0)


def _move_aside(there: list[Path], data: Path) -> Path | None:
    if not there:
        return None
    aside = data / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    aside.mkdir(mode=0o700)
    for path in there:
        path.rename(aside / path.name)
    return aside


def _holds_something(path: Path) -> bool:
    return path.is_file() or any(path.iterdir())
