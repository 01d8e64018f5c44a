"""Enrolment: two drawn masks become a lift's reference, or are refused with a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from lifts.decision.calibration import Calibration
from lifts.decision.judge import distances_of
from lifts.decision.references import reference_embeddings
from lifts.decision.verdict import Verdict
from lifts.errors import MaskError
from lifts.masks import check_masks, mask_bank
from service.domain.arrays import Float32, Image
from service.domain.errors import EnrolmentError
from service.domain.masks import MaskVersion
from service.inference.protocol import Engine, answered

EXPECTED = {"reference_open": Verdict.OPEN, "reference_close": Verdict.CLOSED}


def enrol(
    lift_id: str,
    open_mask: Image,
    close_mask: Image,
    references: Mapping[str, Image],
    engine: Engine,
) -> MaskVersion:
    """Check a pair of masks and embed it; blocks until the engine has answered.

    Args:
        lift_id: the lift's.
        open_mask: uint8[200, 200] of 0 and 255.
        close_mask: uint8[200, 200] of 0 and 255.
        references: pictures uint8[200, 200, 3] RGB by name, any of "reference_open", "reference_close".
        engine: runs the network.

    Returns:
        The record with version 0, not active: the store numbers it (service.store.masks.add).

    Raises:
        EnrolmentError: empty, nearly full, nearly alike, or swapped.
        EngineUnavailableError: the embedder is down.
    """
    try:
        masks = check_masks(open_mask, close_mask)
    except MaskError as error:
        raise EnrolmentError(str(error), error.code, **error.parameters) from error
    bare = MaskVersion(
        lift_id=lift_id,
        version=0,
        model="",
        masks=masks,
        embeddings=np.zeros((2, 1, 1), np.float32),
        separation=0.0,
        warnings=(),
        active=False,
        created_at=datetime.now(UTC),
        references={name: image for name, image in references.items() if name in EXPECTED},
    )
    return embed(bare, engine, strict=True)


def embed(version: MaskVersion, engine: Engine, *, strict: bool = False) -> MaskVersion:
    """Embed a version's masks with the engine's model; returns it with a new model, embeddings and warnings.

    For masks that were enrolled with another model. `strict` refuses (EnrolmentError) what otherwise becomes
    a warning: a lift that is in service must not lose its masks because the model changed.
    """
    calibration = engine.manifest.calibration
    bank = mask_bank(version.masks, calibration.mask_shifts_px)
    answers = [engine.submit_masks(copies) for copies in bank]
    embeddings = np.stack([answered(answer) for answer in answers]).astype(np.float32)
    separation = float(np.linalg.norm(embeddings[0, 0] - embeddings[1, 0]))
    swapped, warnings = _reference_problems(version.references, embeddings, engine)
    refusals = _separation_problems(separation, calibration) + swapped
    if strict and refusals:
        raise refusals[0]
    warnings = [str(refusal) for refusal in refusals] + warnings
    return dataclasses.replace(
        version,
        model=engine.manifest.identity,
        embeddings=embeddings,
        separation=separation,
        warnings=tuple(warnings),
        site=None,  # of another model's margins
    )


def _separation_problems(separation: float, calibration: Calibration) -> list[EnrolmentError]:
    # Nothing is good about a large distance: another lift's masks may lie further apart than the right ones.
    if separation >= calibration.min_separation:
        return []
    refusal = EnrolmentError(
        f"open and close mask are nearly alike for the network: their distance is {separation:.3f}, "
        f"expected at least {calibration.min_separation:.3f}",
        "masks_alike_to_network",
        distance=round(separation, 3),
        least=round(calibration.min_separation, 3),
    )
    return [refusal]


def _reference_problems(
    references: Mapping[str, Image], bank: Float32, engine: Engine
) -> tuple[list[EnrolmentError], list[str]]:
    """Return the refusals and the warnings that follow from the reference pictures."""
    names = [name for name in EXPECTED if name in references]
    if not names:
        return [], []
    calibration = engine.manifest.calibration
    pictures = np.stack([references[name] for name in names])
    inference = answered(engine.submit_pictures(pictures, reference_embeddings(bank[:, 0])))
    rows = distances_of(inference, bank)
    p_open = [calibration.probability_open(float(row[0] - row[1])) for row in rows]
    # The probability, averaged over the pictures, that the masks are the right way round.
    support = float(
        np.mean([p if name == "reference_open" else 1 - p for name, p in zip(names, p_open, strict=True)])
    )
    verdicts = {name: calibration.verdict_of(p) for name, p in zip(names, p_open, strict=True)}
    # A comparison with NaN, from a model without this output, is false: no warning.
    strangers = [
        f"{name} does not look like a carrier of the lift that these masks are of: another lift's masks, or "
        "another camera's picture?"
        for name, fit in zip(names, inference.matches[:, 1], strict=True)
        if fit < calibration.fit_threshold
    ]
    if calibration.verdict_of(support) is Verdict.CLOSED:
        looks = " and ".join(f"{name} looks {verdicts[name].value}" for name in names)
        refusal = EnrolmentError(
            f"the masks are swapped, or the references are: with them, {looks}",
            "masks_swapped",
            **{name: verdicts[name].value for name in names},
        )
        return [refusal], []
    return [], strangers + [
        f"With these masks {name} looks {verdict.value}, not {EXPECTED[name].value}."
        if verdict is not Verdict.UNKNOWN
        else f"With these masks the service cannot tell whether {name} is open or closed."
        for name, verdict in verdicts.items()
        if verdict is not EXPECTED[name]
    ]
