"""After how many of its own passages a lift is armed, and that wrong masks never arm it.

Each lift gets its own masks, the same two swapped, and every other lift's. Two of its passages, one of each
state, stand in for what a person confirmed (the reference pictures); the others come one by one, in a random
order, and the lift is assessed after each (`lifts.decision.arming`). Masks that arm it at any time
count as armed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lifts.arrays import Bool, Float32
from lifts.decision.arming import LIMITS, ArmingReason, ConfirmedReading, agreement, assess
from lifts.decision.calibration import Calibration
from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.site import is_informative
from lifts.decision.verdict import Verdict
from lifts.decision.view import PassageReading
from lifts.masks import extents
from lifts.pictures.bar_maps import bar_maps
from lifts.schema import MaskPair
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import wilson
from ml.evaluate.scoring import (
    CheckedPicture,
    PictureFeatures,
    ScoringNetwork,
    check_pictures,
    infer,
)

OPEN_SHARES = (0.5, 0.1)
"""Shares of open passages: half, and few."""


@dataclass(frozen=True, eq=False)
class TrialLift:
    """A rendered lift's pictures as the network sees them; is_open: bool[P], one per passage of three."""

    name: str
    seen: PictureFeatures
    pictures: tuple[CheckedPicture, ...]
    masks: Float32
    is_open: Bool
    drawn_px: tuple[float, float]

    @staticmethod
    def of(model: ScoringNetwork, lift: RenderedLift) -> TrialLift:
        """Embed a rendered lift's pictures and masks."""
        masks = model.masks(np.stack([lift.open_mask, lift.close_mask]))
        pictures = check_pictures(lift.images)
        drawn_px = extents(MaskPair(open=lift.open_mask, close=lift.close_mask))
        seen, is_open = model.look(lift.images), lift.is_open[::3]
        return TrialLift(f"seed-{lift.seed}", seen, pictures, masks, is_open, drawn_px)


class Readings(NamedTuple):
    """A lift's passages, judged by one pair of masks.

    passages: each of three pictures; None if it could not be seen and is therefore no evidence.
    middles: the verdict on its middle picture alone, as on a reference picture.
    mask_maps: float32[2, C * C]; None for a model without maps.
    """

    passages: list[PassageReading | None]
    middles: list[Verdict]
    mask_maps: Float32 | None


def read_by(model: ScoringNetwork, lift: TrialLift, masks: Float32, calibration: Calibration) -> Readings:
    """Judge every passage of a lift by masks float32[2, D], its own or another lift's."""
    references = LiftReferences(masks[:, None])
    inference = infer(model, lift.seen, references.embeddings())
    cells = calibration.bar_map_cells
    passages: list[PassageReading | None] = []
    middles = []
    for at in range(0, len(lift.pictures), 3):
        rows, middle = slice(at, at + 3), slice(at + 1, at + 2)
        judgement, alone = (
            judge(lift.pictures[part], inference.take(part), references, calibration)
            for part in (rows, middle)
        )
        bar_map = _flat(inference.embeddings[middle], cells)
        shown = None if bar_map is None else bar_map[0]
        belongs = is_informative(judgement)
        is_evidence = belongs or judgement.reasons == (Reason.NOT_THIS_LIFT,)
        reading = PassageReading(judgement.verdict, judgement.margin, belongs, shown)
        passages.append(reading if is_evidence else None)
        middles.append(alone.verdict)
    return Readings(passages, middles, _flat(masks, cells))


def first_armed(
    readings: Readings,
    order: Sequence[int],
    confirmed: Sequence[ConfirmedReading],
    calibration: Calibration,
    drawn_px: tuple[float, float] | None,
) -> tuple[int | None, ArmingReason | None]:
    """Return after how many passages the lift is armed, None if never, and the last reason why it was not."""
    reason: ArmingReason | None = None
    evidence = [reading for index in order if (reading := readings.passages[index]) is not None]
    for count in range(LIMITS.passages, len(evidence) + 1):
        watched = evidence[:count]
        state = assess(confirmed, watched, readings.mask_maps, calibration.clusters, drawn_px=drawn_px)
        if state.armed:
            return count, None
        reason = state.reason
    return None, reason


def draw_order(is_open: Bool, share: float, rng: np.random.Generator) -> tuple[tuple[int, int], list[int]]:
    """Draw an open and a closed passage to confirm, and an order of others with this share of open ones."""
    opened, closed = (rng.permutation(np.flatnonzero(is_open == state)).tolist() for state in (True, False))
    first = (opened.pop(), closed.pop())
    order: list[int] = []
    while opened and closed:
        order.append((opened if rng.random() < share else closed).pop())
    return first, order


ReadingsBy = Mapping[tuple[int, int], Readings]
"""By a lift's number and that of the lift whose masks judge it."""


def read_all(model: ScoringNetwork, lifts: Sequence[TrialLift], calibration: Calibration) -> ReadingsBy:
    """Judge every passage of each lift by its own and by every other lift's masks."""
    return {
        (number, by): read_by(model, lift, other.masks, calibration)
        for number, lift in enumerate(lifts)
        for by, other in enumerate(lifts)
    }


def agreements(
    lifts: Sequence[TrialLift], read: ReadingsBy, rounds: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Return by kind of masks how well they agree with what carriers show (`lifts.decision.arming`).

    after_20: of the first twenty passages, `rounds` orders each; after_all: of all. Each has `count` (orders
    whose passages the masks separate at all), `lowest`, `highest`, and the quantiles of 2, 50 and 98 %.
    """
    found: dict[str, list[float]] = {}
    for number, lift in enumerate(lifts):
        for by in range(len(lifts)):
            kind, readings = "right" if by == number else "foreign", read[number, by]
            for turn in range(rounds):
                rng = np.random.default_rng([seed, number, turn])
                _, order = draw_order(lift.is_open, OPEN_SHARES[0], rng)
                taken = [readings.passages[index] for index in order]
                seen = [passage for passage in taken if passage is not None and passage.belongs]
                for name, some in (("after_20", seen[: LIMITS.passages]), ("after_all", seen)):
                    opened = [passage for passage in some if passage.verdict is Verdict.OPEN]
                    closed = [passage for passage in some if passage.verdict is Verdict.CLOSED]
                    if readings.mask_maps is None or min(len(opened), len(closed)) < LIMITS.of_each:
                        continue
                    value = agreement(opened, closed, readings.mask_maps)
                    if value is not None:
                        found.setdefault(f"{kind}_{name}", []).append(value)
    return {name: _spread(values) for name, values in sorted(found.items())}


def _spread(values: Sequence[float]) -> dict[str, Any]:
    low, median, high = (round(float(value), 3) for value in np.quantile(values, (0.02, 0.5, 0.98)))
    return {
        "count": len(values),
        "lowest": round(min(values), 3),
        "quantile_2": low,
        "median": median,
        "quantile_98": high,
        "highest": round(max(values), 3),
    }


class Trial(NamedTuple):
    """One lift with one pair of masks in one order; armed_after: passages, None if it never was.

    misjudged: the share of the lift's judged passages, 0..1, to which these masks give the other state.
    """

    kind: str
    lift: str
    share: float
    armed_after: int | None
    reason: ArmingReason | None
    misjudged: float


def trials(
    model: ScoringNetwork,
    lifts: Sequence[TrialLift],
    read: ReadingsBy,
    calibration: Calibration,
    rounds: int,
    seed: int,
) -> Iterator[Trial]:
    """Yield every trial: right, swapped and foreign masks, `rounds` orders for each share of open passages.

    A foreign pair is tried twice: with the lift's own confirmed pictures, and `foreign_confirmed`, as if
    they were judged correctly, like the pictures of another lift's complete folder by its own masks.
    """
    for number, lift in enumerate(lifts):
        swapped = read_by(model, lift, lift.masks[::-1].copy(), calibration)
        sources = [("right", lift, read[number, number]), ("swapped", lift, swapped)]
        sources += [
            ("foreign", other, read[number, by]) for by, other in enumerate(lifts) if other is not lift
        ]
        for kind, drawn_for, readings in sources:
            misjudged = _misjudged(readings, lift.is_open)
            for share in OPEN_SHARES:
                for turn in range(rounds):
                    first, order = draw_order(
                        lift.is_open, share, np.random.default_rng([seed, number, turn])
                    )
                    confirmed = [
                        ConfirmedReading(state, readings.middles[index], readings.middles[index])
                        for index, state in zip(first, (True, False), strict=True)
                    ]
                    variants = [(kind, confirmed)]
                    if kind == "foreign":
                        variants.append(("foreign_confirmed", _CONFIRMED_RIGHT))
                    for name, judged in variants:
                        found = first_armed(readings, order, judged, calibration, drawn_for.drawn_px)
                        yield Trial(name, lift.name, share, *found, misjudged)


def _misjudged(readings: Readings, is_open: Bool) -> float:
    """Return the share of the judged passages whose verdict is the other state."""
    right = [
        (reading.verdict is Verdict.OPEN) == bool(opened)
        for reading, opened in zip(readings.passages, is_open, strict=True)
        if reading is not None and reading.verdict is not Verdict.UNKNOWN
    ]
    return 1 - sum(right) / len(right) if right else 0.0


_CONFIRMED_RIGHT = [
    ConfirmedReading(True, Verdict.OPEN, Verdict.OPEN),
    ConfirmedReading(False, Verdict.CLOSED, Verdict.CLOSED),
]


def arming_rows(found: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return trials and armed ones for each kind of masks and share of open passages, and after how many.

    armed_misjudged: the highest share of passages that masks which armed judge wrongly; None if none did.
    """
    rows = []
    for kind, share in dict.fromkeys((trial.kind, trial.share) for trial in found):
        group = [trial for trial in found if (trial.kind, trial.share) == (kind, share)]
        after = sorted(trial.armed_after for trial in group if trial.armed_after is not None)
        reasons = [trial.reason.value for trial in group if trial.reason is not None]
        misjudged = [trial.misjudged for trial in group if trial.armed_after is not None]
        never_armed = {trial.lift for trial in group} - {t.lift for t in group if t.armed_after is not None}
        rows.append(
            {
                "masks": kind,
                "open_share": share,
                "trials": len(group),
                "armed": len(after),
                "armed_interval_95": list(wilson(len(after), len(group))),
                "armed_after_median": float(np.median(after)) if after else None,
                "armed_after_90_percent": float(np.quantile(after, 0.9)) if after else None,
                "armed_misjudged": max(misjudged, default=None),
                "lifts_never_armed": sorted(never_armed),
                "reasons": {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)},
            }
        )
    return rows


def _flat(embeddings: Float32, cells: int) -> Float32 | None:
    if not cells:
        return None
    return bar_maps(embeddings, cells).reshape(len(embeddings), -1).astype(np.float32)
