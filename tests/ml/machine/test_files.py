"""A file is there whole, or as it was."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from ml.machine.files import written_whole


def _writes(path: Path, content: str) -> None:
    with written_whole(path) as part:
        part.write_text(content)


def test_what_was_written_is_there_in_one_step(tmp_path: Path) -> None:
    """In a folder that is made; until the end nobody who looks for such files finds another one."""
    path = tmp_path / "of" / "result.json"
    _writes(path, "before")
    with written_whole(path) as part:
        part.write_text("after")
        assert path.read_text() == "before"
        assert list(path.parent.rglob("*.json")) == [path]
    assert path.read_text() == "after"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Half written, or not at all: what was there stays, and nothing else."""
    path = tmp_path / "result.json"
    _writes(path, "before")
    with pytest.raises(ZeroDivisionError), written_whole(path) as part:
        part.write_text(str(1 / 0))
    with pytest.raises(FileNotFoundError), written_whole(path):
        pass
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_write_the_same_file(tmp_path: Path) -> None:
    """Neither takes what the other is writing."""
    path = tmp_path / "result.json"
    with written_whole(path) as part:
        part.write_text("ours")
        other = get_context("spawn").Process(target=_writes, args=(path, "theirs"))
        other.start()
        other.join()
        assert path.read_text() == "theirs"
    assert path.read_text() == "ours"
