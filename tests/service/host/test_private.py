"""What the service stores is its owner's alone, whatever the umask, and what was open is closed."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import structlog

from service.commands.people.shared import opened
from service.domain.people import Role
from service.host.private import close_to_others, keep_private
from service.store import tokens
from service.store.database import Store
from service.store.pictures import Pictures
from tests.service.kept_pictures import keep
from tests.tools.tiny_model import OPEN_Y, draw_picture


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    every = [folder, *folder.rglob("*")]
    return {str(path): oct(stat.S_IMODE(path.lstat().st_mode)) for path in every if path.exists()}


def expected(folder: Path) -> dict[str, str]:
    every = [folder, *folder.rglob("*")]
    return {str(path): "0o700" if path.is_dir() else "0o600" for path in every if path.exists()}


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """Folder, database, WAL and pictures, with a umask that keeps nothing back."""
    data = tmp_path / "data"
    alone = Store.open(data)
    alone.write(partial(tokens.create, name="x", role=Role.VIEWER)).result()
    assert modes(data) == expected(data)
    alone.close()
    runner = keep_private(data)
    store = Store.open(data)
    store.write(partial(tokens.create, name="x", role=Role.VIEWER)).result()
    keep(Pictures(data), datetime.now(UTC), [draw_picture(OPEN_Y)] * 3, "p-1")
    assert {"barwatch.db", "barwatch.db-wal"} <= {path.name for path in data.iterdir()}
    assert len(modes(data)) > 5
    assert modes(data) == expected(data)
    store.close()
    runner.stop()


def test_the_command_line_leaves_nothing_open(tmp_path: Path) -> None:
    """A command that makes the data folder does not open it to others."""
    os.environ["BARWATCH_DATA"] = str(tmp_path / "data")
    try:
        with opened(None):
            assert modes(tmp_path / "data") == expected(tmp_path / "data")
    finally:
        del os.environ["BARWATCH_DATA"]


def test_what_was_open_is_closed_and_said_once(tmp_path: Path) -> None:
    """An older version's files, however deep; a link's target is left alone."""
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "pictures" / "2026").mkdir(parents=True)
    outside.write_bytes(b"x")
    for name in ("barwatch.db", "pictures/2026/1.jpg"):
        (data / name).write_bytes(b"x")
    (data / "link").symlink_to(outside)
    with structlog.testing.capture_logs() as logs:
        runner = keep_private(data)
        runner.start()
        while runner.state != "ended":
            runner.stopping.wait(0.01)
        assert close_to_others(data.rglob("*")) == 0
    assert [path for path, mode in modes(data).items() if mode != expected(data)[path]] == [
        str(data / "link")
    ]
    assert stat.S_IMODE(outside.stat().st_mode) == 0o666
    assert [line["count"] for line in logs if line["log_level"] == "warning"] == [1, 4]
