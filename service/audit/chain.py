"""Follows the chain: are all entries there, and does each hash follow from its content and the one before?"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from service.audit.findings import Broken, Report
from service.store.audit import entries, guard

GUARDS = ("audit_refuses_update", "audit_refuses_delete", "seals_refuses_update", "seals_refuses_delete")
"""The triggers by which the database refuses to change the audit."""

_HASH = re.compile(r"[0-9a-f]{64}")
_COLUMNS = ", ".join(entries.COVERED)


def check_chain(database: sqlite3.Connection, report: Report) -> Iterator[Broken]:
    """Yield what is broken in entries and seals, the oldest first; notes the head in the report."""
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    for name in GUARDS:
        if name not in names:
            yield Broken("the audit", f"the database no longer refuses to change it: {name} is gone")
    compacted = compacted_to(database)
    before, covered = entries.NOTHING, 0
    query = f"SELECT {_COLUMNS}, hash FROM audit ORDER BY seq"  # noqa: S608 - our own columns
    for *values, written in database.execute(query):
        entry = dict(zip(entries.COVERED, values, strict=True))
        report.entries += 1
        seq, last, name = entry["seq"], entry["last_seal"], f"audit entry {entry['seq']}"
        if not isinstance(last, int):
            last = covered  # somebody wrote something else there, which the hash shows
        if seq != report.head_seq + 1:
            yield Broken(f"audit entry {report.head_seq + 1}", "it is missing")
        report.head_seq, report.head_hash = seq, written
        if entries.link(before, entries.body_digest(values)) != written:
            yield Broken(
                name, f"its hash does not follow from its content and the entry before: {_said(entry)}"
            )
        if last > compacted and entry["seals"] != _seals(database, covered, last):
            covers = f"the seals {covered + 1} to {last} that it covers"
            yield Broken(name, f"{covers} are not those that were written")
        if entry["action"] == guard.CUT:
            yield Broken(f"audit entry {entry['subject']}", f"it was missing or another at {entry['at']}")
        before, covered = written if _HASH.fullmatch(str(written)) else entries.NOTHING, last
    report.uncovered = database.execute("SELECT count(*) FROM seals WHERE id > ?", (covered,)).fetchone()[0]


def compacted_to(database: sqlite3.Connection) -> int:
    """Return up to which seal the chain itself says that they are no longer needed."""
    query = "SELECT max(CAST(subject AS INTEGER)) FROM audit WHERE action = 'audit.compacted'"
    return database.execute(query).fetchone()[0] or 0


def check_head(database: sqlite3.Connection, head: entries.Head) -> Iterator[Broken]:
    """Yield something unless the chain still holds an entry that was kept elsewhere."""
    found = database.execute("SELECT hash FROM audit WHERE seq = ?", (head.seq,)).fetchone()
    if found is None:
        yield Broken(f"audit entry {head.seq}", f"it is missing: {head.hash} was the head once")
    elif found[0] != head.hash:
        yield Broken(f"audit entry {head.seq}", f"its hash is another: {head.hash} was the head once")


def check_hash(database: sqlite3.Connection, head: str) -> Iterator[Broken]:
    """Yield something unless the chain holds an entry of this hash."""
    if database.execute("SELECT 1 FROM audit WHERE hash = ?", (head,)).fetchone() is None:
        yield Broken("the audit", f"no entry has the hash {head}: it was cut or written anew since then")


def _seals(database: sqlite3.Connection, after: int, last: int) -> str:
    query = "SELECT id, tbl, key, form, digest FROM seals WHERE id > ? AND id <= ? ORDER BY id"
    return entries.digest_of_seals(database.execute(query, (after, last)))


def _said(entry: dict[str, object]) -> str:
    return f"{entry['at']} {entry['actor']} {entry['action']} {entry['subject']}"
