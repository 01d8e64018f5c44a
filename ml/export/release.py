"""From a checkpoint to the two files that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ml.artefact.torchscript import Scripted, script
from ml.data.photographs import listed
from ml.data.rendered import RenderedLift, load
from ml.evaluate.onsite import SiteLift
from ml.evaluate.report import report
from ml.evaluate.scoring import score_rendered
from ml.evaluate.verdicts import SHARE_OF
from ml.export.manifest import (
    OWN_REFUSED,
    calibrate,
    git_commit,
    golden,
    identity,
    refused_share,
    separations,
)
from ml.export.sealing import golden_passages, write
from ml.export.seat import SeatSample, calibrate_seat, seat_prior, seat_sample
from ml.models.trunk import network_for
from ml.train.config import TrainConfig


def photographs_of(config: TrainConfig) -> list[dict[str, str]]:
    """Return the photographs that a training used: names, where they came from, licences, SHA-256."""
    return [asdict(photograph) for photograph in listed() if photograph.name in config.photographs]


def _seeds(lifts: Sequence[RenderedLift]) -> str:
    return f"seeds {lifts[0].seed} to {lifts[-1].seed}" if lifts else "none"


def release(
    checkpoint: dict[str, Any],
    files: list[Path],
    out: Path,
    version: str,
    command: str,
    textured: Sequence[Path] = (),
    key: Ed25519PrivateKey | None = None,
) -> Path:
    """Write out/barwatch.ts and out/barwatch.json.

    Args:
        checkpoint: last.pt of a training (`ml.train.barwatch`); the moving average of the weights ships.
        files: rendered lifts (ml.data.rendered) for the calibration, none of them trained on.
        out: folder, made if missing.
        command: the command line, as the origin of the figures.
        textured: textured lifts (ml.data.textured) for the calibration of the seat, besides the others; none
            of them trained on.
        key: signs the manifest.

    Returns:
        The artefact's path.
    """
    config = TrainConfig.from_dict(checkpoint["config"])
    model = network_for(config.model)
    model.load_state_dict(checkpoint["average"])
    commit = git_commit()  # before the artefact changes, which is in the repository too
    out.mkdir(parents=True, exist_ok=True)
    path = out / "barwatch.ts"
    script(model).save(str(path))

    network = Scripted.load(path)
    lifts = [load(file) for file in files]
    looks = [network.look(lift.images) for lift in lifts]
    scores = [score_rendered(network, lift, seen=seen) for lift, seen in zip(lifts, looks, strict=True)]
    known = [SiteLift.of(network, lift, 0, seen) for lift, seen in zip(lifts, looks, strict=True)]
    pairs = [(lift.open_mask, lift.close_mask) for lift in lifts]
    before_texture = [load(file) for file in textured]
    plain = [seat_sample(lift, seen) for lift, seen in zip(lifts, looks, strict=True)]
    beside = [seat_sample(lift, network.look(lift.images)) for lift in before_texture]
    seat = calibrate_seat(
        [SeatSample.joined(kind) for kind in (plain, beside) if kind], looks[0].riders.shape[1]
    )
    seat = seat.model_copy(update={"clusters": seat_prior([*plain, *beside], seat)})
    calibration = calibrate(scores, known, separations(network, pairs)).model_copy(update={"seat": seat})
    others = [
        score_rendered(
            network, replace(lift, open_mask=other.open_mask, close_mask=other.close_mask), seen=seen
        )
        for lift, other, seen in zip(lifts, lifts[1:] + lifts[:1], looks, strict=True)
    ]
    figures = report(scores, calibration)
    by_sign = {name: figures[name] for name in ("accuracy", "accuracy_per_passage", "auc_by_lift")}
    verdicts = figures["verdicts"]["per_passage"]
    measured = {
        **{f"passages: {name.replace('_', ' ')}": verdicts[f"{name}_share"] for name in SHARE_OF},
        **{f"by the margin's sign: {name}": value for name, value in by_sign.items()},
        "calibration_error": figures["calibration_error"],
    }
    on = f"calibration lifts (seeds {lifts[0].seed} to {lifts[-1].seed})"
    measured = {f"{on}: {name}": value for name, value in measured.items()}
    refused = "the same lifts: passages refused by the masks of the next lift"
    measured[f"{refused}, at {100 * OWN_REFUSED:.1f} % of their own"] = refused_share(others, calibration)
    # Checkpoints from before training recorded its machine and its cost do not say what it computed in.
    state = checkpoint.get("state", {})
    precision = state.get("machine", {}).get("precision")
    content = {
        **identity(path, version, commit),
        "embedding_dim": model.dimensions,
        "golden": golden(network, lifts[0].images[1], lifts[0].open_mask),
        "golden_passages": [
            passage.model_dump(mode="json")
            for passage in golden_passages(network, lifts, scores, others, calibration)
        ],
        "calibration": calibration.model_dump(mode="json"),
        "calibrated_on": {
            "lifts": _seeds(lifts),
            "textured_lifts_for_the_seat": _seeds(before_texture),
            "passages_for_the_seat": sum(len(sample.occupied) for sample in (*plain, *beside)),
        },
        "training": {
            **config.as_dict(),
            "data": f"rendered lifts, {config.lifts} seeds from {config.first_seed}",
            "photographs": photographs_of(config),
            "steps_done": int(checkpoint["step"]),
            "parameters": sum(p.numel() for p in model.parameters()),
            **({"precision": precision} if precision else {}),
            **({"processor_s": state["processor_s"]} if "processor_s" in state else {}),
        },
        "metrics": [{"name": name, "value": value, "command": command} for name, value in measured.items()],
    }
    write(path.with_suffix(".json"), content, key)
    return path
