"""From a checkpoint to the two files that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lifts.decision.clusters import prior_from
from ml.artefact.torchscript import Scripted, script
from ml.data.rendered import load
from ml.evaluate.onsite import Lift, watched
from ml.evaluate.report import report
from ml.evaluate.scoring import score_rendered
from ml.export.manifest import OWN_REFUSED, calibrate, fits, git_commit, golden, manifest, separations, write
from ml.models.barwatch import BarwatchNetwork
from ml.train.config import TrainConfig


def release(checkpoint: dict[str, Any], files: list[Path], out: Path, version: str, command: str) -> Path:
    """Write out/barwatch.ts and out/barwatch.json.

    Args:
        checkpoint: what `Trainer.save` wrote; the moving average of the weights ships.
        files: rendered lifts (ml.data.rendered) for the calibration, none of them trained on.
        out: folder, made if missing.
        version: the artefact's version.
        command: the command line that measures the calibration's figures.

    Returns:
        The artefact's path.
    """
    config = TrainConfig.from_dict(checkpoint["config"])
    model = BarwatchNetwork(config.model)
    model.load_state_dict(checkpoint["average"])
    commit = git_commit()  # before the artefact changes, which is in the repository too
    out.mkdir(parents=True, exist_ok=True)
    path = out / "barwatch.ts"
    script(model).save(str(path))

    network = Scripted.load(path)
    lifts = [load(file) for file in files]
    looks = [network.look(lift.images) for lift in lifts]
    scores = [score_rendered(network, lift, seen=seen) for lift, seen in zip(lifts, looks, strict=True)]
    known = [Lift.of(network, lift, 0, seen) for lift, seen in zip(lifts, looks, strict=True)]
    alone = [watched(lift) for lift in known]
    plain = prior_from([(seen.margins, seen.is_open) for seen in alone])
    calibration = calibrate(scores, [watched(lift, plain) for lift in known])
    pairs = [(lift.open_mask, lift.close_mask) for lift in lifts]
    others = [
        score_rendered(
            network, replace(lift, open_mask=other.open_mask, close_mask=other.close_mask), seen=seen
        )
        for lift, other, seen in zip(lifts, lifts[1:] + lifts[:1], looks, strict=True)
    ]
    refused = float(np.mean(fits(others) < calibration["fit_threshold"]))
    figures = report(scores, calibration)
    names = ("accuracy", "accuracy_per_passage", "auc_by_lift", "calibration_error", "occupancy_accuracy")
    content = manifest(
        path,
        model.dimensions,
        version,
        commit,
        {
            "golden": golden(network, lifts[0].images[1], lifts[0].open_mask),
            "calibration": {**calibration, **separations(network, pairs)},
            "training": {
                **config.as_dict(),
                "data": f"rendered lifts, {config.lifts} seeds from {config.first_seed}",
                "steps_done": int(checkpoint["step"]),
                "parameters": sum(p.numel() for p in model.parameters()),
            },
            "metrics": [
                {
                    "name": f"calibration lifts (seeds {lifts[0].seed} to {lifts[-1].seed}): {name}",
                    "value": figures[name],
                    "command": command,
                }
                for name in names
            ]
            + [
                {
                    "name": f"the same lifts: passages refused by the masks of the next lift, "
                    f"at {100 * OWN_REFUSED:.1f} % of their own",
                    "value": refused,
                    "command": command,
                }
            ],
        },
    )
    write(path.with_suffix(".json"), content)
    return path
