"""Contact sheets show the picture, the cut's edges on it, and what is cut out."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from ml.data.pictures import PictureSet
from ml.models.getnet import DIGITS, GetNet
from ml.papers.digits.pictures import distorted_digits
from ml.papers.digits.training import DigitsRecipe, Trained
from ml.plots.cutouts import carriers_sheet, digits_sheet, tiles, write
from ml.systems.named import RECIPES, system_of
from ml.systems.recipe import GetNetRecipe

RED = np.array([230, 30, 30])


def carriers(count: int) -> PictureSet:
    """Pictures of noise, all of one lift, open and closed in turn."""
    rng = torch.Generator().manual_seed(1)
    images = torch.randint(0, 255, (count, 200, 200, 3), generator=rng, dtype=torch.uint8)
    is_open = torch.arange(count) % 2 == 0
    lift, masks = torch.zeros(count, dtype=torch.long), torch.zeros(1, 2, 200, 200, dtype=torch.uint8)
    return PictureSet(images, is_open, is_open, lift, masks, ("S1",), [{} for _ in range(count)])


def test_the_edges_are_where_the_cut_is() -> None:
    """The right upper quarter: red at its corners, not at the picture's others; size and place in words."""
    transform = np.array([[[0.5, 0, 0.5], [0, 0.5, -0.5]]], np.float32)
    picture = np.zeros((1, 60, 60, 3), np.uint8)
    above, below = tiles(picture, ["a"], transform, np.full((1, 30, 30, 3), 9, np.uint8))
    red = (above[0].image == RED).all(2)
    rows, columns = np.nonzero(red)
    # The picture lies at 25 to 175 of 200: its right upper quarter at 100 to 175 and 25 to 100.
    assert (columns.min(), columns.max()) == (pytest.approx(100, abs=2), pytest.approx(175, abs=2))
    assert (rows.min(), rows.max()) == (pytest.approx(25, abs=2), pytest.approx(100, abs=2))
    assert (below[0].image == 9).all()
    assert (above[0].label, below[0].label) == ("a", "0.50 at +0.50 -0.50")


def test_a_sheet_of_digits_has_two_rows_for_each_network(tmp_path: Path) -> None:
    """Cuttings at the identity are the pictures at half their size; the file is the sheet."""
    networks = [Trained(DigitsRecipe(transformer=kind), GetNet(DIGITS, kind).eval(), {}) for kind in (3, 6)]
    digits = distorted_digits(0, "test")
    one, both = digits_sheet(networks[:1], digits), digits_sheet(networks, digits)
    assert (len(both), both.shape[1]) == (2 * len(one), one.shape[1])
    assert ((one == RED).all(2)).sum() > 1000  # edges of eight cuts
    assert one[len(one) // 2 :].std() > 20
    path = write(one, tmp_path / "new" / "sheet.png")
    read = cv2.imread(str(path))
    assert read is not None
    np.testing.assert_array_equal(read[..., ::-1], one)


def test_a_sheet_of_carriers_shows_all_of_them() -> None:
    """Nine pictures take two rows and their cuttings two more; training goes on as before."""
    system = system_of(RECIPES["getnet"])
    system.network.train()
    image = carriers_sheet(system, carriers(9))
    one = carriers_sheet(system, carriers(8))
    assert len(image) == 2 * len(one)
    assert (one == RED).all(2).any()
    assert one[len(one) // 2 :].std() > 20
    assert system.network.training


@pytest.mark.parametrize("recipe", [RECIPES["siamese"], replace(GetNetRecipe(), transformer=0)])
def test_what_cuts_nothing_out_has_no_sheet(recipe: GetNetRecipe) -> None:
    with pytest.raises(ValueError, match="a GetNet with a transformer"):
        carriers_sheet(system_of(recipe), carriers(1))
