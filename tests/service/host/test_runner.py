"""Runners: no exception ends a thread's work in silence, and a dead thread never reads as an idle one."""

import ast
import ctypes
import queue
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

import service
from service.domain.errors import StoreError
from service.host import runner as module
from service.host.runner import BackOff, Heartbeat, Runner, Runners, RunnerState

AT_ONCE = 0.001


def quick() -> BackOff:
    return BackOff(first_s=AT_ONCE, longest_s=AT_ONCE)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not happen within half a minute")


@pytest.mark.fault(47)
def test_a_body_that_raises_is_called_again() -> None:
    """Whatever it raises; the failures are counted and logged, and work goes on."""
    errors = iter([ValueError("one"), KeyError("two"), StoreError("three")])
    worked = threading.Event()

    def body() -> None:
        error = next(errors, None)
        if error is not None:
            raise error
        worked.set()
        threading.Event().wait(AT_ONCE)

    made = Runner("worker", body, back_off=quick())
    with structlog.testing.capture_logs() as lines:
        made.start()
        assert worked.wait(120)
        until(lambda: made.state is RunnerState.ALIVE)
        assert made.stop()
    assert made.failures == 3
    assert [(line["runner"], line["log_level"]) for line in lines] == [
        ("worker", "error"),
        ("worker", "error"),
        ("worker", "warning"),
    ]


@pytest.mark.fault(47)
def test_one_that_keeps_failing_says_so() -> None:
    """It is failing, with the reason, until its work succeeds."""
    broken = True

    def body() -> None:
        if broken:
            raise ValueError("no room")
        threading.Event().wait(AT_ONCE)

    runners = Runners()
    made = runners.add(Runner("worker", body, back_off=quick()))
    assert runners.troubles() == {"worker": "not started"}
    made.start()
    until(lambda: runners.troubles() == {"worker": "failing: ValueError: no room"})
    broken = False
    until(lambda: runners.troubles() == {})
    assert made.stop()


def test_a_loop_that_goes_on_for_long_is_no_longer_failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that never returns is well again once it has lasted."""
    monkeypatch.setattr(module, "STEADY_S", 0.05)
    attempts: list[int] = []

    def body() -> None:
        attempts.append(1)
        if len(attempts) < 4:
            raise ValueError("not yet")
        made.stopping.wait(30)

    made = Runner("loop", body, back_off=quick())
    made.start()
    until(lambda: len(attempts) == 4)
    until(lambda: made.state is RunnerState.ALIVE)
    assert made.stop()


@pytest.mark.fault(47)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_was_killed_is_dead_and_is_replaced() -> None:
    """SystemExit ends the thread itself: dead, by name, though nothing seems to be at work; then alive."""
    inside, turns = threading.Event(), threading.Semaphore(0)

    def body() -> None:
        inside.set()
        with made.heartbeat.waiting():
            threading.Event().wait(AT_ONCE)
        turns.release()

    runners = Runners()
    made = runners.add(Runner("worker", body))
    made.start()
    assert inside.wait(120)
    first = made.thread_id
    assert first is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(first), ctypes.py_object(SystemExit))
    until(lambda: made.state is RunnerState.DEAD)
    while turns.acquire(blocking=False):
        pass
    assert runners.troubles() == {"worker": "dead"}
    runners.revive()
    assert runners.troubles() == {}
    assert turns.acquire(timeout=30)
    assert made.stop()


def test_turns_end_with_false_or_stop() -> None:
    """A body that has nothing left to do ends its runner; one that is stopped is not called again."""
    made = Runner("once", lambda: False)
    runners = Runners()
    runners.add(made)
    made.start()
    until(lambda: made.state is RunnerState.ENDED)
    assert list(runners) == []
    made.start()  # it stays ended
    assert made.state is RunnerState.ENDED
    turns = threading.Semaphore(0)
    often = Runner("often", turns.release, every_s=AT_ONCE)
    often.start()
    for _ in range(3):
        assert turns.acquire(timeout=30)
    assert often.stop()
    assert often.state is RunnerState.ENDED


def test_what_must_be_done_first_is_named() -> None:
    """A runner that is alive but still at what the service is not ready without says what that is."""
    runners, let_go = Runners(), threading.Event()
    made = runners.add(Runner("start-up", lambda: let_go.wait(60) and False))
    made.unfinished = "the model is loaded"
    made.start()
    assert runners.troubles() == {"start-up": "the model is loaded"}
    made.unfinished = ""
    assert runners.troubles() == {}
    let_go.set()
    assert made.stop()


def test_stopping_wakes_a_body_and_waits_only_so_long() -> None:
    """One that waits for a queue is woken; one that hangs is abandoned, which is logged."""
    work: queue.SimpleQueue[int] = queue.SimpleQueue()
    waiting = Runner("waiting", lambda: work.get() > 0, wake=lambda: work.put(0))
    waiting.start()
    assert waiting.stop()
    let_go, hanging = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        let_go.wait(30)

    stuck = Runner("stuck", hang)
    stuck.start()
    assert hanging.wait(120)
    assert not stuck.stop(timeout_s=0.01)
    let_go.set()
    assert stuck.stop()


def test_a_heartbeat_lasts_while_a_step_does() -> None:
    """Nothing while idle, longer and longer within a step, and anew after a wait."""
    beat = Heartbeat()
    assert beat.lasts_s() == 0.0
    beat.begin()
    first = beat.lasts_s()
    assert 0.0 < first < beat.lasts_s()
    with beat.waiting():
        assert beat.lasts_s() == 0.0
    assert beat.lasts_s() > 0.0
    beat.idle()
    assert beat.lasts_s() == 0.0


def test_pauses_double_and_begin_again() -> None:
    """Up to the longest, with jitter, and from the shortest after a success."""
    pauses = BackOff(first_s=0.5, longest_s=4.0)
    grown = [pauses.next_s() for _ in range(2000)]
    assert all(base <= pause <= base + 0.25 for pause, base in zip(grown, (0.5, 1.0, 2.0), strict=False))
    assert set(grown[3:]) == {4.0}
    pauses.reset()
    assert pauses.next_s() <= 0.75
    stop = threading.Event()
    stop.set()
    assert BackOff(first_s=60.0, longest_s=60.0).wait(stop)


ROOT = Path(service.__file__).resolve().parent.parent
RUNNER = ROOT / "service" / "host" / "runner.py"


def sources(*rooms: str, word: str) -> dict[Path, ast.Module]:
    """Return every source file of these rooms in which such a thing stands, but runner.py itself.

    Parsing all of them takes seconds.
    """
    paths = [path for room in rooms for path in (ROOT / room).rglob("*.py") if path != RUNNER]
    assert len(paths) > 50
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    return {path: ast.parse(text) for path, text in texts.items() if re.search(word, text)}


def test_nothing_else_swallows_every_exception() -> None:
    """`except Exception`, or wider, stands in runner.py alone; elsewhere it is raised again."""

    def is_broad(handler: ast.ExceptHandler) -> bool:
        names = (
            {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {}
        )
        again = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
        return not again and (handler.type is None or bool({"Exception", "BaseException"} & set(names)))

    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources(
            "service", "ml", "lifts", word=r"\bexcept\b[^:]*\b(Base)?Exception\b|\bexcept\s*:"
        ).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    ]
    assert found == []


def test_nothing_else_starts_a_thread() -> None:
    """Every thread of the service is a runner's, so that readiness and the watchdog know of it.

    A set-up's recorder is in a process of its own, which is ended if it says nothing for long. Two end with
    the function that starts them: what interrupts the check of a large database, the bench's second writer.
    """
    others = [
        ROOT / "service" / path
        for path in ("setup/jobs/recorder.py", "store/file/check.py", "bench/database/store.py")
    ]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources("service", word=r"\bThread(PoolExecutor)?\b").items()
        if path not in others
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in {"Thread", "ThreadPoolExecutor"}
    ]
    assert found == []
