"""What became of each carrier, worked by hand: every way to fail has its cause."""

from __future__ import annotations

from typing import Any

import pytest

from ml.evaluate.alarms.causes import Fate, cases


def _carrier(middle: float, state: str, occupied: bool) -> dict[str, Any]:
    times = {"t_begin": middle - 1, "t_middle": middle, "t_end": middle + 1}
    return {**times, "state": state, "occupied": occupied}


def _line(
    number: int, middle: float, verdict: str, seat: str, decided_s: float | None = None
) -> dict[str, Any]:
    return {
        "passage": number,
        "t_middle": middle,
        "t_decided": middle + 0.5 if decided_s is None else decided_s,
        "verdict": verdict,
        "seat": seat,
        "occupied": seat == "occupied",
        "reasons": ["not_registered"] if verdict == "unknown" else [],
    }


@pytest.mark.parametrize(
    ("state", "occupied", "lines", "fates"),
    [
        ("open", True, [_line(1, 10, "open", "occupied")], [(Fate.IN_TIME, "")]),
        ("open", True, [_line(1, 10, "open", "unclear")], [(Fate.IN_TIME, "seat unclear")]),
        ("open", True, [_line(1, 10, "open", "occupied", 11.25)], [(Fate.LATE, "decided after TF")]),
        ("open", True, [], [(Fate.SILENT, "not found")]),
        ("open", True, [_line(1, 10, "unknown", "empty")], [(Fate.SILENT, "unknown: not_registered")]),
        ("open", True, [_line(1, 10, "open", "empty")], [(Fate.SILENT, "seat called empty")]),
        ("open", True, [_line(1, 10, "closed", "occupied")], [(Fate.SILENT, "bar called closed")]),
        ("closed", True, [_line(1, 10, "open", "occupied")], [(Fate.FALSE_ALARM, "bar called open")]),
        ("open", False, [_line(1, 10, "open", "occupied")], [(Fate.FALSE_ALARM, "seat called occupied")]),
        ("open", False, [_line(1, 10, "open", "unclear")], [(Fate.FALSE_ALARM, "seat unclear")]),
        ("open", False, [_line(1, 10, "open", "empty")], [(Fate.RIGHT, "")]),
        ("closed", True, [_line(1, 10, "unknown", "empty")], [(Fate.RIGHT, "")]),
        ("closed", True, [], [(Fate.RIGHT, "")]),
        (
            "open",
            True,
            [_line(1, 10, "open", "occupied"), _line(2, 10.2, "open", "occupied")],
            [(Fate.IN_TIME, ""), (Fate.FALSE_ALARM, "second alarm")],
        ),
        (
            "closed",
            False,
            [_line(1, 14, "open", "occupied"), _line(2, 10, "closed", "empty")],
            [(Fate.FALSE_ALARM, "no carrier"), (Fate.RIGHT, "")],
        ),
    ],
)
def test_every_carrier_has_a_fate_and_every_failure_a_cause(
    state: str, occupied: bool, lines: list[dict[str, Any]], fates: list[tuple[Fate, str]]
) -> None:
    """One carrier with what the service said of it."""
    found = cases([_carrier(10, state, occupied)], lines)
    assert [(case.fate, case.cause) for case in found] == fates


def test_a_late_alarm_says_by_how_much_and_names_its_passage() -> None:
    """Seconds after TF, the passage that decided, and both states in words."""
    (case,) = cases([_carrier(10, "open", True)], [_line(7, 10, "open", "occupied", 11.25)])
    assert (case.late_s, case.passage, case.carrier) == (0.25, 7, 0)
    assert (case.truth, case.verdict) == ("open, occupied", "open, occupied")
