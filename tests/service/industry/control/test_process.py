"""The coil is energised only while the service proves that it lives and sees, and falls when it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe

import pytest

from service.industry.control.link import CoilLink
from service.industry.control.process import Decision, RemoteCoil, drive
from service.industry.control.terms import (
    DROPS_WITHIN_S,
    FRESH_S,
    LAST_TRIES,
    PERIOD_S,
    STEADY_S,
    WRITE_S,
    CoilFault,
    CoilStatus,
    ControlTerms,
    Proof,
)
from service.outputs.base.problems import OutputProblem
from tests.service.industry.control import device as devices
from tests.service.industry.control.device import Device, device


def test_the_promise_follows_from_its_parts() -> None:
    """A proof that is just too old, a period, and a write that times out before the one that does it."""
    assert FRESH_S + PERIOD_S + 2 * WRITE_S < DROPS_WITHIN_S


def test_it_energises_after_steady_proofs_and_falls_with_the_first_bad_or_missing_one() -> None:
    """Bad: at once. Missing: once the last is too old. After either, it has to be steady again."""
    decision, now_s = Decision(), 100.0

    def good(seconds: float) -> bool:
        nonlocal now_s
        until_s = now_s + seconds
        while now_s < until_s:
            decision.take(Proof(True), now_s)
            now_s += 0.25
        return decision.energised(now_s)

    assert not decision.energised(now_s), "nobody has proven anything"
    assert not good(STEADY_S - 0.5)
    assert good(0.5)
    assert decision.energised(now_s + FRESH_S - 0.3)
    assert not decision.energised(now_s + FRESH_S + 0.01)
    assert not good(STEADY_S - 0.5)
    assert good(0.5)
    decision.take(Proof(False), now_s)
    assert not decision.energised(now_s)
    assert not good(STEADY_S - 0.5)


class ScriptedCoil:
    """Fails as often as `fails` says."""

    def __init__(self, fails: int = 0) -> None:
        self.written: list[bool] = []
        self.fails = fails

    def write(self, energised: bool) -> CoilFault | None:
        self.written.append(energised)
        self.fails -= 1
        return NO_ANSWER if self.fails >= 0 else None


NO_ANSWER = CoilFault(OutputProblem.TIMED_OUT, "no answer")


def test_the_end_of_the_pipe_drops_the_coil_until_the_device_has_taken_it() -> None:
    """It tries again where the device does not answer, and does not try for ever."""
    for fails, tries in ((0, 1), (1, 2), (99, LAST_TRIES)):
        ours, theirs = Pipe()
        ours.close()
        coil = ScriptedCoil(fails)
        drive(theirs, coil)
        assert coil.written == [False] * tries


def test_what_is_written_is_said() -> None:
    """The service knows whether the device takes it."""
    ours, theirs = Pipe()
    thread = threading.Thread(target=drive, args=(theirs, ScriptedCoil(1)))
    thread.start()
    ours.send(Proof(False))
    assert ours.recv() == CoilStatus(False, NO_ANSWER)
    assert ours.recv() == CoilStatus(False)
    ours.close()
    thread.join()


def test_a_device_where_none_may_be_is_not_dialled() -> None:
    """The resolved address decides, at each dialling."""
    coil = RemoteCoil(ControlTerms("169.254.169.254"))
    fault = coil.write(True)
    assert fault is not None
    assert fault.code is OutputProblem.FORBIDDEN_ADDRESS
    assert "may dial" in fault.message


@contextmanager
def service(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that proves that it is healthy for as long as it lives."""
    process = subprocess.Popen([sys.executable, "-m", devices.__name__, str(port)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def killed(quad: Device) -> tuple[float, int]:
    """Kill a service with SIGKILL; return how long the coil took to fall, and what was counted until then."""
    with service(quad.port) as running:
        quad.wait(lambda seen: seen.coil is False)
        quad.wait(lambda seen: seen.coil is True and seen.counter > 4)
        counted = quad.counter
        killed_s = time.monotonic()
        os.kill(running.pid, signal.SIGKILL)
        quad.wait(lambda seen: seen.coil is False)
        return quad.fell_s - killed_s, counted


@pytest.mark.fault(9)
def test_a_killed_service_drops_the_coil() -> None:
    """First it is 0, then 1 with a counter that moves; after SIGKILL nothing but 0 is written."""
    with device() as quad:
        _, counted = killed(quad)
        assert counted > 4, "it counts with each write"
        quad.wait(lambda seen: seen.coil is False)


@pytest.mark.slow
@pytest.mark.fault(9)
def test_a_killed_service_drops_the_coil_within_two_seconds() -> None:
    """The promise, on a machine that is not busy with anything else."""
    for _ in range(5):
        with device() as quad:
            seconds, _ = killed(quad)
        assert seconds < DROPS_WITHIN_S


@pytest.mark.slow
def test_a_stopped_service_drops_the_coil_within_two_seconds() -> None:
    """SIGSTOP: the pipe stays open, and no proof comes."""
    with device() as quad, service(quad.port) as running:
        quad.wait(lambda seen: seen.coil is True)
        stopped_s = time.monotonic()
        os.kill(running.pid, signal.SIGSTOP)
        quad.wait(lambda seen: seen.coil is False)
        assert quad.fell_s - stopped_s < DROPS_WITHIN_S


@pytest.mark.slow
def test_a_blind_service_drops_the_coil_within_two_seconds() -> None:
    """It lives and says that it does not see; it says so as well to who asks, and can see again."""
    sees = True
    with device() as quad:
        link = CoilLink("demo-quad", ControlTerms("127.0.0.1", quad.port, 1, 7, 9), lambda: sees)
        link.start()
        try:
            quad.wait(lambda seen: seen.coil is True)
            sees, blind_s = False, time.monotonic()
            quad.wait(lambda seen: seen.coil is False)
            assert quad.fell_s - blind_s < DROPS_WITHIN_S
            sees = True
            quad.wait(lambda seen: seen.coil is True)
        finally:
            link.stop()
        quad.wait(lambda seen: seen.coil is False)
