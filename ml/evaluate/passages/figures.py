"""Whether every carrier was found exactly once, and how precisely its time is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml.evaluate.events import Record, carrier_of
from ml.evaluate.metrics import distribution, wilson

FIRST = 2
"""Number of carriers at the start of a recording, while the line is still being learnt."""

NEAR_S = 0.2

_COUNTS = ("carriers", "once", "missed", "twice", "ghosts", "unknown")


@dataclass
class PassageTally:
    """The passages found in some recordings; carriers are those of the truth, times in seconds.

    once, missed, twice: carriers with one passage, none, more. ghosts: passages without a carrier. unknown:
    carriers whose first passage was not judged. late_first, late_others: verdicts after TF, of first_found
    (the first carriers of each recording) and others_found. errors_s: distance of the reported middle from
    the true one, for each carrier's first passage. missed_at, twice_at: the carriers' true middles;
    ghosts_at: the reported middles.
    """

    carriers: int = 0
    once: int = 0
    missed: int = 0
    twice: int = 0
    ghosts: int = 0
    unknown: int = 0
    late_first: int = 0
    first_found: int = 0
    late_others: int = 0
    others_found: int = 0
    errors_s: list[float] = field(default_factory=list)
    missed_at: list[float] = field(default_factory=list)
    twice_at: list[float] = field(default_factory=list)
    ghosts_at: list[float] = field(default_factory=list)


def found(
    truth: Sequence[Record], lines: Sequence[Record], line_time: Callable[[float], float] = float
) -> PassageTally:
    """Compare one recording's passages with its carriers.

    Args:
        truth: carriers with t_begin, t_middle, t_end (TF), in order of passing.
        lines: of `barwatch watch --json --timing`, in their order.
        line_time: maps a time of the recording to the time at which a line that never stopped would be at the
            same place: while a line stands, seconds do not measure the error.
    """
    result = PassageTally(carriers=len(truth))
    of: list[list[Record]] = [[] for _ in truth]
    times = ("t_begin", "t_middle", "t_end")
    ran = [{name: line_time(carrier[name]) for name in times} for carrier in truth]
    for line in lines:
        carrier = carrier_of(ran, {"t_middle": line_time(line["t_middle"])})
        if carrier is None:
            result.ghosts_at.append(line["t_middle"])
        else:
            of[carrier].append(line)
    for number, (carrier_truth, its_lines) in enumerate(zip(truth, of, strict=True)):
        middle_s = carrier_truth["t_middle"]
        if not its_lines:
            result.missed_at.append(middle_s)
            continue
        if len(its_lines) > 1:
            result.twice_at.append(middle_s)
        line = its_lines[0]
        late = line["t_decided"] > carrier_truth["t_end"]
        off_s = line_time(line["t_middle"]) - ran[number]["t_middle"]
        if number < FIRST:
            result.first_found, result.late_first = result.first_found + 1, result.late_first + late
        else:
            result.others_found, result.late_others = result.others_found + 1, result.late_others + late
        result.unknown += line["verdict"] == "unknown"
        result.errors_s.append(round(abs(off_s), 4))
    result.missed, result.twice = len(result.missed_at), len(result.twice_at)
    result.ghosts = len(result.ghosts_at)
    result.once = result.carriers - result.missed - result.twice
    return result


def row(one: PassageTally) -> dict[str, Any]:
    """One recording's figures as plain values; errors only by their worst."""
    plain = {name: value for name, value in vars(one).items() if name != "errors_s"}
    return plain | {"worst_error_s": max(one.errors_s, default=None)}


def summary(all_found: Sequence[PassageTally]) -> dict[str, Any]:
    """Figures over some recordings as plain values; intervals are Wilson's, of 95 %, of the carriers."""
    counts = (*_COUNTS, "late_first", "first_found", "late_others", "others_found")
    total: dict[str, Any] = {name: sum(getattr(one, name) for one in all_found) for name in counts}
    carriers = total["carriers"]
    errors = np.array([error for one in all_found for error in one.errors_s])
    return {
        **total,
        **{
            f"{name}_interval_95": list(wilson(min(total[name], carriers), carriers))
            for name in ("once", "missed", "twice", "ghosts")
        },
        "error_s": distribution(errors),
        "within_s": NEAR_S,
        "within": float(np.mean(errors <= NEAR_S)) if len(errors) else None,
    }


def report(named: Sequence[tuple[str, str, Sequence[tuple[dict[str, Any], PassageTally]]]]) -> dict[str, Any]:
    """All variants' figures and those of all together.

    Args:
        named: for each variant its name, what it is, and what was found on each recording, named first.
    """
    variants = [
        {
            "variant": name,
            "what": what,
            **summary([one for _, one in seen]),
            "recordings": [{**named_by, **row(one)} for named_by, one in seen],
        }
        for name, what, seen in named
    ]
    return {"variants": variants, "all": summary([one for _, _, seen in named for _, one in seen])}
