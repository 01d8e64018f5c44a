"""Events worked by hand: caught, late, unknown, silent; false alarms of every origin."""

from typing import Any

import pytest

from ml.evaluate.events import summary, tally


def carrier(middle: float, state: str, occupied: bool) -> dict[str, Any]:
    return {
        "t_begin": middle - 1,
        "t_middle": middle,
        "t_end": middle + 1,
        "state": state,
        "occupied": occupied,
    }


def line(middle: float, verdict: str, occupied: bool, decided: float | None = None) -> dict[str, Any]:
    decided_s = middle + 0.9 if decided is None else decided
    reasons = ["too_close"] if verdict == "unknown" else []
    seen = {"verdict": verdict, "occupied": occupied, "reasons": reasons}
    return {"t_middle": middle, "t_decided": decided_s, **seen}


def test_every_end_of_an_event() -> None:
    """Five carriers left open and occupied: caught, late, unknown, called closed, not found."""
    truth = [carrier(10.0 * k, "open", True) for k in range(1, 6)]
    lines = [
        line(10.1, "open", True),
        line(20.0, "open", True, decided=21.5),
        line(30.0, "unknown", True),
        line(40.0, "closed", True),
    ]
    found = tally(truth, lines, 60.0)
    assert (found.events, found.caught, found.late, found.called_unknown, found.silent) == (5, 1, 1, 1, 2)
    assert (found.missed, found.false_alarms) == (1, 0)
    verdicts = summary([found])["verdicts"]["per_event"]
    assert (verdicts["judged"], verdicts["open_called_closed"], verdicts["unknown"]) == (4, 1, 1)
    assert verdicts["reasons"] == {"too_close": 1}


def test_every_kind_of_false_alarm() -> None:
    """A closed bar, an empty bench, a second alarm for one carrier, and one for no carrier: four."""
    truth = [carrier(10, "closed", True), carrier(20, "open", False), carrier(30, "open", True)]
    lines = [
        line(10, "open", True),
        line(20, "open", True),
        line(30, "open", True),
        line(30.4, "open", True),
        line(25, "open", True),
    ]
    found = tally(truth, lines, 40.0)
    assert (found.false_alarms, found.ghosts, found.found_twice, found.caught) == (4, 1, 1, 1)


def test_an_alarm_of_lower_priority_is_neither_an_alarm_nor_silence() -> None:
    """Open with an unclear seat: occupied is warned of, empty is a false warning; closed is nothing."""
    truth = [carrier(10, "open", True), carrier(20, "open", False), carrier(30, "closed", True)]
    lines = [
        line(middle, state, False) | {"seat": "unclear"}
        for middle, state in ((10, "open"), (20, "open"), (30, "closed"), (25, "open"))
    ]
    found = tally(truth, lines, 40.0)
    assert (found.events, found.caught, found.warned, found.silent) == (1, 0, 1, 0)
    assert (found.false_alarms, found.false_warnings) == (0, 2)
    assert summary([found])["verdicts"]["per_event"]["occupied_unclear"] == 2


def test_what_is_right_raises_nothing() -> None:
    """Closed and empty carriers, judged so: no alarm, states and seats right, delays from begin on."""
    truth = [carrier(10, "closed", True), carrier(20, "open", False)]
    found = tally(truth, [line(10, "closed", True), line(20, "open", False)], 30.0)
    verdicts = summary([found])["verdicts"]["per_event"]
    assert (found.false_alarms, verdicts["right"], verdicts["judged"]) == (0, 2, 2)
    assert (verdicts["empty_called_occupied"], verdicts["occupied_called_empty"]) == (0, 0)
    assert (verdicts["empty_seen"], verdicts["occupied_seen"]) == (1, 1)
    assert found.delays_s == pytest.approx([1.9, 1.9])


def test_the_summary_adds_up() -> None:
    """Two recordings of half an hour with one event each, one caught, and one false alarm among four."""
    one = tally([carrier(10, "open", True), carrier(20, "closed", True)], [line(10, "open", True)], 1800.0)
    two = tally(
        [carrier(10, "open", True), carrier(20, "closed", True)],
        [line(10, "closed", True), line(20, "open", True)],
        1800.0,
    )
    found = summary([one, two])
    assert found["recall"] == 0.5
    assert found["false_alarms_per_1000_carriers"] == 250.0
    assert found["false_alarms_per_hour"] == pytest.approx(1.0)
    assert found["recall_interval_95"] == pytest.approx([0.0945, 0.9055], abs=1e-3)
    assert found["delay_s"]["median"] == pytest.approx(1.9)
