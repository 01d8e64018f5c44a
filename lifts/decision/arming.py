"""Whether a lift may say that all is well: only once a person and its own passages confirmed its masks.

Two drawings prove nothing about a lift: swapped masks invert every verdict at full confidence, and another
lift's masks may lie further apart than the correct ones. So the masks are measured on the lift itself:

(a) Of the pictures that a person confirmed as open and as closed (reference pictures, reviewed passages),
    the masks must judge at least one of each correctly, and few wrongly. Swapped masks fail here.
(b) The lift's own passages must separate: enough of them, some in each state, two clusters of margins that
    hardly overlap at the threshold in use.
(c) The bars must be where the masks are: few passages look like another lift's, and the difference between
    the bar maps of open and of closed passages agrees with the difference between the masks. Whatever shows
    in both states cancels out. Another lift's masks fail here, even if they happen to separate the passages.
(d) The view must be able to show the bar in both states (`lifts.decision.view`): the drawings can be told
    apart, and neither state is only the absence of the other.

Deterministic arithmetic on what was judged; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lifts.arrays import Float32
from lifts.decision.clusters import ClusterPrior
from lifts.decision.verdict import Verdict
from lifts.decision.view import HIDDEN, SHORT, PassageReading, ViewFinding, ViewReason, judge_view


@dataclass(frozen=True, slots=True)
class ArmingLimits:
    """What arming requires. Measured on calibration and unseen lifts by `barwatch evaluate-arming`.

    passages: least number of judged passages, as for a site calibration.
    of_each: least number of open ones among them, and of closed ones.
    refused: share of passages that do not look like this lift's, at most. Correct masks have up to 0.015.
    agreement: cosine -1..1 of the two differences, at least: above the highest of another lift's masks on the
        calibration lifts (0.64). Correct masks have 0.67 and more over all passages there, and 98 % of them
        0.62 after the first twenty: fewer passages lower it, which errs on the safe side.
    wrong_share: of the confirmed pictures of a state that are judged, at most this share wrongly.
    """

    passages: int = 20
    of_each: int = 3
    refused: float = 0.1
    agreement: float = 0.65
    wrong_share: float = 0.2


LIMITS = ArmingLimits()


class ArmingReason(StrEnum):
    """Why a lift is not armed. Part of the API: codes may be added, but a code never changes its meaning."""

    NO_MASKS = "no_masks"
    MASKS_NOT_EMBEDDED = "masks_not_embedded"
    NOT_CHECKED = "not_checked"
    PLACE_UNCERTAIN = "place_uncertain"
    MASKS_SWAPPED = "masks_swapped"
    OPEN_BAR_BELOW = "open_bar_below"
    CONFIRMED_MISJUDGED = "confirmed_misjudged"
    MASKS_OF_ANOTHER_LIFT = "masks_of_another_lift"
    NOT_CONFIRMED = "not_confirmed"
    TOO_FEW_PASSAGES = "too_few_passages"
    ONE_STATE_ONLY = "one_state_only"
    NOT_MEASURED = "not_measured"
    OPEN_BAR_SHORT = ViewReason.OPEN_BAR_SHORT.value
    CLOSED_BAR_SHORT = ViewReason.CLOSED_BAR_SHORT.value
    OPEN_BAR_HIDDEN = ViewReason.OPEN_BAR_HIDDEN.value
    CLOSED_BAR_HIDDEN = ViewReason.CLOSED_BAR_HIDDEN.value
    PASSAGES_DO_NOT_PART = ViewReason.PASSAGES_DO_NOT_PART.value
    TOO_MANY_UNKNOWN = ViewReason.TOO_MANY_UNKNOWN.value


class MaskQuality(StrEnum):
    """How well the masks fit the lift, measured on its own passages."""

    NOT_MEASURED = "not_measured"
    WEAK = "weak"
    GOOD = "good"


_WRONG = (
    ArmingReason.MASKS_SWAPPED,
    ArmingReason.OPEN_BAR_BELOW,
    ArmingReason.CONFIRMED_MISJUDGED,
    ArmingReason.MASKS_OF_ANOTHER_LIFT,
    *(ArmingReason(reason.value) for reason in (*SHORT.values(), *HIDDEN.values())),
)

_MEASURED_WEAK = (*_WRONG, ArmingReason.PASSAGES_DO_NOT_PART, ArmingReason.TOO_MANY_UNKNOWN)

DISTRUSTED = (*_WRONG, ArmingReason.NOT_CONFIRMED, ArmingReason.NO_MASKS)
"""Reasons for which masks or view are in doubt: more passages or another threshold do not help."""


@dataclass(frozen=True, slots=True)
class Arming:
    """Whether a lift is armed; reason: why not, None if it is; parameters: the numbers behind it, by name."""

    reason: ArmingReason | None
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def armed(self) -> bool:
        """Whether the lift may say that all is well."""
        return self.reason is None

    @property
    def quality(self) -> MaskQuality:
        """The masks' quality as measured on this lift."""
        if self.reason is None:
            return MaskQuality.GOOD
        return MaskQuality.WEAK if self.reason in _MEASURED_WEAK else MaskQuality.NOT_MEASURED


class ConfirmedReading(NamedTuple):
    """A picture or passage whose state a person confirmed (is_open), with its verdicts.

    by_masks: verdict by the masks alone. as_judged: verdict with the lift's site calibration, if it has one.
    """

    is_open: bool
    by_masks: Verdict
    as_judged: Verdict


def assess(
    confirmed: Sequence[ConfirmedReading],
    passages: Sequence[PassageReading],
    mask_maps: Float32 | None,
    prior: ClusterPrior | None,
    threshold: float = 0.0,
    limits: ArmingLimits = LIMITS,
    *,
    drawn_px: tuple[float, float] | None = None,
) -> Arming:
    """Say whether a lift is armed; if not, name the gravest reason.

    Args:
        confirmed: what a person confirmed, judged by the present masks.
        passages: the lift's own, by the present masks: judged, too close to call, or not this lift's.
        mask_maps: float32[2, C * C], bar maps of the open and the close mask; None for a model without maps.
        prior: distribution of the clusters over lifts in general; None if the model has none.
        threshold: the margin below which the lift's passages are called open now.
        limits: what is required.
        drawn_px: `lifts.masks.extents` of the masks; None if the drawings are not at hand.

    Raises:
        ValueError: a margin is not finite.
    """
    seen = [passage for passage in passages if passage.belongs]
    opened = [passage for passage in seen if passage.verdict is Verdict.OPEN]
    closed = [passage for passage in seen if passage.verdict is Verdict.CLOSED]
    counts = {"seen": len(seen), "open": len(opened), "closed": len(closed)}
    enough = len(passages) >= limits.passages
    refused = 1 - len(seen) / len(passages) if passages else 0.0
    both = min(len(opened), len(closed)) >= limits.of_each
    agreed = None if mask_maps is None else agreement(opened, closed, mask_maps, limits)

    view = judge_view(drawn_px, passages, mask_maps, prior, threshold)
    doubt = _check_confirmed(confirmed, limits)
    if doubt is not None and doubt.reason is ArmingReason.MASKS_SWAPPED:
        return doubt
    if short := view.found(*SHORT.values()):
        return _no_go(short, counts)
    hidden = [finding for finding in view.findings if finding.reason in HIDDEN.values()]
    if (
        len(hidden) == 1 and refused <= limits.refused
    ):  # the other bar is where its mask is: these are this lift's masks
        return _no_go(hidden[0], counts)
    if doubt is not None and doubt.reason is not ArmingReason.NOT_CONFIRMED:
        return doubt
    if enough and refused > limits.refused:
        parameters = counts | {"refused": len(passages) - len(seen), "refused_share": round(refused, 3)}
        return _not_armed(ArmingReason.MASKS_OF_ANOTHER_LIFT, parameters)
    if enough and both and agreed is not None and agreed < limits.agreement:
        parameters = counts | {"agreement": round(agreed, 3), "needed": limits.agreement}
        return _not_armed(ArmingReason.MASKS_OF_ANOTHER_LIFT, parameters)
    if hidden:
        return _no_go(hidden[0], counts)
    if doubt is not None:
        return doubt
    if len(seen) < limits.passages:
        return _not_armed(ArmingReason.TOO_FEW_PASSAGES, counts | {"needed": limits.passages})
    if not both:
        return _not_armed(ArmingReason.ONE_STATE_ONLY, counts | {"needed": limits.of_each})
    if prior is None or (mask_maps is not None and agreed is None):
        return _not_armed(ArmingReason.NOT_MEASURED, counts)
    if view.findings:
        return _no_go(view.findings[0], counts)
    measured = counts | dict(view.measured)
    if agreed is not None:
        measured["agreement"] = round(agreed, 3)
    return Arming(None, MappingProxyType(measured))


def _no_go(finding: ViewFinding, counts: Mapping[str, float]) -> Arming:
    """Return that the view cannot show the bar."""
    return _not_armed(ArmingReason(finding.reason.value), {**counts, **finding.parameters})


def _check_confirmed(confirmed: Sequence[ConfirmedReading], limits: ArmingLimits) -> Arming | None:
    """Return what is wrong with the confirmed pictures, None if nothing is."""
    states = {"open": Verdict.OPEN, "closed": Verdict.CLOSED}
    counts: dict[str, float] = {}
    swapped, misjudged = [], False
    for name, right in states.items():
        known = [reading for reading in confirmed if reading.is_open == (right is Verdict.OPEN)]
        wrong = Verdict.CLOSED if right is Verdict.OPEN else Verdict.OPEN
        right_count = sum(reading.as_judged is right for reading in known)
        wrong_count = sum(reading.as_judged is wrong for reading in known)
        counts |= {name: len(known), f"{name}_right": right_count, f"{name}_wrong": wrong_count}
        inverted = [reading.by_masks is wrong for reading in known if reading.by_masks is not Verdict.UNKNOWN]
        if inverted:
            swapped.append(2 * sum(inverted) > len(inverted))
        too_many_wrong = wrong_count > limits.wrong_share * (right_count + wrong_count)
        misjudged |= bool(known) and (not right_count or too_many_wrong)
    if swapped and all(swapped):
        return _not_armed(ArmingReason.MASKS_SWAPPED, counts)
    if misjudged:
        return _not_armed(ArmingReason.CONFIRMED_MISJUDGED, counts)
    if not counts["open"] or not counts["closed"]:
        return _not_armed(ArmingReason.NOT_CONFIRMED, counts)
    return None


def agreement(
    opened: Sequence[PassageReading],
    closed: Sequence[PassageReading],
    mask_maps: Float32,
    limits: ArmingLimits = LIMITS,
) -> float | None:
    """Return how well the bars lie on the masks, -1..1; None if too few passages have a map.

    Args:
        opened, closed: a lift's passages by their verdicts. mask_maps: float32[2, C * C], of open and close.
        limits: `of_each`.
    """
    means = []
    for group in (opened, closed):
        maps = [passage.bar_map for passage in group if passage.bar_map is not None]
        if len(maps) < limits.of_each:
            return None
        means.append(np.mean(maps, axis=0, dtype=np.float64))
    shown, drawn = means[0] - means[1], np.subtract(mask_maps[0], mask_maps[1], dtype=np.float64)
    size = float(np.linalg.norm(shown) * np.linalg.norm(drawn))
    return float(shown @ drawn) / size if size > 0 else 0.0


def _not_armed(reason: ArmingReason, parameters: Mapping[str, float]) -> Arming:
    return Arming(reason, MappingProxyType(dict(parameters)))
