"""A lift learns what its own seat looks like from passages without labels, few or many of them occupied."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lifts.arrays import Bool, Float32, Int64, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior
from lifts.decision.seat import SeatCalibration
from ml.data.photographs import FOLDER
from ml.data.rendered import RenderedLift
from ml.data.textured import VISIBLE_PX
from ml.evaluate.seat.photographed import SeatRow, without_time
from ml.evaluate.seat.place import LEARNT_FROM, SHARES, _drawn, place_rows, place_set
from ml.report.verdicts import seats_section

JUDGED, PASSAGES = 12, 62
SEAT_PRIOR = ClusterPrior(-0.4, 0.4, 0.3, 0.3, 0.9, 0.05)
CALIBRATION = Calibration(
    scale=20.0,
    offset=0.0,
    unknown_low=0.2,
    unknown_high=0.8,
    occupancy_threshold=0.5,
    min_separation=0.1,
    min_separation_good=0.5,
    clusters=ClusterPrior(-0.5, 0.5, 0.2, 0.2, 0.5, 0.05),
    scale_on_site=20.0,
    seat=SeatCalibration(
        cells=5, weights=(1.0, 0.0, 0.0), offset=0.0, unclear_low=0.2, unclear_high=0.7, clusters=SEAT_PRIOR
    ),
)


class _Shifted:
    """A network whose rider maps are shifted by 4 on this lift: empty seats at 0, occupied ones at 8."""

    def __init__(self, is_open: Bool, occupied: Bool) -> None:
        self._margin = np.where(is_open, -0.5, 0.5).astype(np.float32)
        self.embedding = np.stack([self._margin, np.zeros_like(self._margin)], 1)
        self.occupancy = np.full(len(is_open), 0.6, np.float32)
        log_odds = np.where(occupied, 8.0, 0.0).astype(np.float32)
        self.riders = log_odds.repeat(25).reshape(-1, 5, 5)

    def look(self, images: UInt8) -> _Shifted:
        del images
        return self

    def take(self, rows: Int64 | slice) -> _Shifted:
        part = _Shifted(np.zeros(0, bool), np.zeros(0, bool))
        part._margin, part.embedding = self._margin[rows], self.embedding[rows]
        part.occupancy, part.riders = self.occupancy[rows], self.riders[rows]
        return part

    def match(self, seen: _Shifted, references: Float32) -> tuple[Float32, Float32]:
        del references
        return seen._margin, np.ones_like(seen._margin)

    def masks(self, masks: UInt8) -> Float32:
        return np.eye(2, dtype=np.float32)[: len(masks)]


def _lift() -> RenderedLift:
    count = 3 * PASSAGES
    images = np.random.default_rng(0).integers(0, 255, (1, 20, 20, 3), np.uint8).repeat(10, 1).repeat(10, 2)
    riders = np.zeros((count, 200, 200), np.uint8)
    riders.reshape(count, -1)[:, :VISIBLE_PX] = 1
    is_open = np.repeat(np.arange(PASSAGES) % 2 == 0, 3)
    occupied = np.repeat(np.arange(PASSAGES) % 4 < 2, 3)
    none = np.zeros((200, 200), np.uint8)
    return RenderedLift(7, images.repeat(count, 0), riders, riders, is_open, occupied, none, none)


def test_a_lift_learns_that_its_empty_seat_looks_a_little_like_somebody() -> None:
    """All its empty seats are unclear by the model in general; none is once it has watched passages.

    Nothing is learnt of the seat in the rows that leave it out, and nobody is overlooked in any row.
    """
    lift = _lift()
    rows = place_rows(_Shifted(lift.is_open, lift.occupied), [lift], CALIBRATION, JUDGED)
    assert [row["occupied_share"] for row in rows] == [*[None] * 4, *np.repeat(SHARES, 2).tolist()]
    counts = {
        (row["passages"], row["occupied_share"], row["without"]): row["verdicts"]["per_passage"]
        for row in rows
    }
    assert counts[0, None, ""]["empty_unclear"] == counts[0, None, ""]["empty_seen"] == JUDGED // 2
    assert counts[0, None, "time"]["empty_called_occupied"] == JUDGED // 2
    assert counts[50, None, ""]["empty_unclear"] == 0
    assert counts[50, None, "seats"]["empty_unclear"] == JUDGED // 2
    assert all(count["occupied_called_empty"] == count["occupied_unclear"] == 0 for count in counts.values())


def test_the_tables_name_what_was_left_out_and_count_unclear_seats() -> None:
    """The rows as they are, the same without a part, and what the lift learnt; each with its own columns."""
    lift = _lift()
    network = _Shifted(lift.is_open, lift.occupied)
    row = SeatRow.of(network, [lift])
    result = {
        "rows": {"empty": row.judged(CALIBRATION)},
        "without": {"time": {"empty": row.judged(without_time(CALIBRATION))}},
        "places": place_rows(network, [lift], CALIBRATION, JUDGED)[:4],
    }
    section = seats_section(result)
    first, _, left_out, _, learnt = section.split("\n\n")
    assert "empty unclear (%)" in first
    assert "30: 100.0" in first  # of 62 passages 30 are empty, all unclear
    assert "| each picture for itself | empty, among people and carriers | 62 |" in left_out
    assert learnt.count("| 50 | as they came |") == 2
    assert "| 50 | as they came | nothing learnt of the seat | 12 |" in learnt


@pytest.mark.parametrize("share", SHARES)
def test_draws_have_about_the_share_and_no_passage_twice(share: float) -> None:
    """LEARNT_FROM of 40 occupied and 30 empty passages."""
    occupied = np.arange(70) < 40
    chosen = _drawn(occupied, share, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == len(chosen) == LEARNT_FROM
    assert abs(occupied[chosen].mean() - share) < 0.3


def test_the_set_is_one_photograph_at_one_place_that_was_never_trained_on() -> None:
    """And its files are others than those of the rows with another photograph behind every passage."""
    recipe = place_set(FOLDER)
    assert (recipe.use, recipe.only_photographs, recipe.one_place) == ("test", True, True)
    assert "test-place" in recipe.path(Path(), 51_000).name
