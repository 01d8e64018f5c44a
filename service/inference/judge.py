"""From embeddings to a verdict: pure arithmetic on one passage.

Per picture: distance to the open and to the close mask; margin = distance to open - distance to close,
negative means nearer to open; calibrated, p(open) = sigmoid(-(scale * margin + offset)); `unknown` between
`unknown_low` and `unknown_high`. A model that compares by itself
(`Inference.matches`) has the distances corrected to its own margin; for another they are the least over the
mask's bank of shifted copies.

A lift that goes by what its own passages told (`threshold`) has their prototypes' margin joined to it, and is
read by where its passages part instead of by `offset`.

Per passage, over the pictures that may be judged (no problem, registered well enough):

- None is left: `unknown`, with the pictures' problems as the reason. Never a default.
- Together they do not look like a carrier of this lift: `unknown`. Covered lens, empty track, moved camera,
  masks of another lift.
- Normally the margins are averaged, and the mean is calibrated like a picture's.
- A bar may be lowered while the carrier passes. If some pictures are decisively open and others decisively
  closed, their mean would say little; the last decisive state counts, because what matters is where the bar
  is at TF. Then margin and confidence are those of the unbroken last run of decisive pictures of that state.
  The price: one picture that is decisively wrong at the very end turns the passage. `DECISIVE` is therefore
  far stricter than the band of a verdict: on passages whose bar does not move, the mean alone errs less than
  a last picture that is merely confident.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from lifts.odds import mean_odds
from lifts.prototypes import Prototypes
from service.domain.arrays import Float32
from service.domain.masks import MaskVersion
from service.domain.passage import Picture
from service.domain.verdict import NOT_THIS_LIFT, TOO_CLOSE, ImageJudgement, Inference, Judgement, Verdict
from service.inference.artefact import Calibration

DECISIVE = 0.97
"""A picture's probability, of either state, from which it may contradict its passage's other pictures."""


def judge(
    pictures: Sequence[Picture],
    seen: Inference,
    mask_version: MaskVersion,
    calibration: Calibration,
) -> Judgement:
    """Judge one passage.

    Args:
        pictures: one to three, in the order of time.
        seen: what the network says of them by this lift's masks.
        mask_version: the lift's masks; its embeddings float32[2, B, D] are of the same model.
        calibration: the model's.

    Raises:
        ValueError: the shapes do not fit together.
    """
    bank, (embeddings, occupancy, matches) = mask_version.embeddings, seen
    if embeddings.shape != (len(pictures), bank.shape[2]) or occupancy.shape != (len(pictures),):
        raise ValueError(
            f"expected {len(pictures)} embeddings of {bank.shape[2]} numbers and as many occupancies, "
            f"got {list(embeddings.shape)} and {list(occupancy.shape)}"
        )
    own = mask_version.threshold
    if own is not None:
        calibration = calibration.on_site(own.heaps.threshold)
    distances = distances_of(seen, bank, mask_version.prototypes)
    problems = [
        problem_of(picture, calibration, bool(np.isfinite(row).all() and np.isfinite(occupied)))
        for picture, row, occupied in zip(pictures, distances, occupancy, strict=True)
    ]
    margins = [float(row[0] - row[1]) for row in distances]
    chances = [probability_open(margin, calibration) for margin in margins]
    verdicts = [
        Verdict.UNKNOWN if problem else verdict_of(chance, calibration)
        for problem, chance in zip(problems, chances, strict=True)
    ]
    images = tuple(
        ImageJudgement(_finite(row[0]), _finite(row[1]), _finite(occupied), verdict)
        for row, occupied, verdict in zip(distances, occupancy, verdicts, strict=True)
    )
    usable = [index for index, problem in enumerate(problems) if not problem]
    if not usable:
        reasons = dict.fromkeys(problem for problem in problems if problem)
        return unknown("; ".join(reasons) or "no picture", mask_version, images=images)
    # NaN, of a model that knows distances only, is not below.
    if mean_odds(matches[usable, 1]) < calibration.fit_threshold:
        return unknown(NOT_THIS_LIFT, mask_version, images=images)
    margin = float(np.mean([margins[index] for index in deciding(chances, usable)]))
    p_open = probability_open(margin, calibration)
    verdict = verdict_of(p_open, calibration)
    seated = float(mean_odds(occupancy[usable]))
    return Judgement(
        verdict=verdict,
        confidence=max(p_open, 1.0 - p_open),
        margin=margin,
        occupied=seated >= calibration.occupancy_threshold,
        occupancy=seated,
        images=images,
        mask_version=mask_version.version,
        model=mask_version.model,
        reason=TOO_CLOSE if verdict is Verdict.UNKNOWN else "",
    )


def unknown(
    reason: str, mask_version: MaskVersion | None = None, *, images: tuple[ImageJudgement, ...] = ()
) -> Judgement:
    """Return the judgement of a passage of which nothing can be said, and why."""
    return Judgement(
        verdict=Verdict.UNKNOWN,
        confidence=0.5,
        margin=0.0,
        occupied=False,
        occupancy=0.0,
        images=images,
        mask_version=0 if mask_version is None else mask_version.version,
        model="" if mask_version is None else mask_version.model,
        reason=reason,
    )


def deciding(chances: Sequence[float], usable: Sequence[int]) -> list[int]:
    """Return the indices of the pictures whose margins are averaged (see the module's text).

    Args:
        chances: each picture's probability that the bar is open, 0..1, in the order of time.
        usable: indices of the pictures that may be judged, in order, at least one.
    """
    decisive = [i for i in usable if max(chances[i], 1.0 - chances[i]) >= DECISIVE]
    if len({chances[i] > 0.5 for i in decisive}) < 2:
        return list(usable)
    last = chances[decisive[-1]] > 0.5
    run = list(itertools.takewhile(lambda i: (chances[i] > 0.5) == last, reversed(decisive)))
    return run[::-1]


def distances_of(seen: Inference, bank: Float32, prototypes: Prototypes | None = None) -> Float32:
    """Return float32[N, 2]: distances to open and close whose difference is the margin to go by.

    It is the network's own margin where it compares, joined with that by the lift's prototypes if it has any.
    """
    distances = distances_to(seen.embeddings, bank)
    margins = seen.matches[:, 0]
    compares = not np.isnan(margins).all()
    if not compares and prototypes is None:
        return distances
    if not compares:
        margins = distances[:, 0] - distances[:, 1]
    if prototypes is not None:
        margins = prototypes.joined(margins, seen.embeddings)
    apart = np.stack([margins, -margins], axis=1) / 2
    corrected: Float32 = distances.mean(axis=1, keepdims=True) + apart
    # A distance is not negative; the difference stays.
    return np.asarray(corrected - np.minimum(corrected.min(axis=1, keepdims=True), 0), np.float32)


def distances_to(embeddings: Float32, bank: Float32) -> Float32:
    """Return float32[N, 2]: Euclidean distances of float32[N, D] to open and close of float32[2, B, D]."""
    difference = embeddings[:, None, None, :] - bank[None]  # [N, 2, B, D]
    nearest: Float32 = np.sqrt(np.square(difference).sum(axis=3)).min(axis=2).astype(np.float32)
    return nearest


def probability_open(margin: float, calibration: Calibration) -> float:
    """Return the calibrated probability that the bar is open, 0..1."""
    logit = -(calibration.scale * margin + calibration.offset)
    # The two forms are equal; each is used where its exponential cannot overflow.
    return 1.0 / (1.0 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1.0 + math.exp(logit))


def verdict_of(p_open: float, calibration: Calibration) -> Verdict:
    """Return the state that the probability speaks for, `unknown` strictly inside the band."""
    if p_open >= calibration.unknown_high:
        return Verdict.OPEN
    return Verdict.CLOSED if p_open <= calibration.unknown_low else Verdict.UNKNOWN


def problem_of(picture: Picture, calibration: Calibration, finite: bool = True) -> str:
    """Say why a picture must not be judged, "" if it may; `finite`: the network's answer is."""
    if picture.problem:
        return picture.problem
    if not picture.quality >= calibration.min_quality:
        return "not registered"
    return "" if finite else "the network's answer is not a number"


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
