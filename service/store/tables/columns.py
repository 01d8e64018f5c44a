"""The types of columns, and the base of every table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from service.domain.arrays import Float32


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware UTC time."""
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


class Vector(TypeDecorator[Float32]):
    """float32 numbers as little-endian bytes; read back as one flat array, whatever their shape was."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Float32 | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Store the bytes of the numbers; their count follows from the length."""
        return None if value is None else value.astype("<f4").tobytes()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Float32 | None:  # noqa: ARG002
        """Return a writable copy."""
        return None if value is None else np.frombuffer(value, "<f4").astype(np.float32)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Compare whole arrays: `==` would give an array of booleans."""
        return np.array_equal(x, y)


class Base(DeclarativeBase):
    """Base of every table."""
