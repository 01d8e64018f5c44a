"""Checks a data folder offline: the chain, every row, picture and signature. Reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from service.audit.chain import check_chain, check_hash, check_head
from service.audit.files import check_clips, check_pictures
from service.audit.findings import Broken, Report
from service.audit.rows import check_rows
from service.audit.selftests import check_self_tests
from service.audit.signing import SIGNING_KEY, SigningKey
from service.domain.errors import ConfigurationError
from service.store.audit import guard
from service.store.audit.heads import HeadFile
from service.store.damage import DAMAGE
from service.store.engines import chosen
from service.store.evidence.remote import EvidenceAddress
from service.store.kept.whole import files_of


def verify(
    data: Path, head: str | None = None, url: str | None = None, evidence: EvidenceAddress | None = None
) -> Report:
    """Check database, pictures, clips and self-tests of a data folder; the service may run meanwhile.

    Args:
        data: the folder.
        head: a hash that was the chain's head once, and must still be in it.
        url: of its PostgreSQL database, of which one state is copied and checked.
        evidence: the shared store of its pictures and clips.

    Raises:
        ConfigurationError: there is no database, or none with an audit.
    """
    report = Report()
    data = Path(data)
    pictures, clips = files_of(data, evidence)
    with chosen.engine_of(data, url).as_file(data) as file, closing(open_read_only(file)) as database:
        for step in (
            _check_file(database),
            check_chain(database, report),
            _check_heads(database, data, head),
            check_rows(database, report),
            check_pictures(database, pictures, report),
            check_clips(database, clips, report),
            check_self_tests(database, _own_key(data), report),
        ):
            try:
                report.take(step)
            except (sqlite3.Error, *DAMAGE) as error:
                report.take([Broken("the database", f"it cannot be read: {error}")])
    return report


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a database's file at one state of it; raises ConfigurationError."""
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        # Damaged text must be read as it is: it is to be found, not to end the search.
        database.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        guard.add_function(database)
        database.execute("BEGIN")
        audited = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit'").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError(f"{path}: the database cannot be opened: {error}") from error
    if audited is None:
        raise ConfigurationError(f"{path}: this database has no audit yet: start the service once")
    return database


def _own_key(data: Path) -> frozenset[str]:
    """Return the folder's public key if there is one; none is made here."""
    if not (Path(data) / SIGNING_KEY).is_file():
        return frozenset()
    try:
        return frozenset({SigningKey(data).public()})
    except ConfigurationError:
        return frozenset()  # the audit names the keys as well


def _check_file(database: sqlite3.Connection) -> Iterator[Broken]:
    for (line,) in database.execute("PRAGMA integrity_check(1)"):
        if line != "ok":
            yield Broken("the database's file", line)


def _check_heads(database: sqlite3.Connection, data: Path, head: str | None) -> Iterator[Broken]:
    kept = HeadFile(data).read()
    if kept is not None:
        yield from check_head(database, kept)
    if head is not None:
        yield from check_hash(database, head)
