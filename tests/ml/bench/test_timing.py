"""Times are taken turn by turn, and each without what the turn before it left behind."""

import pytest

from ml.bench import timing
from ml.bench.timing import ROUNDS, time_interleaved


class Clock:
    """A clock that only what is timed moves."""

    def __init__(self) -> None:
        self.now, self.order = 0.0, ""

    def perf_counter(self) -> float:
        return self.now

    def call(self, name: str, seconds: float) -> None:
        """Takes ten times as long when another was called before it."""
        self.now += seconds if self.order.endswith(name) else 10 * seconds
        self.order += name


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock in place of the system's."""
    found = Clock()
    monkeypatch.setattr(timing, "time", found)
    return found


def test_systems_take_turns_and_the_second_call_counts(clock: Clock) -> None:
    """In every round each is called twice; what it pays for its predecessor is not in its times."""
    times = time_interleaved({"a": lambda: clock.call("a", 0.01), "b": lambda: clock.call("b", 0.02)}, 0.01)
    assert clock.order == "aaabbb" + "aabb" * ROUNDS
    assert times["a"] == pytest.approx([0.01] * ROUNDS)
    assert times["b"] == pytest.approx([0.02] * ROUNDS)


def test_rounds_go_on_as_long_as_asked(clock: Clock) -> None:
    """A round takes 0.33 s, two systems have 1.5 s each: the tenth round begins at 2.97 s and is the last."""
    times = time_interleaved({"a": lambda: clock.call("a", 0.01), "b": lambda: clock.call("b", 0.02)}, 1.5)
    assert [len(found) for found in times.values()] == [10, 10]
