"""`barwatch export`, `barwatch seal` and `barwatch sign`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lifts.artefact.seal import unseal
from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import (
    RELEASED,
    CacheOption,
    ModelOption,
    WorkersOption,
    command_line,
    console,
    prepare_lifts,
    require_photographs,
)
from ml.data.photographs import FOLDER
from ml.data.rendered import load
from ml.data.textured import CALIBRATION_TEXTURED_SEEDS, TexturedLifts
from ml.evaluate.scoring import score_rendered
from ml.export.release import release
from ml.export.sealing import golden_passages, read_key, refusal, sealed_again, write
from ml.train.config import TrainConfig

CALIBRATION_SEEDS = range(10_100, 10_160)
PASSAGES = 16

SignOption = Annotated[
    Path | None, typer.Option("--sign", help="A private Ed25519 key (PEM) that signs the manifest.")
]

SEAT_SEEDS, SEAT_PASSAGES = CALIBRATION_TEXTURED_SEEDS, 8
"""Textured lifts for the calibration of the seat, besides the others, and passages of each."""


def export(
    checkpoint: Annotated[Path, typer.Option(help="What was trained.")] = Path("runs/barwatch/last.pt"),
    out: Annotated[Path, typer.Option(help="Folder for barwatch.ts and barwatch.json.")] = RELEASED,
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.6.0",
    photographs: Annotated[Path, typer.Option(help="Where `barwatch render photographs` put them.")] = FOLDER,
    passages: Annotated[int, typer.Option(min=4, help="Passages of each calibration lift.")] = PASSAGES,
    lifts: Annotated[
        int,
        typer.Option(min=3, max=60, help="Calibration lifts, and as many textured ones; fewer to rehearse."),
    ] = 60,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    sign: SignOption = None,
) -> None:
    """Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw."""
    key = None if sign is None else _key(sign)
    files = prepare_lifts(cache, CALIBRATION_SEEDS[:lifts], passages, workers, "calibration lifts")
    data = torch.load(checkpoint, map_location="cpu", weights_only=True)
    # Before drawn patterns, and the photographs that the network was trained with if there were any.
    photographed = bool(TrainConfig.from_dict(data["config"]).photographs)
    if photographed:
        require_photographs(photographs, "train")
    recipe = TexturedLifts(passages=SEAT_PASSAGES, photographs=photographs if photographed else None)
    textured = prepare_lifts(cache, SEAT_SEEDS[:lifts], recipe, workers, "textured calibration lifts")
    path = release(data, files, out, version, command_line(), textured, key)
    _say(path)


def seal(
    model: ModelOption = RELEASED / "barwatch.ts",
    lifts: Annotated[int, typer.Option(min=2, max=60, help="Calibration lifts to choose passages from.")] = 8,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    sign: SignOption = None,
) -> None:
    """Write an artefact's manifest again, with golden passages and digests; its network and numbers stay.

    For artefacts from before 0.7, whose numbers nothing guarded: only if you trust them. What an installation
    stored under the model's former name stays valid.
    """
    key = None if sign is None else _key(sign)
    path = model.with_suffix(".json")
    try:
        content, found = json.loads(path.read_bytes()), hashlib.sha256(model.read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--model") from None
    if "digest" in content:
        content = _unsealed(path)
    if found != content["sha256"]:
        raise typer.BadParameter(f"{model}: another network than {path.name} describes", param_hint="--model")
    files = prepare_lifts(cache, CALIBRATION_SEEDS[:lifts], PASSAGES, workers, "calibration lifts")
    network, calibration, rendered = Scripted.load(model), read_calibration(model), [load(f) for f in files]
    looks = [network.look(lift.images) for lift in rendered]
    strangers = [
        replace(lift, open_mask=other.open_mask, close_mask=other.close_mask)
        for lift, other in zip(rendered, rendered[1:] + rendered[:1], strict=True)
    ]
    own, others = (
        [score_rendered(network, lift, seen=seen) for lift, seen in zip(shown, looks, strict=True)]
        for shown in (rendered, strangers)
    )
    write(path, sealed_again(content, golden_passages(network, rendered, own, others, calibration)), key)
    _say(model)


def sign(
    key: Annotated[Path, typer.Option(help="A private Ed25519 key in PEM.")],
    model: ModelOption = RELEASED / "barwatch.ts",
) -> None:
    """Sign an artefact's manifest, so that a service with BARWATCH_MODEL_PUBLIC_KEY takes it."""
    path = model.with_suffix(".json")
    write(path, _unsealed(path), _key(key))
    console.print(f"{path} signed")


def _say(model: Path) -> None:
    path = model.with_suffix(".json")
    console.print(f"{model} and {path.name} written")
    if (reason := refusal(_unsealed(path))) is not None:
        console.print(f"warning: the service will refuse it: {reason}")


def _unsealed(path: Path) -> dict[str, object]:
    try:
        return unseal(path.read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--model") from None


def _key(path: Path) -> Ed25519PrivateKey:
    try:
        if b"ENCRYPTED" in path.read_bytes():
            return read_key(path, typer.prompt(f"Password of {path}", hide_input=True, err=True))
        return read_key(path)
    except (OSError, TypeError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint=str(path)) from None
