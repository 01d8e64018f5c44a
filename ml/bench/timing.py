"""Times of several systems, measured side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

ROUNDS = 3
"""How often each call is timed at least: a median of fewer says little."""

_WARM_UP = 3  # TorchScript specialises its graph in the first calls


def interleaved(calls: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, list[float]]:
    """Return the seconds of every timed call, by name; each name has the same number of them.

    The calls take turns, round by round, so that the machine's other work affects all of them equally. Each
    is called twice and the second call counts: the first restores caches and threads that others used.

    Args:
        calls: what to time, by name.
        seconds: how long to go on, on average for each name, but at least `ROUNDS` rounds.
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
