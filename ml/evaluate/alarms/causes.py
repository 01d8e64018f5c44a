"""What became of each carrier, and why: an alarm in time, late or not at all, or one too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from ml.evaluate.events import Record, carrier_of, is_alarm, is_warning

NOT_FOUND = "not found"


class Fate(StrEnum):
    """What became of a carrier; `right`: no event, no alarm."""

    IN_TIME = "in time"
    LATE = "late"
    SILENT = "silent"
    RIGHT = "right"
    FALSE_ALARM = "false alarm"

    @property
    def failed(self) -> bool:
        """Whether this must not happen."""
        return self in {Fate.LATE, Fate.SILENT, Fate.FALSE_ALARM}


@dataclass(frozen=True)
class Case:
    """One carrier, or one passage without a carrier, with what became of it.

    carrier: its number in the recording's truth, None without one. passage: the number of the passage whose
    verdict decided, None if there is none. truth, verdict: in words. late_s: seconds after TF.
    """

    fate: Fate
    cause: str
    carrier: int | None
    passage: int | None
    truth: str
    verdict: str
    t_middle_s: float
    late_s: float = 0.0

    def as_record(self) -> Record:
        """Return plain values."""
        return asdict(self)


def cases(truth: Sequence[Record], lines: Sequence[Record]) -> list[Case]:
    """Return what became of each carrier of a recording, then every alarm too many.

    Args:
        truth: carriers with t_begin, t_middle, t_end (TF), state, occupied.
        lines: of `barwatch watch --json --timing`, in their order.
    """
    of: dict[int, list[Record]] = {k: [] for k in range(len(truth))}
    found = list[Case]()
    for line in lines:
        carrier = carrier_of(truth, line)
        if carrier is not None:
            of[carrier].append(line)
        elif _alarms(line):
            found.append(_case(Fate.FALSE_ALARM, "no carrier", None, line, None))
    for number, its_lines in of.items():
        found += _of_carrier(number, truth[number], its_lines)
    return found


def _of_carrier(number: int, carrier: Record, lines: Sequence[Record]) -> list[Case]:
    alarms = [line for line in lines if _alarms(line)]
    event = carrier["state"] == "open" and carrier["occupied"]
    if not event:
        cause = "bar called open" if carrier["state"] == "closed" else "seat called occupied"
        wrong = [
            _case(Fate.FALSE_ALARM, _seat_unclear(line) or cause, number, line, carrier) for line in alarms
        ]
        return wrong or [_case(Fate.RIGHT, "", number, lines[0] if lines else None, carrier)]
    again = [_case(Fate.FALSE_ALARM, "second alarm", number, line, carrier) for line in alarms[1:]]
    if not alarms:
        last = next((line for line in lines if line["verdict"] == "unknown"), lines[0] if lines else None)
        return [_case(Fate.SILENT, _why_silent(last), number, last, carrier)]
    late_s = alarms[0]["t_decided"] - carrier["t_end"]
    fate, cause = (Fate.LATE, "decided after TF") if late_s > 0 else (Fate.IN_TIME, _seat_unclear(alarms[0]))
    return [_case(fate, cause, number, alarms[0], carrier, max(late_s, 0.0)), *again]


def _alarms(line: Record) -> bool:
    """Whether a line raises an alarm, of lower priority too."""
    return is_alarm(line) or is_warning(line)


def _seat_unclear(line: Record) -> str:
    return "seat unclear" if is_warning(line) else ""


def _why_silent(line: Record | None) -> str:
    if line is None:
        return NOT_FOUND
    if line["verdict"] == "unknown":
        return f"unknown: {', '.join(line['reasons']) or 'no reason'}"
    return "seat called empty" if line["verdict"] == "open" else "bar called closed"


def _case(
    fate: Fate,
    cause: str,
    carrier: int | None,
    line: Record | None,
    truth: Record | None,
    late_s: float = 0.0,
) -> Case:
    seat = "occupied" if truth and truth["occupied"] else "empty"
    return Case(
        fate=fate,
        cause=cause,
        carrier=carrier,
        passage=None if line is None else line["passage"],
        truth="no carrier" if truth is None else f"{truth['state']}, {seat}",
        verdict="no passage" if line is None else f"{line['verdict']}, {line.get('seat', 'empty')}",
        t_middle_s=(truth or line or {})["t_middle"],
        late_s=round(late_s, 3),
    )
