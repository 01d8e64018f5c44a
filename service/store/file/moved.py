"""The note in a data folder whose database was moved to PostgreSQL: its file must not be used unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.domain.errors import ConfigurationError

NOTE = "database.moved"


def note_moved(data: Path, to: str) -> None:
    """Write the note, before anybody may write to the new place. to: the database, without a password."""
    content = {"to": to, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    part = data / f".{NOTE}.part"
    part.write_text(json.dumps(content), "utf-8")
    part.rename(data / NOTE)


def moved(data: Path) -> dict[str, Any] | None:
    """Return what the note says; None if there is none. One that cannot be read counts."""
    try:
        found = json.loads((data / NOTE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def refuse_moved(data: Path) -> None:
    """Raise ConfigurationError if the folder's database was moved: its file stays what it was then."""
    note = moved(data)
    if note is not None:
        raise ConfigurationError(
            f"{data}: the database was moved to {note.get('to', 'PostgreSQL')}"
            f" ({note.get('at', 'nobody knows when')}): set BARWATCH_DATABASE_URL."
            f" To go back to what the file held then, delete {data / NOTE}"
        )
