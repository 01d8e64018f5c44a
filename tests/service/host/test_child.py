"""A child process answers, or it is known to be lost, and nothing of it stays behind."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import pytest

from service.host.child import NOTHING, Child, ChildLostError, Patience, processor_time_s
from tests.service.host import children

CONTEXT = get_context("spawn")


@pytest.fixture
def echoing() -> Iterator[Child]:
    """A child that answers."""
    child = Child.spawn(CONTEXT, "echo", children.echo)
    yield child
    child.end()


def answer(child: Child) -> Any:
    while (message := child.receive(0.05)) is NOTHING:
        pass
    return message


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_answers_and_ends(echoing: Child) -> None:
    """A message comes back; after the end no process is left, and ending twice is no mistake."""
    echoing.expect(60.0)
    echoing.send(("hello", 1))
    assert answer(echoing) == ("hello", 1)
    assert echoing.receive(0.0) is NOTHING
    echoing.end(grace_s=30.0)
    echoing.end()
    assert gone(echoing.pid)


def test_one_that_dies_is_lost_with_its_exit_code(echoing: Child) -> None:
    """Killed while an answer is awaited; sending to it afterwards fails too."""
    os.kill(echoing.pid, signal.SIGKILL)
    with pytest.raises(ChildLostError, match=r"died \(exit code -9\)"):
        answer(echoing)
    with pytest.raises(ChildLostError, match="died"):
        echoing.send("anybody?")


def test_what_it_said_before_it_died_is_heard(echoing: Child) -> None:
    """The last message comes before the news of its death."""
    echoing.send("last")
    while not echoing._pipe.poll(0.05):
        pass
    os.kill(echoing.pid, signal.SIGKILL)
    assert answer(echoing) == "last"
    with pytest.raises(ChildLostError):
        answer(echoing)


def test_one_that_sleeps_is_given_up_and_killed() -> None:
    """It uses no processor, so patience ends long before the longest wait; it ignores the closed pipe."""
    child = Child.spawn(CONTEXT, "sleep", children.sleep)
    child.send("go to sleep")
    child.expect(0.5, longest_s=600.0)
    with pytest.raises(ChildLostError, match="does not answer"):
        answer(child)
    child.end()
    assert gone(child.pid)


def test_one_that_works_is_waited_for() -> None:
    """It answers after more than its patience, having worked all the time; but not beyond the longest."""
    child = Child.spawn(CONTEXT, "work", children.work, 2.0)
    child.expect(1.0, longest_s=600.0)
    assert answer(child) == "done"
    child.end()
    child = Child.spawn(CONTEXT, "work", children.work, 600.0)
    child.expect(60.0, longest_s=0.5)
    with pytest.raises(ChildLostError, match="does not answer"):
        answer(child)
    child.end()


def test_patience_counts_the_time_without_work() -> None:
    """A clock and a process by hand: work renews it, standing still uses it up, the longest wait ends it."""
    now_s, work_s = 0.0, 5.0
    patience = Patience(10.0, 100.0, lambda: work_s, lambda: now_s)
    for _ in range(9):
        now_s += 9.0
        work_s += 0.01
        assert not patience.over()
    now_s += 9.0
    assert not patience.over()
    now_s += 2.0
    assert patience.over()
    work_s += 1.0
    assert not patience.over()
    now_s = 101.0
    work_s += 1.0
    assert patience.over()


def test_processor_time_is_known_of_those_that_live() -> None:
    """Ours grows as we work; of a process that does not exist there is none."""
    before_s = processor_time_s(os.getpid())
    while processor_time_s(os.getpid()) < before_s + 0.01:
        sum(range(1000))
    assert processor_time_s(2**22 + 1) == 0.0


def test_no_process_to_be_had_is_said() -> None:
    """A machine that is full loses the child before it began, and leaves no pipe open."""
    pipes: list[Connection] = []

    class Full:
        def Pipe(self) -> tuple[Connection, Connection]:  # noqa: N802 - as multiprocessing names it
            made = CONTEXT.Pipe()
            pipes.extend(made)
            return made

        def Process(self, **_: Any) -> Any:  # noqa: N802 - as multiprocessing names it
            return self

        def start(self) -> None:
            raise BlockingIOError("Resource temporarily unavailable")

    with pytest.raises(ChildLostError, match="could not be started: Resource"):
        Child.spawn(Full(), "echo", children.echo)  # type: ignore[arg-type]
    assert all(pipe.closed for pipe in pipes)
