"""Distorted digits: repeatable, split by sample, and where their boxes say."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ml.papers.digits.pictures import LARGEST_PX, SMALLEST_PX, SPLITS, distorted_digits, pairs, sources


def test_same_seed_same_bytes() -> None:
    a, b, c = (distorted_digits(seed, "test") for seed in (3, 3, 4))
    for name in ("pictures", "labels", "boxes", "sources"):
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes()
    assert a.pictures.tobytes() != c.pictures.tobytes()
    assert a.sources.tobytes() == c.sources.tobytes()


def test_no_digit_is_in_two_splits_and_none_is_left_out() -> None:
    rows = np.concatenate([sources(split) for split in SPLITS])
    assert sorted(rows.tolist()) == list(range(1797))
    assert [len(sources(split)) for split in SPLITS] == [1205, 296, 296]


def test_shapes_and_every_class() -> None:
    digits = distorted_digits(0, "validation", copies=2)
    assert digits.pictures.shape == (592, 60, 60)
    assert digits.pictures.dtype == np.uint8
    assert set(digits.labels.tolist()) == set(range(10))
    np.testing.assert_array_equal(digits.labels, load_digits().target[digits.sources])
    assert not np.array_equal(digits.boxes[:296], digits.boxes[296:])


def test_the_box_holds_the_digit() -> None:
    """Without noise all ink is inside of it; with noise all that is brighter than noise."""
    for noise, limit in ((0.0, 0), (0.4, 102)):
        digits = distorted_digits(1, "test", noise=noise)
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
    digits = distorted_digits(2, "test", noise=0)
    images = load_digits().images[digits.sources[:12]].reshape(12, 64)
    for i in range(12):
        left, top, right, bottom = digits.boxes[i]
        square = digits.pictures[i, top:bottom, left:right].astype(float)
        places = ((np.arange(8) + 0.5) * len(square) / 8).astype(int)
        small = square[np.ix_(places, places)].reshape(64) * 16 / 255
        assert np.argmin(((images - small) ** 2).sum(1)) == i


def test_pairs_are_what_their_labels_say() -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 2])
    rows, same = pairs(labels, seed=0)
    assert rows.shape == (14, 2)
    assert same.tolist() == [True] * 7 + [False] * 7
    np.testing.assert_array_equal(labels[rows[:, 0]] == labels[rows[:, 1]], same)
    assert (rows[:, 0] != rows[:, 1]).all()
    np.testing.assert_array_equal(rows, pairs(labels, seed=0)[0])


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="train, validation, test, got all"):
        distorted_digits(0, "all")  # type: ignore[arg-type]
