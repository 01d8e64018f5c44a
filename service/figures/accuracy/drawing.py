"""Draws the passages of a lift's day that people are to review, each with a known probability. Pure.

Misses hide among the passages that raised no alarm, and nobody can review all of those. So they are divided
into strata by what the service said of them, and each stratum is sampled by itself: more densely where a miss
is likelier. Within a stratum the sample is systematic over the time of day with a random start (Madow and
Madow 1944, The Annals of Mathematical Statistics 15): every hour has its share, and each passage is drawn
with probability n / N exactly.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from lifts.decision.verdict import Verdict
from service.domain.reviewing.sampling import QUIET, DrawnPassage, Stratum, StratumDraw

NEAR_SHARE = 0.2
"""The share of a day's closed passages, the least certain, that are called near."""

SHARES = {Stratum.CLEAR: 0.4, Stratum.NEAR: 0.2, Stratum.UNKNOWN: 0.2, Stratum.OPEN: 0.2}
"""How the sample is divided. Clear ones are nearly all of the passages, so that each of them stands for many:
what is not found among few of them bounds the misses the least."""


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """How many passages of a lift and day are drawn at most: quiet ones, and ones with an alarm.

    second: the share of them, 0..1, that a second person is to review.
    """

    quiet: int = 40
    alarms: int = 40
    second: float = 0.2


@dataclass(frozen=True, slots=True)
class DayPassage:
    """What of a passage decides about its stratum.

    alarmed: it has an alarm of the bar; late: that came after the carrier had left. reviewable: it has its
    pictures. carriers: how many it stands for.
    """

    id: str
    seen_at: datetime
    verdict: Verdict
    confidence: float
    alarmed: bool
    late: bool
    reviewable: bool
    carriers: int = 1


def draw(passages: Sequence[DayPassage], plan: SamplePlan, seed: str) -> tuple[StratumDraw, ...]:
    """Draw from a day's passages; the same passages, plan and seed give the same. Every stratum is returned.

    passages: of one lift and day, in any order. seed: any text.
    """
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    strata = _strata(passages)
    sizes = {Stratum.ALARM: min(plan.alarms, len(strata[Stratum.ALARM]))}
    sizes |= _allocate({stratum: len(strata[stratum]) for stratum in QUIET}, plan.quiet)
    draws = [_draw_one(stratum, strata[stratum], size, plan, random) for stratum, size in sizes.items()]
    unseen = sum(one.carriers for one in passages if not _reviewable(one))
    return (*draws, StratumDraw(Stratum.UNSEEN, unseen, ()))


def _reviewable(one: DayPassage) -> bool:
    return one.reviewable and one.carriers == 1


def _strata(passages: Sequence[DayPassage]) -> dict[Stratum, list[DayPassage]]:
    seen = sorted(filter(_reviewable, passages), key=lambda one: (one.seen_at, one.id))
    quiet = [one for one in seen if not one.alarmed]
    closed = [one for one in quiet if one.verdict is Verdict.CLOSED]
    by_confidence = sorted(closed, key=lambda one: (one.confidence, one.id))
    near = {one.id for one in by_confidence[: math.ceil(NEAR_SHARE * len(closed))]}
    return {
        Stratum.ALARM: [one for one in seen if one.alarmed],
        Stratum.UNKNOWN: [one for one in quiet if one.verdict is Verdict.UNKNOWN],
        Stratum.OPEN: [one for one in quiet if one.verdict is Verdict.OPEN],
        Stratum.NEAR: [one for one in closed if one.id in near],
        Stratum.CLEAR: [one for one in closed if one.id not in near],
    }


def _allocate(populations: dict[Stratum, int], total: int) -> dict[Stratum, int]:
    """Return how many are drawn of each: by SHARES; what a small stratum leaves goes on to the others."""
    sizes = {
        stratum: min(populations[stratum], round(share * total)) if stratum is not Stratum.CLEAR else 0
        for stratum, share in SHARES.items()
    }
    for stratum in SHARES:  # the clear ones first, which take what is left
        left = total - sum(sizes.values())
        sizes[stratum] = min(populations[stratum], sizes[stratum] + left)
    return {stratum: sizes[stratum] for stratum in QUIET}


def _draw_one(
    stratum: Stratum, among: list[DayPassage], size: int, plan: SamplePlan, random: np.random.Generator
) -> StratumDraw:
    if not size:
        return StratumDraw(stratum, len(among), ())
    chosen = np.floor((random.random() + np.arange(size)) * len(among) / size).astype(int)
    places, seconds = random.random(size), random.random(size) < plan.second
    drawn = tuple(
        DrawnPassage(one.id, one.seen_at, size / len(among), float(place), bool(second), one.late)
        for one, place, second in zip((among[k] for k in chosen), places, seconds, strict=True)
    )
    return StratumDraw(stratum, len(among), drawn)
