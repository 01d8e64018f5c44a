"""Scoring per event, as lift engineers would: one decision per carrier, in time or not at all.

The event is that of the EVEREST study (STRMTG, Université Gustave Eiffel): the bar not completely lowered at
TF with somebody on the seat. An alarm after TF counts as missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Seat, Verdict
from ml.evaluate.metrics import distribution, wilson
from ml.evaluate.verdicts import Outcome, count_verdicts

Record = dict[str, Any]


@dataclass
class EventTally:
    """What happened over some recordings; carriers are those of the truth, times in seconds.

    events: carriers that left open and occupied. caught: of those, with an alarm in time; late: with an
    alarm after TF; warned: with an alarm of lower priority, since the seat is unclear; called_unknown: not
    judged, which raises a health alarm instead; silent: neither.
    false_alarms: alarms for carriers that were closed or empty, or that did not exist or had one already;
    false_warnings: the same of lower priority.
    missed, found_twice, ghosts: carriers without a passage, with two, and passages without a carrier.
    outcomes: the first verdict of each carrier that has one.
    """

    seconds: float = 0.0
    carriers: int = 0
    events: int = 0
    caught: int = 0
    late: int = 0
    warned: int = 0
    called_unknown: int = 0
    silent: int = 0
    false_alarms: int = 0
    false_warnings: int = 0
    missed: int = 0
    found_twice: int = 0
    ghosts: int = 0
    delays_s: list[float] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        """All figures that are numbers."""
        return {name: value for name, value in vars(self).items() if not isinstance(value, list)}


def is_alarm(line: Record) -> bool:
    """Whether a line of `barwatch watch` raises a critical alarm: open, with somebody on it."""
    return line["verdict"] == "open" and bool(line["occupied"])


def is_warning(line: Record) -> bool:
    """Whether a line raises an alarm of lower priority: open, and nobody can tell whether it is occupied."""
    return line["verdict"] == "open" and line.get("seat") == Seat.UNCLEAR


def tally(truth: Sequence[Record], lines: Sequence[Record], seconds: float) -> EventTally:
    """Compare one recording's passages with its carriers.

    Args:
        truth: carriers with t_begin, t_middle, t_end (TF), state, occupied.
        lines: of `barwatch watch --json --timing`, in their order.
        seconds: length of the recording.
    """
    result = EventTally(seconds=seconds, carriers=len(truth))
    of: dict[int, list[Record]] = {k: [] for k in range(len(truth))}
    for line in lines:
        carrier = carrier_of(truth, line)
        if carrier is None:
            result.ghosts += 1
            result.false_alarms += is_alarm(line)
            result.false_warnings += is_warning(line)
        else:
            of[carrier].append(line)
    for carrier, its_lines in of.items():
        _add(result, truth[carrier], its_lines)
    return result


def carrier_of(truth: Sequence[Record], line: Record) -> int | None:
    """Number of the carrier whose middle is nearest, if that is nearer than half of its own passage."""
    gaps = [abs(line["t_middle"] - c["t_middle"]) for c in truth]
    best = int(np.argmin(gaps))
    return best if gaps[best] < 0.5 * (truth[best]["t_end"] - truth[best]["t_begin"]) else None


def _add(result: EventTally, carrier: Record, lines: Sequence[Record]) -> None:
    event = carrier["state"] == "open" and carrier["occupied"]
    result.events += event
    result.missed += not lines
    result.found_twice += len(lines) > 1
    alarms = [line for line in lines if is_alarm(line)]
    if lines:
        first = lines[0]
        result.outcomes.append(_outcome(first, carrier))
        result.delays_s.append(first["t_decided"] - carrier["t_begin"])
    if not event:
        result.false_alarms += len(alarms)
        result.false_warnings += sum(map(is_warning, lines))
        return
    result.false_alarms += max(0, len(alarms) - 1)
    if alarms and alarms[0]["t_decided"] <= carrier["t_end"]:
        result.caught += 1
    elif alarms:
        result.late += 1
    elif any(map(is_warning, lines)):
        result.warned += 1
    elif any(line["verdict"] == "unknown" for line in lines):
        result.called_unknown += 1
    else:
        result.silent += 1


def _outcome(line: Record, carrier: Record) -> Outcome:
    """The first verdict on a carrier, beside the truth."""
    verdict = Verdict(line["verdict"])
    seen = verdict is not Verdict.UNKNOWN or line["reasons"] == [Reason.TOO_CLOSE.value]
    occupied = bool(line["occupied"]) if seen else None
    unclear = seen and line.get("seat") == Seat.UNCLEAR
    is_open, truly_occupied = carrier["state"] == "open", bool(carrier["occupied"])
    return Outcome(verdict, occupied, line["reasons"], is_open, truly_occupied, unclear)


def summary(tallies: Sequence[EventTally]) -> dict[str, Any]:
    """All recordings' figures as plain values; intervals are Wilson's, of 95 %."""
    total: dict[str, Any] = {name: sum(t.counts[name] for t in tallies) for name in EventTally().counts}
    carriers, events = total["carriers"], total["events"]
    alarms_low, alarms_high = wilson(min(total["false_alarms"], carriers), carriers)
    return {
        **total,
        "verdicts": {"per_event": count_verdicts(one for t in tallies for one in t.outcomes)},
        "recall": total["caught"] / events if events else None,
        "recall_interval_95": list(wilson(total["caught"], events)),
        "false_alarms_per_1000_carriers": 1000 * total["false_alarms"] / carriers if carriers else None,
        "false_alarms_per_1000_carriers_interval_95": [1000 * alarms_low, 1000 * alarms_high],
        "false_alarms_per_hour": 3600 * total["false_alarms"] / total["seconds"] if carriers else None,
        "delay_s": distribution([delay for t in tallies for delay in t.delays_s]),
    }
