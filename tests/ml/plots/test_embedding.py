"""The plot of the two dimensions shows what the network says."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from ml.data.pictures import PictureSet
from ml.plots.embedding import LiftPoints, draw, lifts_of, masks_of
from ml.systems.named import RECIPES, system_of


def pictures() -> PictureSet:
    """Two lifts, two pictures of each, noise; their masks differ."""
    rng = torch.Generator().manual_seed(1)
    images = torch.randint(0, 255, (4, 200, 200, 3), generator=rng, dtype=torch.uint8)
    masks = torch.randint(0, 255, (2, 2, 200, 200), generator=rng, dtype=torch.uint8)
    is_open, lift = torch.tensor([True, False, False, False]), torch.tensor([0, 1, 0, 1])
    return PictureSet(images, is_open, is_open, lift, masks, ("S1", "S2"), [{} for _ in range(4)])


def test_each_lift_has_its_own_pictures_and_masks() -> None:
    """In the lift's order, the closed mask first."""
    system, data = system_of(RECIPES["siamese"]), pictures()
    first, second = lifts_of(system, data)
    assert (first.name, first.is_open.tolist()) == ("S1", [True, False])
    assert (second.name, second.is_open.tolist()) == ("S2", [False, False])
    np.testing.assert_allclose(second.pictures, system.all_outputs(data.images[[1, 3]]).numpy(), atol=1e-2)
    np.testing.assert_allclose(second.masks[1], system.all_outputs(data.masks[1, 1:])[0].numpy(), atol=1e-2)


def test_a_space_of_more_dimensions_is_refused() -> None:
    """GetNet's has 128."""
    with pytest.raises(ValueError, match="two dimensions, got 128"):
        masks_of(system_of(RECIPES["getnet"]), pictures().masks.numpy())


@pytest.mark.thorough
def test_the_plot_is_a_picture_with_a_panel_for_each_lift(tmp_path: Path) -> None:
    """One for the lift and one for all masks, in both colours."""
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    masks = np.array([[[-1, 0], [1, 0]]], np.float32)
    lift = LiftPoints("S1", points, points[:, 0] > 0, masks[0])
    one = cv2.imread(str(draw([lift], ["S1"], masks, tmp_path / "new" / "one.png")))
    two = cv2.imread(str(draw([lift, lift], ["S1"], masks, tmp_path / "two.png")))
    assert one is not None
    assert two is not None
    assert (one.shape[1], two.shape[1]) == (900, 1350)
    for panel in (one[:, :450], one[:, 450:]):
        for bgr in ((14, 127, 255), (180, 119, 31)):  # matplotlib's orange and blue
            assert (np.abs(panel.astype(int) - bgr).max(2) < 8).sum() > 20
