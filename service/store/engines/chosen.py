"""Which database a data folder's service uses."""

from __future__ import annotations

from pathlib import Path

from service.store.engines.base import DatabaseEngine
from service.store.engines.sqlite import SqliteEngine


def engine_of(data: Path, url: str | None) -> DatabaseEngine:
    """Return PostgreSQL at `url` (postgresql://…), or the folder's file if there is none."""
    if url is None:
        return SqliteEngine(data)
    from service.store.engines.postgres.engine import PostgresEngine  # noqa: PLC0415 - most need none of it

    return PostgresEngine(data, url)
