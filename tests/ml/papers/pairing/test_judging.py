"""Figures of pairs, worked by hand."""

from typing import Any

import numpy as np
import pytest

from ml.evaluate.metrics import pack_flags
from ml.papers.pairing.comparing import gather
from ml.papers.pairing.judging import corners, follows, overlap
from ml.report.papers.pairing import pairing_section


def transform(*values: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(values, np.float32).reshape(1, 2, 3)


def test_corners_lie_in_the_picture() -> None:
    """Half the size, to the right and up: the right upper quarter of 60 pixels."""
    found = corners(transform(0.5, 0, 0.5, 0, 0.5, -0.5), 60)
    assert found[0].tolist() == [[30, 0], [60, 0], [60, 30], [30, 30]]


@pytest.mark.parametrize(
    ("cut", "box", "iou", "inside"),
    [
        ((1, 0, 0, 0, 1, 0), (0, 0, 30, 30), 0.25, 1.0),  # the whole picture, and a quarter of it
        ((0.5, 0, 0.5, 0, 0.5, -0.5), (30, 0, 60, 30), 1.0, 1.0),
        ((0.5, 0, 0.5, 0, 0.5, -0.5), (0, 30, 30, 60), 0.0, 0.0),
        ((0.5, 0, 0, 0, 0.5, 0), (30, 15, 60, 45), 1 / 3, 0.5),
        ((2, 0, 0, 0, 2, 0), (0, 0, 60, 60), 0.25, 1.0),  # twice the picture: what is beyond counts
        ((-0.5, 0, 0.5, 0, 0.5, -0.5), (30, 0, 60, 30), 1.0, 1.0),  # mirrored
        ((0, -0.5, 0.5, 0.5, 0, -0.5), (30, 0, 60, 30), 1.0, 1.0),  # turned by a quarter
    ],
)
def test_overlap_by_hand(cut: tuple[float, ...], box: tuple[int, ...], iou: float, inside: float) -> None:
    found = overlap(transform(*cut), np.array([box]), 60)
    assert found[0][0] == pytest.approx(iou, abs=1e-5)
    assert found[1][0] == pytest.approx(inside, abs=1e-5)


def test_a_crop_follows_as_far_as_its_centre_does() -> None:
    """At the boxes' centres 1, on one axis only a half, mirrored -1, where it never moves 0."""
    boxes = np.array([[0, 10, 20, 30], [30, 30, 50, 50], [10, 0, 30, 20]])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 60 - 1
    cut = np.tile(np.eye(2, 3, dtype=np.float32), (3, 1, 1))
    assert follows(cut, boxes, 60) == 0
    cut[:, :, 2] = centres
    assert follows(cut, boxes, 60) == pytest.approx(1)
    assert follows(-cut, boxes, 60) == pytest.approx(-1)
    cut[:, 1, 2] = [1, 1, 4]
    assert follows(cut, boxes, 60) < 0.5


def run(kind: int, seed: int, right: list[int], curve: list[float]) -> dict[str, Any]:
    return {
        "set": "digits", "transformer": kind, "seed": seed, "parameters": 5, "reduced": True,
        "pairs": len(right),
        "pair_accuracy": float(np.mean(right)),
        "overlap": 0.5, "whole_picture_overlaps": 0.25, "inside": 0.75,
        "follows": 0.9, "ended": "budget" if seed else "15 intervals without a gain", "curve": curve,
        "intervals": len(curve), "steps_each": 100, "processor_s": 60.0, "command": "barwatch x",
        "git_commit": "abc", "recipe": {"scale": 0.6}, "right": pack_flags(np.array(right, bool)),
    }  # fmt: skip


RUNS = {
    "a": run(0, 0, [1, 1, 0, 0], [0.5, 0.6, 0.7]),
    "b": run(0, 1, [1, 1, 1, 0], [0.5, 0.5]),
    "c": run(2, 0, [1, 1, 1, 1], [0.8, 0.7]),
    "d": run(2, 1, [1, 1, 1, 1], [0.6, 0.8, 0.9]),
}


def test_gains_by_hand() -> None:
    """Over seeds, of test pairs; and of validation at the steps that all of them reached: two intervals."""
    none, two = gather(RUNS)
    assert (none["transformer"], two["transformer"]) == (0, 2)
    assert none["pair_accuracy"] == pytest.approx(0.625)
    assert none["by_seed"] == [0.5, 0.75]
    assert none["gains"] == []
    assert two["decided_by_budget"] == [1]
    [gain] = two["gains"]
    assert (gain["reduced"], gain["seeds"], gain["equal_steps"]) == (True, 2, 200)
    assert gain["gain"] == pytest.approx(0.375)
    assert gain["gain_at_equal_steps"] == pytest.approx((0.8 + 0.8) / 2 - (0.6 + 0.5) / 2)
    # Objects' pairs are (0, 2) and (1, 3). Of none the first object has 0.5 and 1, the second 0.5 and 0.5.
    low, high = gain["interval_95"]
    assert (low, high) == (pytest.approx(0.0), pytest.approx(0.5))


def test_a_crop_of_constant_size_has_a_highest_overlap() -> None:
    """A digit of 28 pixels in 60, the crop 36: (28/36)^2. None where the crop's size is learnt, nor where
    boxes reach beyond pictures; and what is printed beside it."""
    whole = {"set": "mnist-translated", "whole_picture_overlaps": (28 / 60) ** 2}
    runs = {str(kind): {**run(kind, 0, [1, 0, 1, 0], [0.5]), **whole} for kind in (0, 2, 3)}
    rows = gather(runs)
    assert [row["highest_overlap"] for row in rows] == [None, pytest.approx((28 / 36) ** 2), None]
    assert gather({"a": {**runs["2"], "set": "carriers"}})[0]["highest_overlap"] is None
    text = pairing_section(runs)
    assert "| 50.00 (whole picture 21.78, at most 60.49) |" in text
    assert text.count(" | 99.3 |") == 2  # Table I's, beside two parameters and beside three
    assert text.count(" | 98.2 |") == 1


def test_one_seed_decides_nothing() -> None:
    """The table says so; three seeds that all gain, on all objects, do, over either kind of picture."""
    assert "too few seeds" in pairing_section({"a": RUNS["a"], "c": RUNS["c"]})
    cut = {f"{kind}{seed}": run(kind, seed, [kind > 0] * 8, [0.5]) for kind in (0, 2) for seed in (0, 1, 2)}
    text = pairing_section(cut)
    assert "+100.00" in text
    assert text.count("| decided by its budget: scikit-learn's digits, scaled |") == 2
    assert text.count("| not decided: a budget ended a training |") == 1
    many = {name: {**one, "ended": "15 intervals without a gain"} for name, one in cut.items()}
    assert "| yes |" in pairing_section(many)
    assert "gains?" not in pairing_section({"a": RUNS["a"]})
    whole = {
        f"w{seed}": {**many["00"], "seed": seed, "right": many["20"]["right"], "reduced": False}
        for seed in (0, 1, 2)
    }
    text = pairing_section({**many, **whole})
    assert text.count("| none, the picture as it is | 3 |") == 2
    assert "| not decided |" in text


def test_what_needs_no_learning_stands_first_and_gains_nothing() -> None:
    """Thumbnails, then first weights with and without a transformer; none is compared with another."""
    plain = {"naive": "thumbnails", "ended": "nothing is learnt", "intervals": 0, "curve": []}
    naive = {
        "t": {**run(0, 0, [1, 0, 1, 0], []), **plain},
        "u": {**run(2, 0, [1, 0, 0, 0], []), **plain, "naive": "untrained"},
    }
    rows = gather({**RUNS, **naive})
    assert [(row["naive"], row["transformer"]) for row in rows] == [
        *(("thumbnails", 0), ("untrained", 2), ("", 0), ("", 2)),
    ]
    assert [len(row["gains"]) for row in rows] == [0, 0, 0, 1]
    text = pairing_section({**RUNS, **naive})
    assert "| none; nothing learnt: thumbnails of 16 pixels | 1 | 50.00 (" in text
    assert "| 2 parameters (the paper's, section V); nothing learnt: first weights | 1 | 25.00 (" in text
