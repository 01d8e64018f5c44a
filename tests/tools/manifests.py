"""Editing a manifest in a test: with its seals made anew, as whoever can reckon would, or without."""

import json
from pathlib import Path
from typing import Any

from lifts.artefact.seal import seal


def edit(path: Path, key: str, value: Any, *, sealed: bool = True) -> None:
    """Set a key such as "calibration.scale" of the manifest beside a model file; None deletes it."""
    source = path.with_suffix(".json")
    manifest = json.loads(source.read_text(encoding="utf-8"))
    *way, last = [int(part) if part.isdigit() else part for part in key.split(".")]
    at = manifest
    for name in way:
        at = at[name]
    if value is None:
        del at[last]
    else:
        at[last] = value
    source.write_text(seal(manifest) if sealed else json.dumps(manifest), encoding="utf-8")
