"""Compares every row with its newest seal: none may be changed, added or taken away by another tool."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from service.audit.findings import Broken, Report
from service.store.audit import guard
from service.store.audit.guard import HINT, Form

_DIGEST = 32


def check_rows(database: sqlite3.Connection, report: Report) -> Iterator[Broken]:
    """Yield the rows that differ from what was sealed, of every guarded table, the first written first."""
    forms = {
        int(number): guard.forms_of(int(number), details)
        for number, details in database.execute(
            "SELECT subject, details FROM audit WHERE action = ? ORDER BY seq", (guard.FORM,)
        )
    }
    if not forms:
        yield Broken("the audit", "it says of no table what its seals cover")
        return
    database.execute(
        "CREATE TEMP TABLE newest AS"
        " SELECT tbl, key, form, digest, max(id) AS id FROM seals GROUP BY tbl, key"
    )
    database.execute("CREATE INDEX temp.ix_newest ON newest (tbl, key)")
    found: list[tuple[int, Broken]] = []
    for table, form in forms[max(forms)].items():
        try:
            found += _check_table(database, table, form, forms, report)
        except sqlite3.Error as error:
            found.append((0, Broken(f"table {table}", f"it cannot be read: {error}")))
    epoch = database.execute(  # the newest: a restored backup begins another
        "SELECT subject FROM audit WHERE action = 'database.epoch' ORDER BY seq DESC"
    ).fetchone()
    if (
        epoch is not None
        and database.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone() != epoch
    ):
        found.append((0, Broken("meta ['epoch']", "it is not the one that was recorded")))
    for _, broken in sorted(found, key=lambda one: one[0]):
        yield broken


def _check_table(
    database: sqlite3.Connection, table: str, form: Form, forms: dict[int, dict[str, Form]], report: Report
) -> Iterator[tuple[int, Broken]]:
    name = form.name_of(table)
    report.rows += database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own tables
    rows = f"(SELECT {name} AS name, * FROM {table})"  # noqa: S608
    unsealed = (
        f"SELECT name FROM {rows} AS r WHERE NOT EXISTS (SELECT 1 FROM newest WHERE tbl = ? AND key = name)"  # noqa: S608
    )
    for (key,) in database.execute(unsealed, (table,)):
        yield 0, Broken(f"{table} {key}", "this row was not written by the service")
    for number, of_tables in forms.items():
        if table not in of_tables:
            continue
        then = of_tables[table]
        now = then.seal_of(table, table)
        differing = (
            f"SELECT newest.id, newest.key, newest.digest, {now} FROM {table}"  # noqa: S608
            # Cross: each row finds its seals by their index; the planner would try all rows for each seal.
            f" CROSS JOIN newest ON newest.tbl = ? AND newest.key = {name} AND newest.form = ?"
            f" WHERE newest.digest IS NULL OR newest.digest != {now}"
        )
        for seal, key, was, is_now in database.execute(differing, (table, number)):
            if was is None:
                yield seal, Broken(f"{table} {key}", "this row was deleted, and is there again")
            else:
                differs = "it is not what the service wrote"
                yield seal, Broken(f"{table} {key}", differs, _columns(then, was, is_now))
    database.execute(f"CREATE TEMP TABLE present AS SELECT {name} AS name FROM {table}")  # noqa: S608
    database.execute("CREATE INDEX temp.ix_present ON present (name)")
    missing = (
        "SELECT id, key FROM newest WHERE tbl = ? AND digest IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM present WHERE name = key)"
    )
    for seal, key in database.execute(missing, (table,)).fetchall():
        yield seal, Broken(f"{table} {key}", "this row is missing, and the service did not delete it")
    database.execute("DROP TABLE present")


def _columns(form: Form, was: bytes, now: bytes) -> tuple[str, ...]:
    """Return which columns differ, by the short digests behind the row's own."""
    places = range(_DIGEST, _DIGEST + HINT * len(form.columns), HINT)
    return tuple(
        name
        for name, at in zip(form.columns, places, strict=True)
        if was[at : at + HINT] != now[at : at + HINT]
    )
