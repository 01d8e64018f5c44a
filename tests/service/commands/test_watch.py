"""`barwatch watch --pictures` keeps what was judged."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from service.commands.watch import _keep
from service.domain.errors import ConfigurationError
from service.domain.passage import Passage, Picture


def _passage() -> Passage:
    colours = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
    pictures = tuple(Picture(np.full((200, 200, 3), rgb, np.uint8), None, 0.0, 1.0) for rgb in colours)
    return Passage("p", "lift", 12, 1.0, 2.0, 3.0, pictures, 0.0)


def test_a_passages_pictures_are_kept_side_by_side_without_loss(tmp_path: Path) -> None:
    """Red, green and blue, in the order in which they were taken, under the passage's number."""
    _keep(_passage(), tmp_path / "kept")
    row = cv2.imread(str(tmp_path / "kept" / "0012.png"))
    assert row is not None
    assert row.shape == (200, 600, 3)
    assert [tuple(row[0, x, ::-1].tolist()) for x in (0, 200, 599)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """In words, with the option's name."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="--pictures"):
        _keep(_passage(), tmp_path / "file")
