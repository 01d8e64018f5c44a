"""Seats are judged by the product's verdicts, on passages in which anybody could tell who sits there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from ml.data.photographs import TEST, TRAIN
from ml.data.rendered import TRAINING_SEEDS, RenderedLift
from ml.data.textured import TEXTURED_FIRST_SEED, VISIBLE_PX
from ml.evaluate.seat.photographed import FIRST_SEED, ROWS, count_alarms, only, photograph_set, visible
from ml.evaluate.verdicts import Outcome, count_verdicts
from ml.report.verdicts import CASES, seats_section


def _lift(riders: Sequence[int], occupied: Sequence[bool]) -> RenderedLift:
    """Passages with so many pixels of riders in their second picture."""
    count = len(riders) * 3
    shown = np.zeros((count, 200, 200), np.uint8)
    for passage, pixels in enumerate(riders):
        shown[3 * passage + 1].reshape(-1)[:pixels] = 1
    taken = np.repeat(np.array(occupied), 3)
    none = np.zeros((200, 200), np.uint8)
    images = np.zeros((count, 200, 200, 3), np.uint8)
    return RenderedLift(1, images, shown, shown, taken, taken, none, none)


def test_riders_whom_nobody_could_see_are_left_out_and_empty_seats_are_not() -> None:
    lift = _lift([VISIBLE_PX, VISIBLE_PX - 1, 0], [True, True, False])
    assert visible(lift).tolist() == [True, False, True]
    kept = only(lift, visible(lift))
    assert kept.images.shape[0] == 6
    assert kept.occupied.tolist() == [True] * 3 + [False] * 3


def _outcome(
    verdict: Verdict, occupied: bool | None, truly_open: bool, truly_occupied: bool, unclear: bool = False
) -> Outcome:
    return Outcome(verdict, occupied, (), truly_open, truly_occupied, unclear)


def test_unclear_seats_are_counted_by_themselves() -> None:
    """Of three empty and two occupied carriers one each is unclear: neither right nor called wrongly."""
    outcomes = [_outcome(Verdict.OPEN, False, True, taken, unclear=True) for taken in (False, True)]
    outcomes += [_outcome(Verdict.OPEN, taken, True, taken) for taken in (False, True)]
    counts = count_verdicts([*outcomes, _outcome(Verdict.OPEN, True, True, False)])
    assert (counts["empty_seen"], counts["empty_unclear"], counts["empty_called_occupied"]) == (3, 1, 1)
    assert (counts["occupied_seen"], counts["occupied_unclear"], counts["occupied_called_empty"]) == (2, 1, 0)


def test_an_alarm_is_open_and_occupied_and_counts_by_hand() -> None:
    """Three open and empty carriers: one called occupied, one unclear.

    Five open and occupied ones: three without any alarm, one with an alarm of lower priority.
    """
    counts = count_alarms(
        [
            _outcome(Verdict.OPEN, True, True, False),
            _outcome(Verdict.OPEN, False, True, False),
            _outcome(Verdict.OPEN, True, True, True),
            _outcome(Verdict.CLOSED, True, True, True),
            _outcome(Verdict.UNKNOWN, None, True, True),
            _outcome(Verdict.OPEN, True, False, True),
            _outcome(Verdict.OPEN, False, True, True, unclear=True),
            _outcome(Verdict.OPEN, False, True, False, unclear=True),
            _outcome(Verdict.CLOSED, False, True, True, unclear=True),
        ]
    )
    assert {name: count for name, count in counts.items() if not name.endswith("95")} == {
        "open_empty": 3,
        "false": 1,
        "warned_false": 1,
        "open_occupied": 5,
        "missed": 3,
        "warned": 1,
    }
    low, high = counts["missed_interval_95"]
    assert low < 3 / 5 < high


def test_the_sets_lifts_and_photographs_were_never_trained_on() -> None:
    assert FIRST_SEED not in TRAINING_SEEDS
    assert FIRST_SEED >= TEXTURED_FIRST_SEED + 10_000
    for case in ROWS:
        recipe = photograph_set(case, 2, Path("photographs"))
        assert recipe.use == "test"
        assert recipe.only_photographs
    assert not TEST & TRAIN


def test_every_row_has_a_name_in_the_table() -> None:
    assert set(CASES) == set(ROWS)


def test_a_table_without_rows_says_so() -> None:
    assert seats_section({"rows": {}}).startswith("Not yet measured")


def test_without_photographs_the_set_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="barwatch render photographs"):
        photograph_set("empty", 2, tmp_path).render(FIRST_SEED)
