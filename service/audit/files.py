"""Compares every stored picture and clip with the digest in its record."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from service.audit.findings import Broken, Report
from service.domain.alarm import AlarmKind
from service.domain.errors import EvidenceUnreachableError
from service.store.evidence.files import EvidenceFiles
from service.store.pictures import numbers_beside
from service.store.upkeep.plan import PictureChoice


class _Restored(NamedTuple):
    """A restored backup, by its entry in the audit: of which passages' pictures it had none.

    until: the last of its passages' rows. alarms: it has those of alarms of the bar.
    """

    until: int
    alarms: bool


def check_pictures(database: sqlite3.Connection, files: EvidenceFiles, report: Report) -> Iterator[Broken]:
    """Yield the pictures that are gone or changed although their passage names them, oldest first.

    Those that a restored backup had left out on purpose are counted, not broken.
    """
    restored = list(_restored(database))
    alarmed = "SELECT passage_id FROM alarms WHERE kind = ? AND passage_id IS NOT NULL"
    of_alarms = (
        {name for (name,) in database.execute(alarmed, (AlarmKind.BAR_OPEN.value,))} if restored else set()
    )
    for row, passage_id, pictures in database.execute("SELECT row, id, pictures FROM passages ORDER BY row"):
        left_out = any(row <= one.until and not (one.alarms and passage_id in of_alarms) for one in restored)
        try:
            kept: list[dict[str, Any]] = list(json.loads(pictures))
        except (ValueError, TypeError):
            continue  # the row differs from its seal
        for number, picture in enumerate(kept, 1):
            file, numbers = picture.get("file"), picture.get("numbers_sha256")
            beside = numbers_beside(file) if isinstance(file, str) and numbers is not None else None
            for name, expected, what in (
                (file, picture.get("sha256"), "picture"),
                (picture.get("why"), picture.get("why_sha256"), "map"),
                (beside, numbers, "numbers of picture"),
            ):
                if not isinstance(name, str):
                    continue
                if left_out and not files.exists(name):
                    report.left_out += 1
                    continue
                if not isinstance(expected, str):
                    report.unnoted += 1
                    continue
                report.pictures += 1
                differs = _differs(files, name, expected)
                if differs is not None:
                    yield Broken(f"{what} {number} of passage {passage_id} ({name})", differs)


def _restored(database: sqlite3.Connection) -> Iterator[_Restored]:
    for (details,) in database.execute("SELECT details FROM audit WHERE action = 'database.restore'"):
        try:
            found = json.loads(details)
            choice, until = PictureChoice(found["pictures"]), int(found["until"])
        except (ValueError, TypeError, KeyError):
            continue  # of an earlier version, which did not say, or damaged: the chain says so
        if choice is not PictureChoice.ALL:
            yield _Restored(until, choice is PictureChoice.ALARMS)


def check_clips(database: sqlite3.Connection, files: EvidenceFiles, report: Report) -> Iterator[Broken]:
    """Yield the clips that are gone or changed although their record names them, oldest first."""
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'clips'").fetchone() is None:
        return  # a database from before there were any
    query = "SELECT alarm_id, file, sha256 FROM clips WHERE file IS NOT NULL ORDER BY at"
    for alarm_id, file, digest in database.execute(query):
        report.clips += 1
        differs = _differs(files, str(file), str(digest))
        if differs is not None:
            yield Broken(f"clip of alarm {alarm_id} ({file})", differs)


def _differs(files: EvidenceFiles, name: str, expected: str) -> str | None:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        return "it lies outside its folder"
    try:
        content = files.read(name)
    except EvidenceUnreachableError as error:
        return f"it cannot be read: {error}"
    if content is None:
        return "it is missing, although its record still has it"
    return None if hashlib.sha256(content).hexdigest() == expected else "it is not the file that was stored"
