"""Seals and guards of the audit in PostgreSQL; what they mean is said in service.store.audit.guard.

Triggers stay in the database here. They seal for connections that say they are the service's writer, so that
a change by another tool leaves no seal and is found, as with SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from service.store.audit.guard import Form

WRITES = "barwatch.writes"
"""The setting of a connection that writes as the service."""

REFUSALS = ("audit_refuses_update", "audit_refuses_delete", "seals_refuses_update", "seals_refuses_delete")


def columns_of(connection: Connection) -> dict[str, list[tuple[str, int]]]:
    """Return each table's columns, with their place in the primary key from 1 on, 0 of those beside it."""
    found: dict[str, list[tuple[str, int]]] = {}
    rows = connection.exec_driver_sql(
        "SELECT c.relname, a.attname, coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'"
        " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
        " WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped"
    )
    for table, column, place in rows:
        found.setdefault(table, []).append((column, place))
    return found


def key_of(form: Form, row: str) -> str:
    """Return the SQL for the row's name as SQLite's json_array writes it."""
    parts = " || ',' || ".join(f"coalesce(to_json({row}.\"{name}\")::text, 'null')" for name in form.key)
    return f"('[' || {parts} || ']')"


def values_of(form: Form, row: str) -> str:
    """Return the SQL for kind and content of each column; text as text."""
    columns = (f'{row}."{name}"' for name in form.columns)
    return ", ".join(f"coalesce(barwatch_kind({column}), 'null'), {column}" for column in columns)


def seal_of(form: Form, table: str, row: str) -> str:
    """Return the SQL for the row's digest."""
    columns = ", ".join(f'barwatch_digest({row}."{name}")' for name in form.columns)
    return f"barwatch_row('{table}', {key_of(form, row)}, ARRAY[{columns}])"


def watch(connection: Connection, forms: Mapping[str, Form]) -> None:
    """Make what seals each table by its form, unless it is there."""
    standing = {
        (table, function)
        for table, function in connection.exec_driver_sql(
            "SELECT c.relname, p.proname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname = 'barwatch_sealed'"
            " AND t.tgenabled = 'O'"
        )
    }
    for table, form in forms.items():
        function = f"seal_{table}_{form.number}"
        if (table, function) in standing:
            continue
        insert = "INSERT INTO seals (tbl, key, form, digest) VALUES"
        new = f"{insert} ('{table}', {key_of(form, 'NEW')}, {form.number}, {seal_of(form, table, 'NEW')})"
        gone = f"{insert} ('{table}', {key_of(form, 'OLD')}, {form.number}, NULL)"
        columns = ", ".join(f'"{name}"' for name in form.columns)
        run = connection.connection.cursor().execute
        run(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $seal$ BEGIN"
            f" IF TG_OP = 'DELETE' THEN {gone}; ELSE {new}; END IF; RETURN NULL; END $seal$"
        )
        run(
            f"CREATE OR REPLACE TRIGGER barwatch_sealed AFTER INSERT OR DELETE OR UPDATE OF {columns}"
            f' ON "{table}" FOR EACH ROW'
            f" WHEN (current_setting('{WRITES}', true) = 'on') EXECUTE FUNCTION {function}()"
        )


def missing(connection: Connection) -> list[str]:
    """Return the triggers that refuse to change the audit and are gone, or switched off."""
    there = connection.exec_driver_sql(
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'O'"
    ).scalars()
    return sorted({*REFUSALS, "audit_refuses_truncate", "seals_refuses_truncate"} - set(there))
