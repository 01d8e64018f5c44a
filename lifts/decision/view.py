"""Whether a camera's view can show the bar in both states: GO, or NO-GO with reasons and what they rest on.

A closed bar may be hidden behind the bench, or the next carrier's frame may hang where an open bar would be.
Then the network has to conclude one state from the absence of the other, and any obstacle becomes an error:
a place that shows the bar is better than any threshold. Three sources say so, before a lift is armed:

(a) The drawings: what tells each bar from the other is too short to be seen. Known at enrolment.
(b) The network's own maps: under one mask's own part, passages judged so look hardly different from the
    others. How different is measured in standard deviations (the sensitivity index d' of signal detection:
    Green and Swets, "Signal Detection Theory and Psychophysics", 1966), so that no scale of a network or of
    a lift enters, and whatever shows in either state cancels out.
(c) The margins of its passages: the clusters overlap at the threshold, or too many are too close to call.

Deterministic arithmetic on what was judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lifts.arrays import Float32, Float64
from lifts.decision.clusters import ClusterPrior, fit_clusters
from lifts.decision.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """What a view must show. Chosen on the lifts that calibrate, seeds 10100 to 10159.

    extent_px: diagonal of the box around what tells one drawing from the other (`lifts.masks.extents`), at
        least. Half of all rendered lifts have 125 and more, 464 of 468 have 38 and more, four at most 22.
    passages: least number of passages that are evidence.
    of_each: least number of open ones among them, and of closed ones, with maps.
    strength: standard deviations by which a bar stands out under its mask, at least. The three of the 68
        lifts with the most wrong passages have 1.0 to 1.3, all others 1.9 and more.
    overlap: a cluster's share beyond the threshold, below this.
    unknown_share: share of passages that are too close to call, at most. Correct masks have up to 0.07 where
        the bar is seen.
    """

    extent_px: float = 30.0
    passages: int = 20
    of_each: int = 3
    strength: float = 1.5
    overlap: float = 0.02
    unknown_share: float = 0.2


LIMITS = ViewLimits()

STATES = (Verdict.OPEN, Verdict.CLOSED)


class ViewReason(StrEnum):
    """Why a view is NO-GO. Part of the API: codes may be added, but a code never changes its meaning."""

    OPEN_BAR_SHORT = "open_bar_short"
    CLOSED_BAR_SHORT = "closed_bar_short"
    OPEN_BAR_HIDDEN = "open_bar_hidden"
    CLOSED_BAR_HIDDEN = "closed_bar_hidden"
    PASSAGES_DO_NOT_PART = "passages_do_not_part"
    TOO_MANY_UNKNOWN = "too_many_unknown"


SHORT = {Verdict.OPEN: ViewReason.OPEN_BAR_SHORT, Verdict.CLOSED: ViewReason.CLOSED_BAR_SHORT}
HIDDEN = {Verdict.OPEN: ViewReason.OPEN_BAR_HIDDEN, Verdict.CLOSED: ViewReason.CLOSED_BAR_HIDDEN}


class PassageReading(NamedTuple):
    """One of the lift's own passages, judged by its present masks.

    margin: of no meaning if it does not belong. belongs: whether it looks like a carrier of this lift.
    bar_map: float32[C * C], where a bar was seen, 0 upwards; None if it is not known.
    """

    verdict: Verdict
    margin: float
    belongs: bool
    bar_map: Float32 | None = None


class ViewFinding(NamedTuple):
    """One reason for NO-GO, with the numbers behind it by name."""

    reason: ViewReason
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ViewJudgement:
    """A view's judgement; findings: why it is NO-GO, gravest first; measured: what was measured, by name."""

    findings: tuple[ViewFinding, ...] = ()
    measured: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def go(self) -> bool:
        """Whether nothing speaks against the view so far."""
        return not self.findings

    def found(self, *reasons: ViewReason) -> ViewFinding | None:
        """Return the first finding with one of these reasons, None if there is none."""
        return next((finding for finding in self.findings if finding.reason in reasons), None)


def judge_view(
    drawn_px: tuple[float, float] | None,
    passages: Sequence[PassageReading],
    mask_maps: Float32 | None,
    prior: ClusterPrior | None,
    threshold: float = 0.0,
    limits: ViewLimits = LIMITS,
) -> ViewJudgement:
    """Judge a lift's view from what is known of it so far.

    Args:
        drawn_px: `lifts.masks.extents` of its masks, open and close; None if they are not known.
        passages: the lift's own, by the present masks. Too few of them say nothing.
        mask_maps: float32[2, C * C], bar maps of the open and the close mask; None for a model without maps.
        prior: distribution of the clusters over lifts in general; None if the model has none.
        threshold: the margin below which the lift's passages are called open now.
        limits: what is required.

    Raises:
        ValueError: a margin is not finite.
    """
    checks: list[_Check] = []
    if drawn_px is not None:
        checks += [
            _Check(SHORT[state], "extent_px", px, limits.extent_px, px >= limits.extent_px, f"{state.value}_")
            for state, px in zip(STATES, drawn_px, strict=True)
        ]
    seen = [passage for passage in passages if passage.belongs]
    if len(seen) >= limits.passages:
        shown = {} if mask_maps is None else strengths(seen, mask_maps, limits.of_each)
        checks += [
            _Check(
                HIDDEN[state], "strength", value, limits.strength, value >= limits.strength, f"{state.value}_"
            )
            for state, value in shown.items()
        ]
        if prior is not None:
            share = fit_clusters([passage.margin for passage in seen], prior).overlap_at(threshold)
            parting = ViewReason.PASSAGES_DO_NOT_PART
            checks.append(_Check(parting, "overlap", share, limits.overlap, share < limits.overlap))
        share = sum(passage.verdict is Verdict.UNKNOWN for passage in seen) / len(seen)
        doubtful, most = ViewReason.TOO_MANY_UNKNOWN, limits.unknown_share
        checks.append(_Check(doubtful, "unknown_share", share, most, share <= most))
    return ViewJudgement(
        tuple(ViewFinding(one.reason, one.parameters()) for one in checks if not one.passed),
        MappingProxyType({f"{one.of}{one.name}": round(one.value, 4) for one in checks}),
    )


class _Check(NamedTuple):
    """One thing measured, beside what is needed of it; of: what its name begins with where there are two."""

    reason: ViewReason
    name: str
    value: float
    needed: float
    passed: bool
    of: str = ""

    def parameters(self) -> Mapping[str, float]:
        """Return what the sentence about it names."""
        return MappingProxyType({self.name: round(self.value, 4), "needed": self.needed})


def strengths(
    passages: Sequence[PassageReading], mask_maps: Float32, of_each: int = LIMITS.of_each
) -> dict[Verdict, float]:
    """Return by how many standard deviations each state's bar stands out under its own mask.

    Empty if fewer than `of_each` passages of a state have a map.
    """
    groups = {
        state: [p.bar_map for p in passages if p.verdict is state and p.bar_map is not None]
        for state in STATES
    }
    if min(len(maps) for maps in groups.values()) < of_each:
        return {}
    drawn = np.subtract(mask_maps[0], mask_maps[1], dtype=np.float64)
    found = {}
    for state, other, sign in ((*STATES, 1.0), (*STATES[::-1], -1.0)):
        own = np.clip(sign * drawn, 0, None)
        own /= max(float(own.sum()), 1e-9)
        found[state] = _sensitivity(np.stack(groups[state]) @ own, np.stack(groups[other]) @ own)
    return found


def _sensitivity(shown: Float64, background: Float64) -> float:
    """Return d': the difference of the means in pooled standard deviations, with 999 for all but none."""
    squares = shown.var() * len(shown) + background.var() * len(background)
    deviation = float(np.sqrt(squares / (len(shown) + len(background) - 2)))
    difference = float(shown.mean() - background.mean())
    return float(np.clip(difference / max(deviation, 1e-6), -999.0, 999.0))
