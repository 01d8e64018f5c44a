"""What the records of enrolled lifts add up to: shares with intervals, and causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lifts.decision.verdict import Verdict
from ml.evaluate.alarms.causes import Case, Fate
from ml.evaluate.alarms.sheet import Shown
from ml.evaluate.events import EventTally, Record, summary
from ml.evaluate.metrics import wilson
from ml.evaluate.verdicts import Outcome

COLUMNS = (
    *("carriers", "events", "caught", "late", "warned", "called_unknown", "silent"),
    *("false_alarms", "false_warnings"),
)
"""Counts that are given for each lift."""

_SHARES = {"in_time": Fate.IN_TIME, "too_late": Fate.LATE, "no_alarm": Fate.SILENT}
# Not "late" and "silent": those are counts of `events.summary`, which tells silent from unknown.


def report(records: Sequence[Record]) -> dict[str, Any]:
    """Return all lifts' figures as plain values (see `_figures`), and a row of counts for each lift.

    placed_by_a_person: lifts whose masks alone did not tell where carriers are.
    refused: counts by reason of lifts that the product would not let be armed after the review.
    armed: the same figures of the others alone, as nobody watches by a lift that is not armed.
    """
    refused = Counter(record["refused"] for record in records if record["refused"])
    return {
        "placed_by_a_person": sum(len(record["place_certain"]) > 1 for record in records),
        "refused": dict(sorted(refused.items())),
        **_figures(records),
        "armed": _figures([record for record in records if not record["refused"]]),
        "by_lift": [
            {
                "lift": f"seed-{record['seed']}",
                "refused": record["refused"] or "",
                **{name: sum(day["counts"][name] for day in record["recordings"]) for name in COLUMNS},
            }
            for record in sorted(records, key=lambda record: record["seed"])
        ],
    }


def _figures(records: Sequence[Record]) -> dict[str, Any]:
    """Return lifts' figures: `events.summary`, shares of open and occupied, and causes.

    causes: counts by fate and cause.
    in_time, too_late, no_alarm: of the carriers that left open and occupied, by an alarm of any priority.
    in_time_of_lower_priority: of them, with nothing but one of lower priority.
    false_alarms_of_open_empty, ..._of_closed: of the carriers in that state, of any priority.
    Intervals are Wilson's, of 95 %.
    """
    days = [day for record in records for day in record["recordings"]]
    found = [case for day in days for case in map(_case, day["cases"])]
    result = summary([_tally(day) for day in days])
    causes = Counter((case.fate.value, case.cause) for case in found if case.fate.failed)
    fates = Counter(case.fate for case in found)
    events = result["events"]
    closed = sum(case.truth.startswith("closed") for case in found)
    empty = sum(case.truth == "open, empty" for case in found)
    alarms = [case for case in found if case.fate is Fate.FALSE_ALARM]
    return {
        "lifts": len(records),
        **result,
        "shares": {
            "open_of_all": 1 - closed / result["carriers"] if result["carriers"] else None,
            "open_and_occupied_of_all": events / result["carriers"] if result["carriers"] else None,
        },
        **{name: _share(fates[fate], events) for name, fate in _SHARES.items()},
        "in_time_of_lower_priority": sum(case.fate is Fate.IN_TIME and bool(case.cause) for case in found),
        "false_alarms_of_closed": _share(sum(case.truth.startswith("closed") for case in alarms), closed),
        "false_alarms_of_open_empty": _share(sum(case.truth == "open, empty" for case in alarms), empty),
        "causes": [
            {"fate": fate, "cause": cause, "count": count}
            for (fate, cause), count in sorted(causes.items(), key=lambda item: (item[0][0], -item[1]))
        ],
    }


def failures(records: Sequence[Record], folder: Path) -> list[Shown]:
    """Return every carrier that failed, by fate and cause, with where its pictures are."""
    shown = []
    for record in records:
        for number, day in enumerate(record["recordings"], start=1):
            failed = [case for case in map(_case, day["cases"]) if case.fate.failed]
            for at, case in enumerate(failed):
                who = "no carrier" if case.carrier is None else f"carrier {case.carrier}"
                late = f" by {case.late_s:.1f} s" if case.late_s else ""
                shown.append(
                    (
                        (case.fate.value, case.cause, record["seed"], number, at),
                        Shown(
                            folder / f"{record['seed']}-{number}-{at}.jpg",
                            f"lift {record['seed']}/{number} {day['light']}, {who}: {case.fate.value}{late}",
                            f"was {case.truth}; said {case.verdict}: {case.cause}",
                        ),
                    )
                )
    return [one for _, one in sorted(shown, key=lambda item: item[0])]


def _case(record: Record) -> Case:
    return Case(**{**record, "fate": Fate(record["fate"])})


def _tally(day: Record) -> EventTally:
    return EventTally(
        **day["counts"],
        delays_s=day["delays_s"],
        outcomes=[
            Outcome(**{**outcome, "verdict": Verdict(outcome["verdict"])}) for outcome in day["outcomes"]
        ],
    )


def _share(count: int, of: int) -> dict[str, Any]:
    interval = list(wilson(count, of)) if of else None
    return {"count": count, "of": of, "share": count / of if of else None, "interval_95": interval}
