"""Groups of processes end with what they started."""

import os
import select
import signal
import sys
from subprocess import PIPE, Popen

from ml.machine.groups import end_groups

CHILD = "import os, signal, sys; {}; print(os.getpid(), flush=True); {}"


def _started(first: str, then: str) -> tuple["Popen[bytes]", int]:
    words = [sys.executable, "-S", "-c", CHILD.format(first, then)]
    process = Popen(words, stdout=PIPE, start_new_session=True)
    assert process.stdout is not None
    with process.stdout as said:
        return process, int(said.readline())


def test_who_can_end_is_asked_and_others_are_killed() -> None:
    """One ends as it wants to; one that does not listen is killed after the grace."""
    asked, _ = _started("signal.signal(signal.SIGTERM, lambda *_: os._exit(7))", "signal.pause()")
    end_groups([asked.pid], 60.0)
    deaf, _ = _started("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "signal.pause()")
    end_groups([deaf.pid], 0.05)
    assert (asked.wait(), deaf.wait()) == (7, -signal.SIGKILL)


def test_what_a_leader_started_ends_with_it() -> None:
    """A child that does not listen, whose leader has ended long ago: nobody is left of the group."""
    fork = "signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork() and os._exit(0)"
    leader, child = _started(fork, "signal.pause()")
    handle = os.pidfd_open(child)
    end_groups([leader.pid], 60.0)
    assert select.select([handle], [], [], 60)[0]
    os.close(handle)
    assert leader.wait() == 0
