"""The judge: computes a passage's verdict from the embeddings of its pictures, by arithmetic alone.

For each picture, the distances to the open and to the close mask are computed. The margin is the distance to
open less the distance to close; a negative margin means nearer to open. It is calibrated as
p(open) = sigmoid(-(scale * margin + offset)), and the verdict is `unknown` between `unknown_low` and
`unknown_high`. If the model compares pictures and masks itself (`Inference.matches`), the distances are
corrected to the model's margin. Otherwise each distance is the smallest over the mask's shifted copies.

With a site calibration, that margin is combined with the margin by the lift's prototypes, and the threshold
between the lift's own open and closed passages replaces `offset`. With a budget, a band that follows from it
replaces `unknown_low` and `unknown_high` (`lifts.decision.budgets`).

Per passage, over the pictures that may be judged (no problem, registered well enough):

- If no picture is left, the verdict is `unknown`, with the pictures' problems as the reasons. There is no
  default verdict.
- If together they do not look like a carrier of this lift, the verdict is `unknown`. Causes are a covered
  lens, an empty track, a moved camera or the masks of another lift.
- Normally the margins are averaged, and the mean is calibrated like a picture's margin.
- A bar may be moved while the carrier passes: what counts is where it is at TF (`lifts.decision.fusion`).
  Lowered and down at the end, it is closed; raised again, open. Where it still moves at the end, or the last
  pictures contradict what the others say, the verdict is `unknown: moving`. Of up to three pictures, the last
  decisive state counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lifts.arrays import Float32
from lifts.decision.calibration import Calibration
from lifts.decision.fusion import fuse, mean_odds
from lifts.decision.prototypes import Prototypes
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.seat import judge_seat
from lifts.decision.verdict import ImageJudgement, Inference, Judgement, PictureQuality, Seat, Verdict


def judge(
    pictures: Sequence[PictureQuality],
    inference: Inference,
    references: LiftReferences,
    calibration: Calibration,
) -> Judgement:
    """Judge one passage.

    Args:
        pictures: at least one, in order of time; a passage is seen a dozen times (`fuse`).
        inference: the network's output for them, computed with this lift's references.
        references: the lift's masks and its site calibration, embedded by the same model.
        calibration: the model's.

    Raises:
        ValueError: the shapes do not match.
    """
    bank, (embeddings, occupancy, matches, riders) = references.bank, inference
    if embeddings.shape != (len(pictures), bank.shape[2]) or occupancy.shape != (len(pictures),):
        raise ValueError(
            f"expected {len(pictures)} embeddings of {bank.shape[2]} numbers and as many occupancies, "
            f"got {list(embeddings.shape)} and {list(occupancy.shape)}"
        )
    site = references.site
    if site is not None:
        calibration = calibration.with_threshold(site.fit.threshold)
    calibration = calibration.with_band(references.band)
    distances = distances_of(inference, bank, None if site is None else site.prototypes)
    finite = np.isfinite(distances).all(1) & np.isfinite(occupancy)
    # One that a model gives of other pictures only: the mean of all would be NaN, and that refuses nothing.
    finite &= (np.isfinite(matches) | np.isnan(matches).all(0)).all(1)
    if len(riders):
        finite &= np.isfinite(riders).all((1, 2))
    problems = [
        problem_of(picture, calibration, bool(known)) for picture, known in zip(pictures, finite, strict=True)
    ]
    margins = [float(row[0] - row[1]) for row in distances]
    chances = [calibration.probability_open(margin) for margin in margins]
    verdicts = [
        Verdict.UNKNOWN if problem else calibration.verdict_of(chance)
        for problem, chance in zip(problems, chances, strict=True)
    ]
    images = tuple(
        ImageJudgement(_finite(row[0]), _finite(row[1]), _finite(occupied), verdict)
        for row, occupied, verdict in zip(distances, occupancy, verdicts, strict=True)
    )
    usable = [index for index, problem in enumerate(problems) if problem is None]
    if not usable:
        reasons = dict.fromkeys(problem for problem in problems if problem is not None)
        return unknown(*(reasons or (Reason.NO_PICTURES,)), references=references, images=images)
    # A model that only gives distances has NaN here, and NaN is never below the threshold.
    if mean_odds(matches[usable, 1]) < calibration.fit_threshold:
        return unknown(Reason.NOT_THIS_LIFT, references=references, images=images)
    margin, moving = fuse([margins[index] for index in usable], calibration)
    p_open = 0.5 if moving else calibration.probability_open(margin)
    verdict = Verdict.UNKNOWN if moving else calibration.verdict_of(p_open)
    doubt = Reason.MOVING if moving else Reason.TOO_CLOSE
    own = None if site is None else site.seats
    seat, seated = judge_seat(inference.take(usable), calibration.seat, calibration.occupancy_threshold, own)
    return Judgement(
        verdict=verdict,
        confidence=_confidence(verdict, p_open),
        margin=margin,
        occupied=seat is Seat.OCCUPIED,
        occupancy=seated,
        images=images,
        mask_version=references.mask_version,
        model=references.model,
        reasons=(doubt,) if verdict is Verdict.UNKNOWN else (),
        seat_unclear=seat is Seat.UNCLEAR,
        budget=0 if references.band is None else references.band.version,
    )


def _confidence(verdict: Verdict, p_open: float) -> float:
    """Return the probability of the verdict; a lift's own band may call open what is likelier closed."""
    if verdict is Verdict.UNKNOWN:
        return max(p_open, 1.0 - p_open)
    return p_open if verdict is Verdict.OPEN else 1.0 - p_open


def unknown(
    *reasons: Reason,
    references: LiftReferences | None = None,
    images: tuple[ImageJudgement, ...] = (),
) -> Judgement:
    """Return the judgement of a passage that cannot be judged, with the reasons."""
    return Judgement(
        verdict=Verdict.UNKNOWN,
        confidence=0.5,
        margin=0.0,
        occupied=False,
        occupancy=0.0,
        images=images,
        mask_version=0 if references is None else references.mask_version,
        model="" if references is None else references.model,
        reasons=reasons,
        seat_unclear=True,
        budget=0 if references is None or references.band is None else references.band.version,
    )


def distances_of(inference: Inference, bank: Float32, prototypes: Prototypes | None = None) -> Float32:
    """Return float32[N, 2]: distances to open and close whose difference is the margin that decides.

    That margin is the network's own if the network compares, combined with the margin by the lift's
    prototypes if there are any.
    """
    distances = distances_to(inference.embeddings, bank)
    margins = inference.matches[:, 0]
    compares = not np.isnan(margins).all()
    if not compares and prototypes is None:
        return distances
    if not compares:
        margins = distances[:, 0] - distances[:, 1]
    if prototypes is not None:
        margins = prototypes.combine(margins, inference.embeddings)
    apart = np.stack([margins, -margins], axis=1) / 2
    corrected: Float32 = distances.mean(axis=1, keepdims=True) + apart
    # A distance cannot be negative: raise both alike, so that their difference stays.
    return np.asarray(corrected - np.minimum(corrected.min(axis=1, keepdims=True), 0), np.float32)


def distances_to(embeddings: Float32, bank: Float32) -> Float32:
    """Return float32[N, 2]: Euclidean distances of float32[N, D] to open and close of float32[2, B, D]."""
    difference = embeddings[:, None, None, :] - bank[None]  # [N, 2, B, D]
    nearest: Float32 = np.sqrt(np.square(difference).sum(axis=3)).min(axis=2).astype(np.float32)
    return nearest


def problem_of(picture: PictureQuality, calibration: Calibration, finite: bool = True) -> Reason | None:
    """Return why a picture must not be judged, or None; `finite`: the network's output is finite."""
    if picture.problem is not None:
        return picture.problem
    if not picture.quality >= calibration.min_quality:
        return Reason.NOT_REGISTERED
    return None if finite else Reason.NOT_FINITE


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
