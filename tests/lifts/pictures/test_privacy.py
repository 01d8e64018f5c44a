"""What is hidden in stored pictures, and what stays to be judged by a person."""

import cv2
import numpy as np
import pytest

from lifts.folder import read_lift_folder
from lifts.pictures.privacy import AROUND, CELL, VIEW_COLUMNS, hide, hide_view, shown_area
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


@pytest.mark.parametrize("size", [(720, 1280), (360, 640), (1944, 2592)])
def test_a_whole_view_is_as_coarse_as_it_is_compared(size: tuple[int, int]) -> None:
    """A face's features are gone, at any size; what the view is compared by, 160 columns, is the same."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    fine = size[1] // VIEW_COLUMNS // 2
    scene = np.where(columns < size[1] // 2, 200, 60) + (rows // fine + columns // fine) % 2 * 50
    jpeg = cv2.imencode(".jpg", np.repeat(scene[:, :, None], 3, 2).astype(np.uint8))[1].tobytes()
    before, after = (
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) for data in (jpeg, hide_view(jpeg))
    )
    assert before is not None
    assert after is not None
    assert after.shape == size
    left = np.s_[:, : size[1] // 2 - 2 * size[1] // VIEW_COLUMNS]
    assert after[left].std() < 3 < before[left].std()
    small = [
        cv2.resize(each, (160, 90), interpolation=cv2.INTER_AREA).astype(int) for each in (before, after)
    ]
    assert np.abs(small[0] - small[1]).mean() < 2


def test_what_is_no_picture_is_no_view() -> None:
    """It is left as it is: somebody else says that it cannot be read."""
    assert (hide_view(b""), hide_view(b"no JPEG")) == (b"", b"no JPEG")
