"""The watchdog: what hangs ends its process with the reason, what works is left alone."""

import asyncio
import signal
import subprocess
import sys
import threading
from queue import SimpleQueue

import pytest
import structlog

from service.host.runner import Runner, Runners, RunnerState
from service.host.watchdog import HANGS, LastResort, LoopHeartbeat, Watchdog

PATIENCE_S = 0.4
PROCESS_PATIENCE_S = 2.5
"""A whole process may not get the processor for a second where others keep it busy."""
PROGRAM = """
import asyncio, ctypes, threading
from service.host.runner import Runners
from service.host.watchdog import LoopHeartbeat, Watchdog

async def main():
    watchdog = Watchdog({patience}, Runners(), LoopHeartbeat(asyncio.get_running_loop()))
    watchdog.start()
    await asyncio.sleep(0)
    {hang}

asyncio.run(main())
"""


class NoTimer(LastResort):
    """For a watchdog that shares the tests' own process: pytest-timeout uses the same timer."""

    def set(self, patience_s: float) -> None: ...
    def cancel(self) -> None: ...


def run(hang: str) -> tuple[int, str]:
    """Return how a process ends whose event loop does this, and what it says."""
    line = [sys.executable, "-c", PROGRAM.format(patience=PROCESS_PATIENCE_S, hang=hang)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_hanging_event_loop_ends_the_process() -> None:
    """Code 70, a line that names the part, and where every thread was."""
    code, output = run("threading.Event().wait()")
    assert code == HANGS
    assert "hangs" in output
    assert "event loop" in output
    assert "in main" in output


def test_so_does_one_that_keeps_the_interpreters_lock() -> None:
    """No thread of Python's can run: the timer ends it, and says where the main thread was."""
    code, output = run("ctypes.PyDLL(None).sleep(60)")
    assert code == -signal.SIGALRM
    assert "in main" in output


def test_one_that_was_stopped_ends_without_a_crash() -> None:
    """Its threads go on at the moment in which the timer strikes: none of their stacks may be walked."""
    busy = "threading.Thread(target=lambda: [str(n) for n in iter(int, 1)], daemon=True).start()"
    hang = f"[{busy} for _ in range(8)]; print('on', flush=True); await asyncio.sleep(60)"
    line = [sys.executable, "-c", PROGRAM.format(patience=4.0, hang=hang)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(5)
        process.send_signal(signal.SIGCONT)
        assert process.wait(60) in {HANGS, -signal.SIGALRM}


def test_one_that_works_is_left_alone() -> None:
    """Beyond the watchdog's patience, and to the end."""
    assert run(f"await asyncio.sleep({1.5 * PROCESS_PATIENCE_S})")[0] == 0


def test_so_does_the_end_of_the_watchdog_itself() -> None:
    """Its thread is killed: nobody sets the timer any more, which does not pass for peace."""
    kill = "ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(SystemExit))"
    hang = f"ident = watchdog._runner.thread_id; {kill}; await asyncio.sleep(60)"
    code, output = run(hang)
    assert code == -signal.SIGALRM
    assert "most recent call first" in output


def test_a_step_that_lasts_is_found_and_only_that() -> None:
    """Of two runners the one that hangs is named; one that waits for work is not."""
    ended: SimpleQueue[int] = SimpleQueue()
    runners, let_go, hanging = Runners(), threading.Event(), threading.Event()

    def idle() -> None:
        with idler.heartbeat.waiting():
            let_go.wait(60)

    def hang() -> None:
        hanging.set()
        let_go.wait(60)

    idler, hanger = runners.add(Runner("idle", idle)), runners.add(Runner("hanging", hang))
    idler.start()
    hanger.start()
    assert hanging.wait(120)
    watchdog = Watchdog(PATIENCE_S, runners, end=ended.put, last_resort=NoTimer())
    with structlog.testing.capture_logs() as lines:
        watchdog.start()
        assert ended.get(timeout=30) == HANGS
        watchdog.stop()
    assert {line["part"] for line in lines} == {"hanging"}
    let_go.set()
    assert idler.stop()
    assert hanger.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_replaced() -> None:
    """Dead is not idle: the watchdog starts a new thread in its place."""
    turns: SimpleQueue[int] = SimpleQueue()
    last = threading.Event()

    def body() -> None:
        turns.put(1)
        if turns.qsize() == 1:
            raise SystemExit
        last.set()

    runners = Runners()
    runner = runners.add(Runner("worker", body, every_s=0.01))
    watchdog = Watchdog(
        60.0, runners, end=lambda _: pytest.fail("it ended the process"), last_resort=NoTimer()
    )
    runner.start()
    watchdog.start()
    assert last.wait(120)
    assert runner.state is RunnerState.ALIVE
    watchdog.stop()
    assert runner.stop()


def test_a_stopped_watchdog_ends_nothing() -> None:
    """After `stop` neither the thread nor the C timer is left."""
    wound = threading.Event()

    class Noted(NoTimer):
        def set(self, patience_s: float) -> None:
            wound.set()

    watchdog = Watchdog(
        PATIENCE_S, Runners(), end=lambda _: pytest.fail("it ended the process"), last_resort=Noted()
    )
    watchdog.start()
    assert wound.wait(120)
    watchdog.stop()
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}


def test_a_loop_owes_a_sign_of_life_until_it_gives_one() -> None:
    """Blocked it owes longer and longer; once it has answered it is asked anew; closed it owes nothing."""
    loop = asyncio.new_event_loop()
    beat = LoopHeartbeat(loop)
    assert beat.lasts_s() == 0.0
    first = beat.lasts_s()
    assert 0.0 < first < beat.lasts_s()
    loop.run_until_complete(asyncio.sleep(0))
    assert beat.lasts_s() == 0.0
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert beat.lasts_s() == beat.lasts_s() == 0.0
