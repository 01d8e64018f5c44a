"""Compares every stored picture with the digest in its passage's record."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.audit.findings import Broken, Report
from service.store.pictures import numbers_beside


def check_pictures(database: sqlite3.Connection, folder: Path, report: Report) -> Iterator[Broken]:
    """Yield the pictures that are gone or changed although their passage names them, oldest first."""
    for passage_id, pictures in database.execute("SELECT id, pictures FROM passages ORDER BY row"):
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
                if not isinstance(expected, str):
                    report.unnoted += 1
                    continue
                report.pictures += 1
                differs = _differs(folder, name, expected)
                if differs is not None:
                    yield Broken(f"{what} {number} of passage {passage_id} ({name})", differs)


def _differs(folder: Path, name: str, expected: str) -> str | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return "it lies outside the pictures' folder"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "it is missing, although its passage still has it"
    return None if found == expected else "it is not the file that was stored"
