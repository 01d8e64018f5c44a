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
from ml.evaluate.seat.photographed import FIRST_SEED, ROWS, _only, count_alarms, photograph_set, visible
from ml.evaluate.verdicts import Outcome
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
    kept = _only(lift, visible(lift))
    assert kept.images.shape[0] == 6
    assert kept.occupied.tolist() == [True] * 3 + [False] * 3


def _outcome(verdict: Verdict, occupied: bool | None, truly_open: bool, truly_occupied: bool) -> Outcome:
    return Outcome(verdict, occupied, (), truly_open, truly_occupied)


def test_an_alarm_is_open_and_occupied_and_counts_by_hand() -> None:
    """Two open and empty carriers, one called occupied; three open and occupied ones, two without alarm."""
    counts = count_alarms(
        [
            _outcome(Verdict.OPEN, True, True, False),
            _outcome(Verdict.OPEN, False, True, False),
            _outcome(Verdict.OPEN, True, True, True),
            _outcome(Verdict.CLOSED, True, True, True),
            _outcome(Verdict.UNKNOWN, None, True, True),
            _outcome(Verdict.OPEN, True, False, True),
        ]
    )
    assert {name: counts[name] for name in ("open_empty", "false", "open_occupied", "missed")} == {
        "open_empty": 2,
        "false": 1,
        "open_occupied": 3,
        "missed": 2,
    }
    low, high = counts["missed_interval_95"]
    assert low < 2 / 3 < high


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
