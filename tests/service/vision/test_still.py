"""Key frames of a standing line: noise is learnt, and whatever adds up beyond it is a movement."""

import numpy as np
import pytest

from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.line.roi import Roi
from service.vision.still import LEARNT_FROM, StillView
from tests.service.passages.scripted import HEIGHT, SIDE_TRACK, WIDTH

ROI = Roi(TrackGeometry(SIDE_TRACK), WIDTH, HEIGHT)


def shown(shift_px: float, seed: int, noise: float = 2.0) -> Image:
    """Stripes, moved by so many pixels."""
    rng = np.random.default_rng(seed)
    wave = 120.0 + 80.0 * np.sign(np.sin((np.arange(WIDTH) - shift_px) / 12.0))
    grain = rng.normal(0.0, noise, (HEIGHT, WIDTH))
    return np.asarray(np.clip(wave[None, :] + grain, 0, 255), np.uint8)


def features(luma: Image) -> Float32:
    return ROI.features(ROI.small(luma))


def apart(shift_px: float) -> float:
    one, other = (features(shown(at, 1, 0.0)) for at in (0.0, shift_px))
    return float(np.square(one - other).sum())


def view(moved: float) -> StillView:
    return StillView(features, ROI.frame, moved, longest_s=2.0, seen_s=1.0, soon_s=0.0)


def test_noise_is_still_and_a_movement_is_not() -> None:
    """It is ready from the third on; a view that moves by little is told when it has added up."""
    still = view(apart(8.0))
    for seed in range(LEARNT_FROM):
        assert not still.ready
        assert still.look(shown(0.0, seed))
    assert still.ready
    assert all(still.look(shown(0.0, seed)) for seed in range(10, 20))
    seen = [still.look(shown(0.5 * step, 30 + step)) for step in range(17)]
    assert seen[0]
    assert not seen[-1]
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("px_per_key_frame", [3.0, 8.0])
def test_a_line_that_creeps_is_not_taken_for_one_that_stands(px_per_key_frame: float) -> None:
    """What differs more and more among the first key frames is no noise."""
    still = view(apart(8.0))
    looks = [still.look(shown(px_per_key_frame * step, step)) for step in range(LEARNT_FROM)]
    assert not still.ready
    assert not looks[-1]


def test_a_view_that_changes_as_much_as_carriers_do_tells_nothing() -> None:
    """Snow, or a picture of another size."""
    still = view(apart(8.0))
    rng = np.random.default_rng(1)
    for _ in range(LEARNT_FROM):
        still.look(rng.integers(0, 255, (HEIGHT, WIDTH)).astype(np.uint8))
    assert not still.ready
    assert not view(1.0).look(np.zeros((90, 160), np.uint8))
