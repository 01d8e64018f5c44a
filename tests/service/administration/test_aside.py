"""Long work goes on aside: one thing at a time, in a process of its own, ended with the service."""

import os
import threading
from pathlib import Path

import pytest

from service.administration.aside import NICENESS, Aside, done_aside
from service.administration.measuring import sizes_of
from service.domain.errors import BackupError, BarwatchError, ConflictError
from service.host.runner import Runner
from service.store.file.archive import verify


def test_one_thing_at_a_time() -> None:
    """Who comes meanwhile is refused; what failed leaves the place free."""
    go, done = threading.Event(), list[str]()

    def work(item: str) -> None:
        go.wait()
        done.append(item)
        if item == "first":
            raise BackupError("no room")

    aside = Aside("test", work)
    aside.runner.start()
    aside.begin("first")
    with pytest.raises(ConflictError) as refused:
        aside.begin("second")
    assert refused.value.code == "already_at_work"
    go.set()
    while aside.now is not None:
        aside.runner.stopping.wait(0.001)
    aside.begin("third")
    while aside.now is not None:
        aside.runner.stopping.wait(0.001)
    aside.runner.stop()
    assert done == ["first", "third"]


def test_folders_are_counted_file_by_file(tmp_path: Path) -> None:
    """Those that are missing have nothing."""
    (tmp_path / "pictures" / "quad").mkdir(parents=True)
    (tmp_path / "pictures" / "quad" / "a.jpg").write_bytes(b"x" * 700)
    (tmp_path / "barwatch.db").write_bytes(b"x" * 30)
    (tmp_path / "barwatch.db-wal").write_bytes(b"x" * 5)
    found = sizes_of(tmp_path, tmp_path / "backups")
    assert (found["pictures"], found["database"], found["backups"], found["clips"]) == (700, 35, 0, 0)


@pytest.mark.slow
def test_a_process_does_it_and_stands_back(tmp_path: Path) -> None:
    """Its answer comes back, and its errors; a service that ends waits for nothing."""
    runner = Runner("test", lambda: False)
    assert done_aside("barwatch-test", os.nice, 0, runner=runner) == os.nice(0) + NICENESS
    with pytest.raises(BackupError, match="cannot be read"):
        done_aside("barwatch-test", _verified, tmp_path / "none.tar", runner=runner)
    runner.stopping.set()
    with pytest.raises(BarwatchError, match="ended with the service"):
        done_aside("barwatch-test", _wait, runner=runner)


def _verified(path: Path) -> None:
    verify(path)


def _wait() -> None:
    threading.Event().wait()
