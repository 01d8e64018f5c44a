"""How the shipped network's margins are read: the calibration in its manifest."""

from __future__ import annotations

import json
from pathlib import Path

from lifts.artefact.seal import unseal
from lifts.decision.calibration import Calibration


def read_calibration(artefact: Path) -> Calibration:
    """Read the calibration from the manifest beside an artefact; of one before 0.7, which is not sealed, too.

    Raises:
        FileNotFoundError: there is no manifest.
        ValueError: it is not as it was sealed, or a number is missing or wrong.
    """
    data = artefact.with_suffix(".json").read_bytes()
    content = json.loads(data)
    manifest = unseal(data) if "digest" in content else content
    return Calibration.model_validate(manifest["calibration"])
