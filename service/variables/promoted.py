"""The model that was promoted while the service ran: a file in the data folder says which."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from service.domain.errors import ConfigurationError

MODELS, JUDGING = "models", "judging.json"
NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"


def manifest_of(data: Path, name: str) -> Path | None:
    """Return the manifest of a model below DATA/models/NAME, None if there is none or several."""
    if re.fullmatch(NAME, name) is None:
        return None
    found = sorted((data / MODELS / name).glob("*.json"))
    return found[0] if len(found) == 1 else None


def promoted_name(data: Path) -> str:
    """Return the name of the model that was promoted; empty if none was. Raises ConfigurationError."""
    file = data / MODELS / JUDGING
    try:
        name = json.loads(file.read_text(encoding="utf-8"))["model"]
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigurationError(
            f"{file}: cannot be read: {error}. Remove it to judge by the model that ships"
        ) from error
    return str(name)


def promoted_manifest(data: Path) -> Path | None:
    """Return the manifest of the model that was promoted, None if none was. Raises ConfigurationError."""
    name = promoted_name(data)
    found = manifest_of(data, name) if name else None
    if name and found is None:
        raise ConfigurationError(
            f"{data / MODELS / name}: the model that judges is not there. Put it back, or remove "
            f"{data / MODELS / JUDGING} to judge by the model that ships"
        )
    return found


def note_promoted(data: Path, name: str) -> None:
    """Keep which model judges from now on, for good; empty: the one that ships. Raises OSError."""
    file = data / MODELS / JUDGING
    if not name:
        file.unlink(missing_ok=True)
    else:
        partly = file.with_suffix(".part")
        with partly.open("w", encoding="utf-8") as opened:
            opened.write(json.dumps({"model": name}))
            opened.flush()
            os.fsync(opened.fileno())
        partly.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
