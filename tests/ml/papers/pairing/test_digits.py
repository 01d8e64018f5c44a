"""Distorted digits: repeatable, split by sample, and where their boxes say."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ml.data.mnist import FOLDER
from ml.papers.pairing.digits import LARGEST_PX, SMALLEST_PX, DigitSet, bundled_digits, mnist_digits
from ml.papers.pairing.sets import SPLITS, Placed

ROOT = Path(__file__).resolve().parents[4]


def _placed(seed: int = 0, noise: float = 0.4) -> Placed:
    found = bundled_digits()
    digits = DigitSet(found.sources, SMALLEST_PX, LARGEST_PX, noise)
    return digits.place("test", np.arange(296), np.random.default_rng(seed))


def test_same_seed_same_bytes() -> None:
    a, b, c = (_placed(seed) for seed in (3, 3, 4))
    for name in ("pictures", "labels", "boxes"):
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes()
    assert a.pictures.tobytes() != c.pictures.tobytes()
    assert a.labels.tobytes() == c.labels.tobytes()


def test_no_digit_is_in_two_splits_and_none_is_left_out() -> None:
    found = [bundled_digits().sources[split].images.reshape(-1, 64) for split in SPLITS]
    assert [len(images) for images in found] == [1205, 296, 296]
    ours = sorted(map(bytes, np.concatenate(found)))
    assert ours == sorted(map(bytes, (load_digits().images * (255 / 16)).astype(np.uint8).reshape(-1, 64)))


def test_the_box_holds_the_digit() -> None:
    """Without noise all ink is inside of it; with noise all that is brighter than noise."""
    for noise, limit in ((0.0, 0), (0.4, 102)):
        digits = _placed(1, noise)
        assert digits.pictures.shape == (296, 60, 60, 1)
        sides = digits.boxes[:, 2] - digits.boxes[:, 0]
        np.testing.assert_array_equal(sides, digits.boxes[:, 3] - digits.boxes[:, 1])
        assert (sides.min(), sides.max()) == (SMALLEST_PX, LARGEST_PX)
        assert digits.boxes.min() >= 0
        assert digits.boxes.max() <= 60
        for picture, (left, top, right, bottom) in zip(digits.pictures, digits.boxes, strict=True):
            assert picture[top:bottom, left:right].max() > 200
            outside = picture.copy()
            outside[top:bottom, left:right] = 0
            assert outside.max() <= limit


def test_a_box_cut_out_and_made_small_is_the_digit_again() -> None:
    """The right digit, the right way up: nearer to its own source than to any other of a dozen."""
    digits = _placed(2, noise=0)
    images = bundled_digits().sources["test"].images[:12].reshape(12, 64).astype(float)
    for i in range(12):
        left, top, right, bottom = digits.boxes[i]
        square = digits.pictures[i, top:bottom, left:right, 0].astype(float)
        places = ((np.arange(8) + 0.5) * len(square) / 8).astype(int)
        small = square[np.ix_(places, places)].reshape(64)
        assert np.argmin(((images - small) ** 2).sum(1)) == i


@pytest.mark.skipif(not (ROOT / FOLDER).exists(), reason="barwatch render mnist")
def test_mnists_digits_are_placed_as_they_are() -> None:
    """Without noise a box of 28 pixels holds the very digit; scaled ones have 20 to 36."""
    digits = mnist_digits(ROOT / FOLDER, scaled=False)
    assert [len(digits.labels(split)) for split in SPLITS] == [55_000, 5_000, 10_000]
    still = DigitSet(digits.sources, 28, 28, 0.0).place("test", np.arange(5), np.random.default_rng(0))
    for row, (left, top, right, bottom) in enumerate(still.boxes):
        inside = still.pictures[row, top:bottom, left:right, 0]
        np.testing.assert_array_equal(inside, digits.sources["test"].images[row])
    scaled = mnist_digits(ROOT / FOLDER, scaled=True).place("test", np.arange(99), np.random.default_rng(0))
    assert len(set((scaled.boxes[:, 2] - scaled.boxes[:, 0]).tolist())) > 5
