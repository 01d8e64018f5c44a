"""The processes of the service are found with what they are for and what memory they have."""

import os
import subprocess
import sys

from service.administration.processes import ProcessKind, found_processes, memory_of


def test_every_process_is_found_once() -> None:
    """This one, those that are named, and whatever else comes of it; one that is gone is left out."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = found_processes((None, 3), {"quad": (child.pid, 2), "gone": (2**22 + 1, 0)})
        others = found_processes((child.pid, 3), {})
        child.communicate(b"\n")
    assert [(one.kind, one.pid) for one in found[:1]] == [(ProcessKind.MAIN, os.getpid())]
    (camera,) = (one for one in found if one.kind is ProcessKind.CAMERA)
    assert (camera.pid, camera.lift_id, camera.restarts) == (child.pid, "quad", 2)
    assert [one.restarts for one in others if one.pid == child.pid] == [3]
    assert len({one.pid for one in found}) == len(found)
    assert found[0].memory_bytes > 10_000_000
    (helper,) = (one for one in found_processes((None, 0), {}) if one.pid == os.getpid())
    assert helper.kind is ProcessKind.MAIN
    assert memory_of(2**22 + 1) is None
