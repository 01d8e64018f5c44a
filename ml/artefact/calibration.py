"""The manifest beside an artefact: what was trained, and how its margins are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lifts.artefact.seal import unseal
from lifts.decision.calibration import Calibration


def read_manifest(artefact: Path) -> dict[str, Any]:
    """Read the manifest beside an artefact; of one before 0.7, which is not sealed, too.

    Raises:
        FileNotFoundError: there is no manifest.
        ValueError: it is not as it was sealed.
    """
    data = artefact.with_suffix(".json").read_bytes()
    content: dict[str, Any] = json.loads(data)
    return unseal(data) if "digest" in content else content


def read_calibration(artefact: Path) -> Calibration:
    """Read the calibration from the manifest beside an artefact.

    Raises:
        FileNotFoundError: there is no manifest.
        ValueError: it is not as it was sealed, or a number is missing or wrong.
    """
    return Calibration.model_validate(read_manifest(artefact)["calibration"])
