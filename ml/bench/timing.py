"""Times of several systems in one run, and of which machine they are."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

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


def machine() -> dict[str, Any]:
    """Return the processor's name, its cores, how busy they are, and the versions of what runs there."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "load_average_1min": round(os.getloadavg()[0], 2),
        "torch": _version("torch"),
        "openvino": _version("openvino"),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
