"""Which carriers must have passed, by the clock, and what became of each.

The cameras show a recording of whole rounds again and again, so that a carrier leaves at every tick of a
clock, whether anybody watches or not.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored passage: when its carrier left, in s; how many it stands for; whether it was judged."""

    at_s: float
    carriers: int
    judged: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the carriers of one lift.

    lost: passed, and nobody said so. estimated: said to have passed beyond those that did, where only an
    estimate was possible. doubled: more than one passage of one carrier.
    """

    passed: int
    judged: int
    unknown: int
    lost: int
    estimated: int
    doubled: int


def phase_s(seen: Sequence[Seen], interval_s: float) -> float:
    """Return where in an interval the carriers leave, by the passages that were judged.

    Raises:
        ValueError: there are none, or most do not come at an interval.
    """
    at_s = [each.at_s % interval_s for each in seen if each.judged]
    mean = sum(cmath.exp(2j * math.pi * each / interval_s) for each in at_s) / max(1, len(at_s))
    if abs(mean) < 0.8:
        found = ", ".join(f"{each:.1f}" for each in at_s)
        raise ValueError(f"{len(at_s)} passages do not come every {interval_s} s: {found}")
    return cmath.phase(complex(mean)) / (2 * math.pi) * interval_s % interval_s


def account(seen: Sequence[Seen], phase: float, interval_s: float, begin_s: float, end_s: float) -> Account:
    """Return what became of the carriers that left from `begin_s` to `end_s`.

    Args:
        seen: all stored passages of one lift; those of other times do not count.
        phase: of its carriers (`phase_s`). interval_s: between them.
    """
    first, last = (math.ceil((at_s - phase) / interval_s) for at_s in (begin_s, end_s))
    ticks = range(first, last)
    placed = _placed(seen, phase, interval_s)
    counted = [each for each, tick in placed if first <= tick < last]
    alone = [tick for each, tick in placed if first <= tick < last and each.carriers == 1]
    left = set(ticks) - set(alone)
    # One record may stand for a whole gap. It is written when the gap is over.
    several = sorted((_tick(each, phase, interval_s), each.carriers) for each in counted if each.carriers > 1)
    estimated = 0
    for tick, carriers in several:
        of_gap = sorted(missed for missed in left if missed <= tick)[-carriers:]
        left -= set(of_gap)
        estimated += carriers - len(of_gap)
    judged = sum(each.judged for each in counted)
    return Account(
        passed=len(ticks),
        judged=judged,
        unknown=sum(each.carriers for each in counted if not each.judged),
        lost=len(left),
        estimated=estimated,
        doubled=len(alone) - len(set(alone)),
    )


def _placed(seen: Sequence[Seen], phase: float, interval_s: float) -> list[tuple[Seen, int]]:
    """Return each passage with its carrier.

    On a busy machine frames come late, and so does what is reported of them: a passage a quarter of an
    interval before a carrier belongs to the one before that, if nothing else does.
    """
    found: list[tuple[Seen, int]] = []
    for each in sorted(seen, key=lambda passage: passage.at_s):
        tick = _tick(each, phase, interval_s)
        early_s = phase + tick * interval_s - each.at_s
        late = early_s > 0.25 * interval_s and bool(found) and found[-1][1] == tick - 2
        found.append((each, tick - 1 if late and each.carriers == 1 else tick))
    return found


def _tick(seen: Seen, phase: float, interval_s: float) -> int:
    return round((seen.at_s - phase) / interval_s)
