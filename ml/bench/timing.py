"""Times of several systems, measured side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

ROUNDS = 3
"""At least; a median of fewer is none."""

_WARM_UP = 3  # TorchScript specialises its graph in the first calls


def interleaved(calls: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, list[float]]:
    """Return the seconds of every timed call, by name; all have as many.

    Round by round: each is called twice in its turn and the second call counts. So what else the machine does
    hits all alike, and none pays for the caches and the spinning threads that the one before it left.

    Args:
        calls: what is timed.
        seconds: how long to go on, for each name on average; never less than `ROUNDS` rounds.
    """
    for call in calls.values():
        for _ in range(_WARM_UP):
            call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    begun, rounds = time.perf_counter(), 0
    while rounds < ROUNDS or time.perf_counter() - begun < seconds * len(calls):
        rounds += 1
        for name, call in calls.items():
            call()
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    return times
