"""How the shipped network's margins are read: the calibration in its manifest."""

from __future__ import annotations

import json
from pathlib import Path

from lifts.decision.calibration import Calibration


def read_calibration(artefact: Path) -> Calibration:
    """Read the calibration from the manifest beside an artefact.

    Raises:
        FileNotFoundError: there is no manifest.
        pydantic.ValidationError: a number is missing or out of range.
    """
    manifest = json.loads(artefact.with_suffix(".json").read_text(encoding="utf-8"))
    return Calibration.model_validate(manifest["calibration"])
