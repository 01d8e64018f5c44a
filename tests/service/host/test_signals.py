"""Signals: whoever cannot start leaves the process as it was found."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from service.host import signals as signals_module
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


def test_only_stop_signals_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the end of a child, for which PyTorch's data loader sets a handler: that ended it in silence."""
    left, asked, heard = threading.Event(), threading.Event(), threading.Event()
    reasons: list[int] = []
    former = signal.signal(signal.SIGCHLD, lambda *_: heard.set())
    signals = StopSignals(Runners())

    def leave() -> None:
        signals._runner.stopping.set()  # the thread ends, in place of the process
        left.set()

    def stop() -> None:
        reasons.extend(signals._heard.recv(1, socket.MSG_PEEK))
        asked.set()

    monkeypatch.setattr(signals_module, "leave", leave)
    try:
        signals.hand_to(stop)
        subprocess.run([sys.executable, "-S", "-c", ""], check=True)
        assert heard.wait(120)
        for event in (asked, left):
            os.kill(os.getpid(), signal.SIGTERM)
            assert event.wait(120)
        assert reasons[0] == signal.SIGTERM
    finally:
        signals.close()
        signal.signal(signal.SIGCHLD, former)
