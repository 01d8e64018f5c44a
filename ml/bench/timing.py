"""Timing of several systems side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

ROUNDS = 3
"""Least number of timed calls of each: a median of fewer is unreliable."""

_WARM_UP = 3  # TorchScript specialises its graph in the first calls


def time_interleaved(
    calls: Mapping[str, Callable[[], object]],
    seconds: float,
    clock: Callable[[], float] | None = None,
) -> dict[str, list[float]]:
    """Return the seconds of every timed call, by name; all names have equally many.

    The calls take turns, so that other load on the machine affects all of them equally. Each is called twice
    and only the second call is timed: the first restores the caches and threads that the others used.

    clock: what tells the seconds; a wall clock if None. Processor time does not depend on other load.

    Each name gets about `seconds`, and at least `ROUNDS` timed calls.
    """
    now = clock or time.perf_counter
    for call in calls.values():
        for _ in range(_WARM_UP):
            call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    begun, rounds = now(), 0
    while rounds < ROUNDS or now() - begun < seconds * len(calls):
        rounds += 1
        for name, call in calls.items():
            call()
            started = now()
            call()
            times[name].append(now() - started)
    return times
