"""What hiding people costs learning: the three ways of storing carriers are judged by the same code."""

from pathlib import Path

import numpy as np
import pytest

import lifts
from lifts.folder import read_lift_folder
from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import RELEASED
from ml.data.rendered import RenderedLift
from ml.evaluate.site.privacy import STORED, KeptLift, again, figures, learnt, stored_lift
from ml.report.accuracy import privacy_section

JUDGED, WATCHED = 2, 8


@pytest.fixture(scope="module")
def kept() -> KeptLift:
    """A sample lift's two reference pictures in turns, a little darker or brighter each time."""
    folder = read_lift_folder(Path(lifts.__file__).parent / "demo-quad")
    shown = [folder.references["reference_open"], folder.references["reference_close"]]
    count = JUDGED + WATCHED
    images = np.stack([np.clip(shown[n % 2] * (0.9 + 0.02 * n), 0, 255) for n in range(count)])
    images = np.repeat(images.astype(np.uint8), 3, 0)
    is_open = np.repeat(np.arange(count) % 2 == 0, 3)
    nothing = np.zeros(images.shape[:3], np.uint8)
    pair = folder.masks
    lift = RenderedLift(1, images, nothing, nothing, is_open, is_open, pair.open, pair.close)
    network = Scripted.load(RELEASED / "barwatch.ts")
    return stored_lift(network, lift, JUDGED, read_calibration(RELEASED / "barwatch.ts").bar_map_cells)


def test_numbers_are_nearer_to_the_pictures_than_hidden_ones(kept: KeptLift) -> None:
    """By the margins of the carriers judged again; what is judged live is the same in each row."""
    margins = {row.stored: scores.margin for row, scores in again(kept)}
    plain, hidden, numbers = (margins[name] for name in STORED)
    assert np.abs(numbers - plain).mean() < np.abs(hidden - plain).mean() / 2
    judged = [lift.judged.embedding for lift in kept.lifts.values()]
    assert all((each == judged[0]).all() for each in judged)


def test_the_bytes_of_a_passage_are_bounded(kept: KeptLift) -> None:
    """Numbers are larger than the pictures, and never larger than their largest."""
    assert 0 < kept.bytes["pictures_hidden"] < kept.bytes["pictures"]
    assert kept.bytes["numbers"] < 60_000 < kept.bytes["numbers_most"] < 110_000


def test_every_way_of_storing_has_its_row(kept: KeptLift) -> None:
    """Judged again by the masks alone, and learnt from at each share of open passages."""
    calibration = read_calibration(RELEASED / "barwatch.ts")
    scores = [*again(kept), *learnt(kept, calibration, [4], 1, [0])]
    found = figures(scores, calibration, 1)
    assert [row["stored"] for row in found] == list(STORED) * 4
    assert [row["verdicts"]["judged"] for row in found] == [WATCHED] * 3 + [JUDGED] * 9
    text = privacy_section("three", {"rows": found, "bytes_per_passage": dict(kept.bytes)})
    assert "| 4 passages | 90 % | numbers kept | 2 |" in text
    assert "Kilobytes of a passage: pictures" in text
