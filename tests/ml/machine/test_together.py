"""Several commands within one process, several processes of one."""

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from ml.machine.together import call, side_by_side


def _writes(path: Path, words: str, status: int = 0) -> int:
    os.write(1, words.encode())
    path.write_text(str(os.getpid()))
    return status


def _waits_for(path: Path) -> int:
    while not path.exists():
        time.sleep(0.01)
    return 0


def _waits_with_a_child(path: Path) -> int:
    child = os.fork()
    if child == 0:
        signal.pause()
    path.with_suffix(".partial").write_text(str(child))
    path.with_suffix(".partial").rename(path)
    signal.pause()
    return 0


def test_they_run_at_once_and_each_has_its_log(tmp_path: Path) -> None:
    """One waits for what the next writes; what each says is in its own file; one that failed is counted."""
    seen = tmp_path / "seen"
    works = [partial(_waits_for, seen), partial(_writes, seen, "written"), partial(_writes, seen, "no", 1)]
    assert side_by_side(works, tmp_path / "logs") == 1
    assert seen.read_text() != str(os.getpid())
    said = [(tmp_path / "logs" / f"{number}.log").read_text() for number in range(3)]
    assert said == ["", "written", "no"]


def test_when_the_time_is_over_all_of_them_end(tmp_path: Path) -> None:
    """With what they started; that is no failure."""
    started = tmp_path / "child"
    assert side_by_side([partial(_waits_with_a_child, started)], tmp_path, seconds=1.0) == 0
    with suppress(ProcessLookupError):  # it has ended already
        over, _, _ = select.select([os.pidfd_open(int(started.read_text()))], [], [], 60)
        assert over


def test_who_is_asked_to_end_takes_them_along(tmp_path: Path) -> None:
    """A process that runs others is ended itself, as `gpu-run` does at the end of its time."""
    started = tmp_path / "child"
    running = get_context("fork").Process(
        target=side_by_side, args=([partial(_waits_with_a_child, started)], tmp_path)
    )
    running.start()
    _waits_for(started)
    child = os.pidfd_open(int(started.read_text()))
    running.terminate()
    assert select.select([child], [], [], 60)[0]
    os.close(child)
    running.join()
    assert running.exitcode == 128 + signal.SIGTERM


def _as_a_command(words: list[str], out: Path) -> None:
    out.write_text(json.dumps([words, sys.argv, os.getpid()]))
    sys.exit(len(words))


def test_a_command_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Under the name that a person would type, which its results say; its exit status is what comes back."""
    before, out = list(sys.argv), tmp_path / "said.json"
    assert call(partial(_as_a_command, out=out), ["train", "vgg16"]) == 2
    words, argv, process = json.loads(out.read_text())
    assert (words, argv) == (["train", "vgg16"], ["barwatch", "train", "vgg16"])
    assert process != os.getpid()
    assert sys.argv == before
