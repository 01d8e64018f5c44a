"""What needs no learning."""

from dataclasses import replace

import torch

from ml.papers.adapting import Adaptation
from ml.papers.comparison.judging import Sets, judge_system
from ml.systems.naive import MaskThumbnail, NearestThumbnail, majority
from ml.systems.recipe import Recipe
from tests.ml.tiny import lifts
from tests.ml.train.test_systems import bars


def test_a_thumbnail_finds_the_nearest_known_picture_and_mask() -> None:
    """Bright bars are found in 16 by 16 pixels, by known pictures and by masks."""
    known, asked = bars(8, 1), bars(8, 2)
    assert NearestThumbnail(Recipe()).accuracy(asked, known) == 1.0
    assert MaskThumbnail(Recipe()).accuracy(asked, known) == 1.0
    sets = Sets(test=asked, known=known, unseen=replace(bars(48, 3), lift=torch.arange(48) // 24))
    found = judge_system(NearestThumbnail(Recipe()), sets, Adaptation())
    assert found["seen"]["accuracy"] == 1.0
    assert found["unseen"] is None


def test_the_majority_is_of_the_known_pictures() -> None:
    """By lift: the state that most of its known pictures have; else that of all."""
    known = lifts(2, 3)
    known = replace(known, is_open=torch.tensor([True] * 9 + [False] * 6 + [True] * 3))
    asked = lifts(2, 2)
    assert majority(asked, known, by_lift=True).tolist() == [1.0] * 6 + [-1.0] * 6
    assert majority(asked, known, by_lift=False).tolist() == [1.0] * 12
