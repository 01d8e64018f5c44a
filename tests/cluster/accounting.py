"""Which carriers must have passed, by the clock, and what became of each.

The cameras show a recording of whole rounds again and again, so that a carrier leaves at every tick of a
clock, whether anybody watches or not.
"""

from __future__ import annotations

import cmath
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AGREE = 0.1
"""Of an interval: passages that are nearer to each other come at the same time of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored passage: when its carrier left, in s; how many it stands for; whether judged, and if late."""

    at_s: float
    carriers: int
    judged: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the carriers of one lift.

    lost: passed, and nobody said so. estimated: said to have passed beyond those that did, where only an
    estimate was possible. doubled: more than one passage of one carrier. late: judged, but more than 2 s
    after the carrier had left, as all are that pass while their line is learnt anew.
    """

    passed: int
    judged: int
    unknown: int
    lost: int
    estimated: int
    doubled: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Strike:
    """A kill: of what, from when until when it counts (s since 1970), and for how long each lift then
    brought no frames, in s. without_s: None where nobody could look.
    """

    kind: str
    began_s: float
    ended_s: float
    without_s: Mapping[str, float] | None


def phase_s(seen: Sequence[Seen], interval_s: float) -> float:
    """Return where in an interval the carriers leave, by the passages that were judged.

    On a busy machine frames come late for a while, and so do passages: the mean is of those that agree.

    Raises:
        ValueError: there are none, or no more than half of them come at an interval.
    """
    turns = [cmath.exp(2j * math.pi * each.at_s / interval_s) for each in seen if each.judged]
    nearest = 2 * math.sin(math.pi * AGREE)  # as a chord of the circle
    agree = max(([at for at in turns if abs(at - one) < nearest] for one in turns), key=len, default=[])
    if 2 * len(agree) <= len(turns):
        found = ", ".join(f"{each.at_s % interval_s:.1f}" for each in seen if each.judged)
        raise ValueError(f"{len(turns)} passages do not come every {interval_s} s: {found}")
    return cmath.phase(sum(agree)) / (2 * math.pi) * interval_s % interval_s


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
        late=sum(each.judged and each.late for each in counted),
    )


def by_kind(
    passages: Mapping[str, Sequence[Seen]], interval_s: float, strikes: Sequence[Strike]
) -> dict[str, dict[str, Any]]:
    """Return what the kills of each kind cost, all together: what a simulation is compared with.

    `lifts`: how many were without frames, and `unwatched_lift_s`: for how long, summed over them; None where
    nobody could look. `passed`, `unknown`, `late`: carriers that left from a kill until it no longer counted.

    Args:
        passages: all stored passages of each lift. interval_s: between carriers.
        strikes: every kill; their times do not overlap.
    """
    phases = {lift_id: phase_s(seen, interval_s) for lift_id, seen in passages.items()}
    of_kind: dict[str, list[Strike]] = defaultdict(list)
    for strike in strikes:
        of_kind[strike.kind].append(strike)
    found: dict[str, dict[str, Any]] = {}
    for kind, its in of_kind.items():
        without = [each.without_s for each in its if each.without_s is not None]
        gaps_s = [gap_s for each in without for gap_s in each.values() if gap_s > 0.0]
        counted = [
            account(seen, phases[lift_id], interval_s, each.began_s, each.ended_s)
            for each in its
            for lift_id, seen in passages.items()
        ]
        found[kind] = {
            "kills": len(its),
            "lifts": len(gaps_s) if without else None,
            "unwatched_lift_s": round(sum(gaps_s), 2) if without else None,
            **{name: sum(getattr(each, name) for each in counted) for name in ("passed", "unknown", "late")},
        }
    return found


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
