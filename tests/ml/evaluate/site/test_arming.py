"""The evaluation of arming: some passages are confirmed, the others come, and wrong masks are counted."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from lifts.arrays import Float32, UInt8
from lifts.decision.arming import LIMITS, ArmingReason
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior
from lifts.decision.verdict import NO_RIDERS
from ml.commands.common import RESULTS
from ml.data.rendered import RenderedLift
from ml.evaluate.site.arming import TrialLift, agreements, arming_rows, draw_order, read_all, trials

CELLS, PASSAGES = 10, 44
PRIOR = ClusterPrior(
    open_mean=-1.0, closed_mean=1.0, open_deviation=0.5, closed_deviation=0.5, correlation=0.0, spread=0.05
)
CALIBRATION = Calibration(
    scale=20.0,
    offset=0.0,
    unknown_low=0.2,
    unknown_high=0.8,
    occupancy_threshold=0.5,
    min_separation_good=0.0,
    min_separation=0.0,
    bar_map_cells=CELLS,
    clusters=PRIOR,
)


@dataclass
class BlockFeatures:
    """Features of pictures: the white share of each block, of unit length."""

    embedding: Float32
    occupancy: Float32
    riders: Float32 = field(default_factory=lambda: NO_RIDERS)

    def take(self, rows: Any) -> "BlockFeatures":
        return BlockFeatures(self.embedding[rows], self.occupancy[rows])


class BlockNetwork:
    """A network of no parameters: a margin is a difference of distances, and every picture belongs."""

    def look(self, images: UInt8) -> BlockFeatures:
        return BlockFeatures(self.masks(images.max(axis=3)), np.ones(len(images), np.float32))

    def match(self, seen: Any, references: Float32) -> tuple[Float32, Float32]:
        opened, closed = (np.linalg.norm(seen.embedding - one, axis=1) for one in references[:2])
        return (opened - closed).astype(np.float32), np.full(len(opened), 0.9, np.float32)

    def masks(self, masks: UInt8) -> Float32:
        side = 200 // CELLS
        shares = (masks > 200).reshape(-1, CELLS, side, CELLS, side).mean((2, 4)).reshape(len(masks), -1)
        return np.asarray(shares / np.linalg.norm(shares, axis=1, keepdims=True), np.float32)


def bar(row: int) -> UInt8:
    drawn = np.zeros((200, 200), np.uint8)
    drawn[row : row + 10, 40:160] = 255
    return drawn


def lift(seed: int, open_row: int, close_row: int) -> RenderedLift:
    """A lift of mottled pictures whose bars lie in these rows, open and closed alternately."""
    rng = np.random.default_rng(seed)
    is_open = np.repeat(np.arange(PASSAGES) % 2 == 0, 3)
    bars = np.stack([bar(open_row if state else close_row) for state in is_open])[..., None]
    coarse = rng.integers(40, 140, (len(bars), 10, 10, 3)).astype(np.uint8)
    images = np.maximum(bars, coarse.repeat(20, 1).repeat(20, 2))
    nothing = np.zeros(images.shape[:3], np.uint8)
    state = np.ones(len(images), bool)
    return RenderedLift(seed, images, nothing, nothing, is_open, state, bar(open_row), bar(close_row))


def test_orders_confirm_one_of_each_and_repeat_nothing() -> None:
    """An open and a closed passage are taken out; the others come once, with the share that was asked for."""
    is_open = np.arange(PASSAGES) % 2 == 0
    (opened, closed), order = draw_order(is_open, 0.1, np.random.default_rng(0))
    assert is_open[opened]
    assert not is_open[closed]
    assert len({opened, closed, *order}) == len(order) + 2
    assert 0 < is_open[order].mean() < 0.3


@pytest.mark.thorough
def test_right_masks_arm_and_wrong_ones_never() -> None:
    """Bars of one lift beside those of the other: each is armed by its own masks, soon, and by no others."""
    network = BlockNetwork()
    tried = [TrialLift.of(network, lift(1, 40, 120)), TrialLift.of(network, lift(2, 80, 160))]
    rows = {
        (row["masks"], row["open_share"]): row
        for row in arming_rows(
            list(trials(network, tried, read_all(network, tried, CALIBRATION), CALIBRATION, 1, 0))
        )
    }
    assert set(rows) == {
        (kind, share) for kind in ("right", "swapped", "foreign", "foreign_confirmed") for share in (0.5, 0.1)
    }
    right, swapped = rows["right", 0.5], rows["swapped", 0.5]
    assert (right["trials"], right["armed"], right["lifts_never_armed"]) == (2, 2, [])
    assert right["armed_after_median"] == LIMITS.passages
    assert right["armed_misjudged"] == 0.0
    assert swapped["armed_misjudged"] is None
    assert (swapped["armed"], swapped["reasons"]) == (0, {ArmingReason.MASKS_SWAPPED.value: 2})
    assert rows["foreign", 0.5]["armed"] == rows["foreign_confirmed", 0.5]["armed"] == 0


def test_a_lifts_own_masks_agree_best_with_what_its_carriers_show() -> None:
    """Own masks agree nearly wholly; another lift's, where they tell the states apart at all, less."""
    network = BlockNetwork()
    tried = [TrialLift.of(network, lift(1, 40, 120)), TrialLift.of(network, lift(2, 60, 140))]
    found = agreements(tried, read_all(network, tried, CALIBRATION), 2, 0)
    assert found["right_after_20"]["count"] == found["right_after_all"]["count"] == 4
    assert found["right_after_20"]["lowest"] > 0.9
    foreign = [row for name, row in found.items() if name.startswith("foreign")]
    assert all(row["lowest"] <= row["median"] <= row["highest"] < 0.9 for row in foreign)


def test_the_measured_lifts_were_armed_by_their_own_masks_alone_as_operations_says() -> None:
    """Swapped masks armed none of the twenty, foreign ones only where they judge no carrier wrongly."""
    rows = json.loads((RESULTS / "arming.json").read_text())["rows"]
    wrong = [row for row in rows if row["masks"] != "right"]
    assert {row["masks"] for row in wrong} == {"swapped", "foreign", "foreign_confirmed"}
    assert [row["armed"] for row in wrong if row["masks"] == "swapped"] == [0, 0]
    assert all(row["armed"] < 0.005 * row["trials"] for row in wrong)
    assert {row["armed_misjudged"] for row in wrong} <= {None, 0.0}
    page = (RESULTS.parents[1] / "docs" / "operations.md").read_text()
    half, tenth = (row for row in rows if row["masks"] == "right")
    assert f"armed in {half['armed']} of {half['trials']} trials" in page
    assert (
        f"after {half['armed_after_median']:.0f} carriers; {len(half['lifts_never_armed'])} lift never"
        in page
    )
    assert f"{tenth['armed']} of {tenth['trials']}, after {tenth['armed_after_median']:.0f}" in page
    for row in wrong:
        assert f"{row['armed']} of {row['trials']:,}" in page
