"""The sign of life: beats while its thread works or comes by, and not while it sleeps."""

import threading
import time
from collections.abc import Callable

import pytest

from service.station.pulse import Pulse


def beats_of(work: Callable[[Pulse, Callable[[int], bool]], None], longest_s: float = 60.0) -> int:
    """Return how many beats there were while a thread did this; it gets a function that waits for beats."""
    beaten = threading.Semaphore(0)
    count = 0

    def beat() -> None:
        nonlocal count
        count += 1
        beaten.release()

    def run() -> None:
        pulse = Pulse(beat, period_s=0.02, longest_s=longest_s)
        pulse.start()
        work(pulse, lambda number: count >= number)
        pulse.stop()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    return count


def test_a_thread_that_works_within_one_step_is_alive() -> None:
    """It never comes by, but uses the processor."""

    def work(_: Pulse, enough: Callable[[int], bool]) -> None:
        while not enough(5):
            sum(range(1000))

    assert beats_of(work) >= 5


def test_a_thread_that_comes_by_is_alive() -> None:
    """It waits for frames, and comes by in between."""

    def work(pulse: Pulse, enough: Callable[[int], bool]) -> None:
        while not enough(5):
            pulse.step()
            threading.Event().wait(0.005)

    assert beats_of(work) >= 5


def test_a_thread_that_sleeps_is_not() -> None:
    """At most the one beat for what it did before it fell asleep."""
    assert beats_of(lambda _pulse, _enough: time.sleep(0.5)) <= 1


@pytest.mark.fault(9)
def test_a_thread_that_never_ends_its_step_is_not() -> None:
    """Working is no excuse for ever."""

    def work(_: Pulse, enough: Callable[[int], bool]) -> None:
        until = time.monotonic() + 0.6
        while time.monotonic() < until and not enough(1000):
            sum(range(1000))

    assert beats_of(work, longest_s=0.1) <= 8
