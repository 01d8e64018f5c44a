"""Checks the signed records of self-tests offline: signature, key, the row around it, the lift's chain.

A seal says that the service wrote a row, and whoever runs our code can write one. A signature takes the
installation's key as well. Which keys were the installation's is in the audit's entries `service.start`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import StrEnum
from typing import Any

from service.audit.findings import Broken, Report
from service.audit.signing import is_signed

SELF_TESTS = "self_tests"

KEYS = "SELECT details FROM audit WHERE action = 'service.start' ORDER BY seq"
"""What `keys_in` reads."""

_COLUMNS = ("id", "lift_id", "number", "started_at", "result", "record", "signature", "public_key")
_SIGNED_TOO = ("id", "lift_id", "number", "result")
"""Columns that say what the record says."""


class RecordState(StrEnum):
    """How far a self-test's record proves itself. Part of the API: a code never changes its meaning."""

    SIGNED = "signed"
    NOT_SIGNED = "not_signed"
    OTHER_KEY = "other_key"
    CHANGED = "changed"
    """Its row says something else than what was signed, or that is no record."""
    NOT_IN_AUDIT = "not_in_audit"
    """The audit names another record, or none."""


def keys_in(starts: Iterable[str]) -> frozenset[str]:
    """Return the public keys (base64) that the details of the audit's entries `service.start` name."""
    found = set[str]()
    for details in starts:
        try:
            found.add(str(json.loads(details)["signing_key"]))
        except (ValueError, TypeError, KeyError):
            continue  # of an earlier version, or changed: the chain says so
    return frozenset(found - {""})


def check_self_tests(database: sqlite3.Connection, own: Set[str], report: Report) -> Iterator[Broken]:
    """Yield the records that are not what this installation signed, or are left out; by lift, oldest first.

    own: public keys that are this installation's besides those that the audit names.
    """
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (SELF_TESTS,)).fetchone() is None:
        return  # a database from before there were any
    keys = keys_in(details for (details,) in database.execute(KEYS)) | own
    noted = _noted(database)
    lift_id, number, before = None, 0, ""
    query = f"SELECT {', '.join(_COLUMNS)} FROM {SELF_TESTS} ORDER BY lift_id, number"  # noqa: S608 - our own columns
    for values in database.execute(query):
        row = dict(zip(_COLUMNS, values, strict=True))
        if row["lift_id"] != lift_id:
            lift_id, number, before = row["lift_id"], 0, ""
        report.self_tests += 1
        name, number = _name(row), number + 1
        if row["number"] != number:
            yield Broken(f"self-test {number} of lift {lift_id}", "it is missing")
        wrong = fault_of(row, keys)
        digest = hashlib.sha256(str(row["record"]).encode("utf-8", "surrogateescape")).hexdigest()
        if wrong is not None:
            yield Broken(name, wrong)
        elif row["number"] == number and json.loads(row["record"]).get("before") != before:
            yield Broken(name, "the record before it is not the one that it names")
        elif noted.get((str(lift_id), row["number"])) != digest:
            yield Broken(name, "the audit's entry self_test.run names another record, or there is none")
        number, before = row["number"] if isinstance(row["number"], int) else number, digest


def check_packed(rows: Iterable[Mapping[str, Any]], keys: Set[str], report: Report) -> Iterator[Broken]:
    """Yield the records of a pack that are not what the installation signed; rows: column -> content."""
    for row in rows:
        report.self_tests += 1
        wrong = fault_of(row, keys)
        if wrong is not None:
            yield Broken(_name(row), wrong)


def fault_of(row: Mapping[str, Any], keys: Set[str]) -> str | None:
    """Return what is wrong with a record, None if nothing is. keys: the installation's, base64."""
    return state_of(row, keys)[1]


def state_of(row: Mapping[str, Any], keys: Set[str]) -> tuple[RecordState, str | None]:
    """Return how far a record proves itself, and why no further. keys: the installation's, base64."""
    text, public = str(row.get("record")), str(row.get("public_key"))
    content = text.encode("utf-8", "surrogateescape")
    if not is_signed(content, str(row.get("signature")), public):
        return RecordState.NOT_SIGNED, "its signature is not of this record by the key that it names"
    if public not in keys:
        return RecordState.OTHER_KEY, f"it was signed by a key that is not this installation's: {public}"
    try:
        record = json.loads(text)
        differs = [name for name in _SIGNED_TOO if record[name] != row.get(name)]
    except (ValueError, TypeError, KeyError):
        return RecordState.CHANGED, "what was signed is no record of a self-test"
    # One is written as the database writes times, the other as JSON does: to the second both read alike.
    if str(record.get("started_at"))[:19].replace("T", " ") != str(row.get("started_at"))[:19]:
        differs.append("started_at")
    if differs:
        said = f"its row says something else than what was signed ({', '.join(differs)})"
        return RecordState.CHANGED, said
    return RecordState.SIGNED, None


def _name(row: Mapping[str, Any]) -> str:
    return f"self-test {row.get('number')} of lift {row.get('lift_id')}"


def _noted(database: sqlite3.Connection) -> dict[tuple[str, int], str]:
    """Return the digest that the audit names for each self-test."""
    found: dict[tuple[str, int], str] = {}
    query = "SELECT subject, details FROM audit WHERE action = 'self_test.run'"
    for subject, details in database.execute(query):
        try:
            lift_id, number = subject.rsplit("/", 1)
            found[lift_id, int(number)] = str(json.loads(details)["sha256"])
        except (ValueError, TypeError, KeyError):
            continue  # the chain says so
    return found
