"""What is hidden in stored pictures, and what stays to be judged by a person."""

import numpy as np
import pytest

from lifts.folder import read_lift_folder
from lifts.pictures.privacy import AROUND, CELL, hide, shown_area
from service.usecases.samples import sample_folders

FOLDERS = {folder.name: folder for folder in sample_folders()}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_bar_stays_as_it_is(name: str) -> None:
    """Where either mask draws the bar, and a little around it, no pixel changes."""
    folder = read_lift_folder(FOLDERS[name])
    area = shown_area(folder.masks.open, folder.masks.close)
    bars = (folder.masks.open > 127) | (folder.masks.close > 127)
    for picture in folder.references.values():
        hidden = hide(picture, area)
        assert hidden.shape == picture.shape
        assert (hidden[bars] == picture[bars]).all()
        assert (hidden[area > 127] == picture[area > 127]).all()
    assert 0.02 < (area > 127).mean() < 0.5


def test_nothing_finer_than_a_cell_is_left_elsewhere() -> None:
    """A pattern of four pixels, as fine as a face's features, becomes one shade; an outline of 40 stays."""
    bar = np.zeros((200, 200), np.uint8)
    bar[150:154, 60:140] = 255
    area = shown_area(bar, bar)
    rows, columns = np.mgrid[:200, :200]
    fine = ((rows // 4 + columns // 4) % 2 * 255).astype(np.uint8)
    hidden = hide(np.repeat(fine[:, :, None], 3, 2), area)
    away = np.ones((200, 200), bool)
    away[150 - AROUND - 1 : 155 + AROUND, 60 - AROUND - 1 : 141 + AROUND] = False
    assert hidden[away].std() < 3
    body = np.zeros((200, 200, 3), np.uint8)
    body[40 : 40 + 5 * CELL, 40 : 40 + 5 * CELL] = 255
    seen = hide(body, area)
    assert seen[60, 60, 0] > 250
    assert seen[100, 60, 0] < 5
