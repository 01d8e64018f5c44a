"""What SQLite and PostgreSQL say differently, for queries that are the same on both.

The rest is made alike in service.store.engines.postgres: there the database stores what SQLite stores, and
knows the functions of SQLite that queries use (json_valid, json_extract, json_array_length, julianday, glob).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Float, LargeBinary
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class JsonNumber(FunctionElement[float]):
    """JsonNumber(text, path): a number in JSON text, 1 and 0 for true and false; NULL for what is none.

    SQLite says of other contents what they are; whoever reads the result checks its type.
    """

    inherit_cache = True
    name = "json_number"
    type = Float()


class BytesOfText(FunctionElement[bytes]):
    """BytesOfText(column): its text in UTF-8, which can be read whatever it holds."""

    inherit_cache = True
    name = "bytes_of_text"
    type = LargeBinary()


@compiles(JsonNumber)
def _number(element: JsonNumber, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **how)})"


@compiles(JsonNumber, "postgresql")
def _number_there(element: JsonNumber, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_number({compiler.process(element.clauses, **how)})"


@compiles(BytesOfText)
def _bytes(element: BytesOfText, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **how)} AS BLOB)"


@compiles(BytesOfText, "postgresql")
def _bytes_there(element: BytesOfText, compiler: SQLCompiler, **how: Any) -> str:
    return f"convert_to(CAST({compiler.process(element.clauses, **how)} AS TEXT), 'UTF8')"


NO_NUL = "\ufffd"
"""Stands for the character 0, which PostgreSQL's text cannot hold."""


def without_nul(value: Any) -> Any:
    """Return a text that every database can hold; what is no text as it is."""
    return value.replace("\0", NO_NUL) if isinstance(value, str) else value


def driver_sql(connection: Connection, query: str) -> str:
    """Return a statement that was written with `?` as the connection's driver wants it."""
    return query if connection.dialect.paramstyle == "qmark" else query.replace("?", "%s")
