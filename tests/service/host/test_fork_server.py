"""A server that forks processes and hangs holds nobody up for ever, and leaves nothing behind."""

import os
import signal
from multiprocessing import forkserver
from multiprocessing.connection import wait

import pytest

from service.host import fork_server
from service.host.child import NOTHING, Child, ChildLostError
from tests.service.host import children


@pytest.mark.fault(9)
def test_one_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who starts a process hears that it failed, the next start succeeds; what it forked is lost and ends.

    An hour's soak had found a camera that was never started again: its server was stopped by a signal.
    """
    monkeypatch.setattr(fork_server, "PATIENCE_S", 0.3)
    context = fork_server.fork_context()
    before = Child.spawn(context, "before", children.sleep)  # it ignores the closed pipe
    handle = os.pidfd_open(before.pid)
    before.send("go to sleep")
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGSTOP)
    with pytest.raises(ChildLostError, match="does not answer"):
        Child.spawn(context, "while it hangs", children.echo)

    with pytest.raises(ChildLostError, match="died"):
        before.receive(30.0)
    before.end()
    assert wait([handle], 30.0), "it is still there"
    os.close(handle)

    after = None
    while after is None:
        try:
            after = Child.spawn(context, "after", children.echo)
        except ChildLostError:  # the server is not gone yet
            continue
    after.send("anybody?")
    while (answer := after.receive(0.05)) is NOTHING:
        pass
    assert answer == "anybody?"
    after.end()
