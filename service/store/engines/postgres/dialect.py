"""PostgreSQL as SQLite would store it: the same columns hold the same text and numbers, byte for byte.

Times and JSON are text, booleans are 0 and 1, text has no greatest length and is ordered by its bytes,
integers have 64 bits. So a row's seal is the same in both databases, a damaged row is found and read past by
the same code, and moving from one to the other is a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, text
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.schema import CreateIndex

from service.store.sql.portable import without_nul

NAME = "postgresql+barwatch"

_TRUTHS = ("active", "shadow")
"""Conditions of partial indexes that are a column's name."""


class StoredTime(DATETIME):
    """A time as SQLite's text."""

    render_bind_cast = True


class StoredJson(sqltypes.JSON):
    """JSON as the text that was given."""

    render_bind_cast = True


class StoredText(sqltypes.String):
    """Text; a character 0 is replaced."""

    render_bind_cast = True

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:  # noqa: ARG002
        """Replace what the database cannot hold."""
        return without_nul


class StoredTypes(PGTypeCompiler):
    """Types of columns."""

    def _text(self, **how: Any) -> str:
        # In a column's definition, not in casts.
        return 'TEXT COLLATE "C"' if isinstance(how.get("type_expression"), Column) else "TEXT"

    def visit_VARCHAR(self, type_: Any, **how: Any) -> str:  # noqa: N802, ARG002
        """A length is no promise in SQLite, so that nothing is refused for one here."""
        return self._text(**how)

    visit_TEXT = visit_DATETIME = visit_TIMESTAMP = visit_JSON = visit_VARCHAR  # noqa: N815

    def visit_datetime(self, type_: Any, **how: Any) -> str:  # noqa: ARG002
        """As text."""
        return self._text(**how)

    def visit_INTEGER(self, type_: Any, **how: Any) -> str:  # noqa: N802, ARG002
        """64 bits, as SQLite's."""
        return "BIGINT"

    def visit_BOOLEAN(self, type_: Any, **how: Any) -> str:  # noqa: N802, ARG002
        """0 or 1."""
        return "SMALLINT"


class StoredDdl(PGDDLCompiler):
    """Definitions of tables and indexes."""

    def get_column_specification(self, column: Any, **how: Any) -> str:
        """Return a column's definition; numbers that count themselves have 64 bits."""
        made = str(super().get_column_specification(column, **how))  # type: ignore[no-untyped-call]
        return made.replace(" SERIAL", " BIGSERIAL", 1)

    def visit_create_index(self, create: CreateIndex, **how: Any) -> str:  # type: ignore[override]
        """Return an index's definition; a condition that is stated for SQLite holds here as well."""
        options = create.element.dialect_options
        where = options["sqlite"]["where"]
        if where is not None:
            said = str(where)
            options["postgresql"]["where"] = text(f"{said} = 1" if said in _TRUTHS else said)
        return str(super().visit_create_index(create, **how))  # type: ignore[no-untyped-call]


class StoredQueries(PGCompiler_psycopg):
    """Queries."""

    def visit_custom_op_unary_operator(self, element: Any, operator: Any, **how: Any) -> str:
        """Leave out the `+` that keeps SQLite from an index: this planner has statistics."""
        if operator.opstring == "+":
            return str(element.element._compiler_dispatch(self, **how))
        made = super().visit_custom_op_unary_operator(element, operator, **how)  # type: ignore[no-untyped-call]
        return str(made)


class StoredDialect(PGDialect_psycopg):
    """Reached by NAME."""

    supports_native_boolean = False
    supports_native_json_serialization = supports_native_json_deserialization = False
    supports_statement_cache = True
    type_compiler_cls = StoredTypes
    ddl_compiler = StoredDdl
    statement_compiler = StoredQueries
    colspecs = {  # noqa: RUF012 - as every dialect says it
        **PGDialect_psycopg.colspecs,
        sqltypes.DateTime: StoredTime,
        sqltypes.JSON: StoredJson,
        sqltypes.String: StoredText,
    }


registry.register("postgresql.barwatch", __name__, "StoredDialect")
