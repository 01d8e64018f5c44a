"""What a run takes of the machine: every process counts once, in its part; bytes count in their class."""

import os
import subprocess
import sys
from pathlib import Path

from service.bench.load.accounting import by_part, descendants, machine_s, processor_s, stored_bytes

_SPIN = "import time\nwhile time.process_time() < 0.1: pass\nprint(flush=True); input()"


def test_processor_seconds_are_counted_once_and_by_part() -> None:
    """A child that spins for 0.1 s counts in its own part; without a part, in the rest; gone, nowhere."""
    command = [sys.executable, "-c", _SPIN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        me = os.getpid()
        assert {me, child.pid} <= set(descendants(me))
        named = by_part(me, {"main": {me}, "cameras": {child.pid}})
        assert named["cameras"] >= 0.08  # in the kernel's ticks of 10 ms
        rest = by_part(me, {"main": {me}})["others"]
        assert rest >= named["cameras"]
        assert machine_s() >= rest
        child.communicate(b"\n")
    assert processor_s(child.pid) == 0.0


def test_stored_bytes_have_their_class(tmp_path: Path) -> None:
    """The log beside the database, whose room is used again, is apart; nothing counts twice."""
    sizes = {"barwatch.db": 7, "barwatch.db-wal": 5, "pictures/a/1.jpg": 11, "pictures/a/1.num": 13, "x": 1}
    for name, size in sizes.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"." * size)
    found = stored_bytes(tmp_path)
    assert found == {"database": 7, "log": 5, "pictures": 11, "numbers": 13, "clips": 0, "others": 1}
