"""The sample lifts that are installed beside the `lifts` package."""

from __future__ import annotations

from pathlib import Path

import lifts
from service.domain.errors import ConfigurationError

VIDEO = "demo.mp4"


def sample_folders() -> list[Path]:
    """Return the sample lifts' folders, each with lift.toml, masks and a recorded video."""
    root = Path(lifts.__file__).resolve().parent
    return sorted(path.parent for path in root.glob("demo-*/lift.toml"))


def sample_folder(lift_id: str) -> Path | None:
    """Return the folder of the sample lift of this id, if there is one."""
    return next((folder for folder in sample_folders() if folder.name == lift_id), None)


def video_of(folder: Path) -> Path:
    """Return a sample lift's video; raises ConfigurationError if it is missing."""
    path = folder / VIDEO
    if not path.is_file():
        raise ConfigurationError(f"{path}: the recorded video is missing")
    return path
