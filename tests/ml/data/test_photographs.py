"""Photographs are named with their licences; none is in the repository, or both trained on and tested."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.data.photographs import FOLDER, TEST, TRAIN, licence_of, listed, present, read_photograph

ROOT = Path(__file__).resolve().parents[3]

COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2014 somebody
License: GPL-2+

Files: nature/Aqua.jpg
       nature/Garden.jpg
Copyright: 2008 somebody else
License: CC-BY-4.0
Comment: see AUTHORS.

License: GPL-2+
 Text of the licence.
"""


def test_no_photograph_is_both_trained_on_and_tested() -> None:
    assert not TRAIN & TEST
    assert {p.name for p in listed()} == TRAIN | TEST
    assert {p.name for p in listed() if p.use == "test"} == TEST
    assert len({p.sha256 for p in listed()}) == len(listed())


def test_every_photograph_has_a_licence() -> None:
    """A free one, as the package's copyright file has it."""
    assert {p.licence for p in listed()} <= {"GPL-2+", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"}


@pytest.mark.parametrize(("file", "licence"), [("Aqua.jpg", "CC-BY-4.0"), ("Path", "GPL-2+")])
def test_a_files_own_paragraph_goes_before_that_of_all_files(file: str, licence: str) -> None:
    assert licence_of(COPYRIGHT, file) == licence


def test_no_photograph_is_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {Path(line).name for line in tracked.splitlines()}
    assert not names & {p.file for p in listed()}


def test_what_is_missing_is_named_with_the_command_that_collects_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"GreenMeadow.*barwatch render photographs"):
        present(tmp_path, "test")


def test_another_picture_under_a_listed_name_is_refused(tmp_path: Path) -> None:
    """A test set over other photographs would have another difficulty under the same name."""
    file = next(p.file for p in listed() if p.name == "Path")
    cv2.imwrite(str(tmp_path / file), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(ValueError, match="not the listed photograph"):
        read_photograph(tmp_path, "Path")


@pytest.mark.skipif(not (ROOT / FOLDER / "manifest.json").exists(), reason="no photographs were collected")
def test_collected_photographs_are_those_of_the_list() -> None:
    for name in (present(ROOT / FOLDER, "train")[0], present(ROOT / FOLDER, "test")[0]):
        picture = read_photograph(ROOT / FOLDER, name)
        assert picture.dtype == np.uint8
        assert min(picture.shape[:2]) >= 400
