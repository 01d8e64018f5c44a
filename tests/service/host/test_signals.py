"""Signals: whoever cannot start leaves the process as it was found."""

import signal

from service.host.runner import Runners
from service.host.signals import STOP_SIGNALS, StopSignals


def test_a_start_that_failed_leaves_no_handler_and_no_thread() -> None:
    """Otherwise the next signal of any kind would end the process that goes on: a test's, a notebook's."""
    before = [signal.getsignal(each) for each in STOP_SIGNALS]
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup)
    runners = Runners()
    signals = StopSignals(runners)
    assert [runner.name for runner in runners] == ["signals"]
    signals.close()
    assert [signal.getsignal(each) for each in STOP_SIGNALS] == before
    assert signal.set_wakeup_fd(wakeup) == wakeup
    assert not list(runners)
