"""The watchdog: what hangs ends its process with the reason, what works is left alone."""

import asyncio
import signal
import subprocess
import sys
import threading
from queue import SimpleQueue

import pytest

from service.host.watchdog import HANGS, LastResort, LoopStep, Step, Watchdog

PATIENCE_S = 0.4
PROGRAM = """
import asyncio, ctypes, threading
from service.host.watchdog import LoopStep, Watchdog

async def main():
    Watchdog({patience}, {{"event loop": LoopStep(asyncio.get_running_loop()).lasts_s}}).start()
    await asyncio.sleep(0)
    {hang}

asyncio.run(main())
"""


class NoTimer(LastResort):
    """For a watchdog that shares the tests' own process: pytest-timeout uses the same timer."""

    def wind(self, patience_s: float) -> None: ...
    def cancel(self) -> None: ...


def run(hang: str) -> tuple[int, str]:
    """Return how a process ends whose event loop does this, and what it says."""
    line = [sys.executable, "-c", PROGRAM.format(patience=PATIENCE_S, hang=hang)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_hanging_event_loop_ends_the_process() -> None:
    """Code 70, a line that names the part, and where every thread was."""
    code, said = run("threading.Event().wait()")
    assert code == HANGS
    assert "hangs" in said
    assert "event loop" in said
    assert "in main" in said


def test_so_does_one_that_keeps_the_interpreters_lock() -> None:
    """No thread of Python's can run: the timer ends it, and says where the main thread was."""
    code, said = run("ctypes.PyDLL(None).sleep(60)")
    assert code == -signal.SIGALRM
    assert "in main" in said


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
    assert run(f"await asyncio.sleep({3 * PATIENCE_S})")[0] == 0


def test_a_step_that_lasts_is_found_and_only_that() -> None:
    """Of two parts the one that hangs is named; nothing is said of a part that waits for work."""
    ended: SimpleQueue[int] = SimpleQueue()
    idle, hanging = Step(), Step()
    hanging.begin()
    watchdog = Watchdog(PATIENCE_S, {"idle": idle.lasts_s, "hanging": hanging.lasts_s}, ended.put, NoTimer())
    watchdog.start()
    assert ended.get(timeout=30) == HANGS
    watchdog.stop()
    hanging.end()
    assert (idle.lasts_s(), hanging.lasts_s()) == (0.0, 0.0)


def test_a_stopped_watchdog_bites_nobody() -> None:
    """After `stop` neither the thread nor the C timer is left."""
    looked = threading.Event()

    def lasts() -> float:
        looked.set()
        return 0.0

    watchdog = Watchdog(PATIENCE_S, {"part": lasts}, lambda _: pytest.fail("bitten"), NoTimer())
    watchdog.start()
    assert looked.wait(30)
    watchdog.stop()
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}


def test_a_loop_owes_a_sign_of_life_until_it_gives_one() -> None:
    """Blocked it owes longer and longer; once it has answered it is asked anew; closed it owes nothing."""
    loop = asyncio.new_event_loop()
    step = LoopStep(loop)
    assert step.lasts_s() == 0.0
    first = step.lasts_s()
    assert 0.0 < first < step.lasts_s()
    loop.run_until_complete(asyncio.sleep(0))
    assert step.lasts_s() == 0.0
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert step.lasts_s() == step.lasts_s() == 0.0
