"""The contact sheets show every factor."""

from dataclasses import fields

import numpy as np

from ml.scene.passage import Circumstances
from ml.scene.sheets import COLUMNS, STEPS, Tile, sheet, steps

SHOWN_ELSEWHERE = {
    *(
        "opening",
        "riders",
        "bubble",
        "light",
        "grey",
        "slips",
        "standers",
        "neighbours",
    ),  # on sheets of their own
    *(
        "pitch",
        "roll",
        "chroma",
        "lens",
    ),  # a swing of at most 3 degrees, the colour of noise, and where drops lie
}


def test_every_factor_has_its_row() -> None:
    """No field of Circumstances is forgotten, none is invented; eight steps each."""
    shown = {name for group in STEPS.values() for name in group}
    assert shown == {f.name for f in fields(Circumstances)} - SHOWN_ELSEWHERE
    assert all(len(values) == COLUMNS for group in STEPS.values() for values in group.values())


def test_a_factor_changes_its_picture_from_step_to_step() -> None:
    """Eight kinds of weather, eight steps: first and last of each row are different pictures."""
    rows = steps("weather")
    assert len(rows) == len(STEPS["weather"])
    assert all(np.abs(row[0].image.astype(int) - row[-1].image).mean() > 0.5 for row in rows)


def test_a_sheet_has_a_tile_and_its_label_for_each_picture() -> None:
    """Two rows of eight: the tile's colour is there, the label's ink above it, white between."""
    red = Tile("red", np.full((200, 200, 3), (200, 0, 0), np.uint8))
    out = sheet([[red] * COLUMNS, [red]])
    assert out.shape == (2 * 174, 8 * 154, 3)
    assert (out[30:160, 5:145] == (200, 0, 0)).all()
    assert (out[:18, :40].min(axis=2) < 80).any()
    assert (out[174 + 25 :, 160:] == 255).all()
