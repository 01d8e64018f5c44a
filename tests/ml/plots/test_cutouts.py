"""Contact sheets show the picture, the cut's edges on it, and what is cut out."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from ml.data.pictures import PictureSet
from ml.models.getnet import DIGITS, GetNet, getnet
from ml.papers.pairing.digits import bundled_digits
from ml.papers.pairing.pairs import pair_distances
from ml.papers.pairing.training import PairingRecipe, Trained, embed
from ml.plots.cutouts import carriers_sheet, tiles, write
from ml.plots.pairing import pairs_sheet
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


def test_a_sheet_of_pairs_has_two_rows_for_each_outcome(tmp_path: Path) -> None:
    """Right and wrong pairs, or three outcomes beside a network without; the file is the sheet."""
    digits = bundled_digits()
    two = Trained(
        PairingRecipe(name="digits"), GetNet(DIGITS).eval(), {"threshold": -1.0}
    )  # none is the same
    whole = Trained(PairingRecipe(name="digits", transformer=0), getnet(DIGITS, 0).eval(), {})
    found = pair_distances(embed(whole.network, digits, "test", 0)[0], digits.pairs("test", 0)[0])
    whole.state["threshold"] = float(np.median(found))
    alone, beside = pairs_sheet(two, None, digits), pairs_sheet(two, whole, digits)
    assert (3 * len(alone), alone.shape[1]) == (2 * len(beside), beside.shape[1])
    assert ((alone == RED).all(2)).sum() > 1000  # edges of sixteen cuts
    path = write(alone, tmp_path / "new" / "sheet.png")
    read = cv2.imread(str(path))
    assert read is not None
    np.testing.assert_array_equal(read[..., ::-1], alone)
    with pytest.raises(ValueError, match="nothing to draw"):
        pairs_sheet(whole, None, digits)


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
