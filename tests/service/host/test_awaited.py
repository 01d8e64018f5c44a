"""Whoever waits is woken by what changes and by the end, and misses neither."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from service.host.awaited import Awaited, Watchers

LONG_S = 600.0


def test_a_change_wakes_and_is_asked_for() -> None:
    """Also one that comes while it is asked; a change that makes nothing so is waited past."""
    waits, asked, seen = Awaited(), threading.Semaphore(0), list[int]()

    def is_so() -> bool:
        asked.release()
        return len(seen) == 2

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(waits.wait_for, is_so, LONG_S)
        for number in range(2):
            asked.acquire()
            seen.append(number)
            waits.changed()
        assert found.result(120)


def test_what_does_not_come_is_not_awaited_for_ever() -> None:
    """The time is over; what is so by then counts."""
    assert not Awaited().wait_for(lambda: False, 0.01)
    answers = iter((False, True))
    assert Awaited().wait_for(lambda: next(answers), 0.01)


def test_the_end_wakes_everybody_now_and_from_now_on() -> None:
    """And calls what asked to be called, once; what no longer asks is not called."""
    waits, asked, called = Awaited(), threading.Event(), list[str]()

    def is_so() -> bool:
        asked.set()
        return False

    with waits.calling(lambda: called.append("before")):
        pass
    with ThreadPoolExecutor(1) as pool, waits.calling(lambda: called.append("while")):
        found = pool.submit(waits.wait_for, is_so, LONG_S)
        asked.wait(120)
        waits.end()
        assert not found.result(120)
    assert not waits.wait_for(lambda: False, LONG_S)
    with waits.calling(lambda: called.append("after")):
        assert called == ["while", "after"]


def test_watchers_are_told_while_they_wait() -> None:
    """And no longer."""
    watchers, waits = Watchers(), Awaited()
    with watchers.telling(waits):
        watchers.tell()
        told = waits._changes
    watchers.tell()
    assert (told, waits._changes) == (1, 1)
