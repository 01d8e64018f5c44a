"""Rendering speed; figures compare within one run on one machine only."""

from __future__ import annotations

import time
from typing import Any

from ml.data.rendered import render_lift, renderers


def render_rate(processes: int, lifts: int, passages: int, first_seed: int = 0) -> dict[str, Any]:
    """Measure the pictures a second that `processes` render together, `lifts` each, backgrounds included."""
    seeds = range(first_seed, first_seed + lifts * processes)
    with renderers(processes) as pool:
        # The first round starts the processes and loads their libraries, which is not rendering.
        list(pool.map(_count_rendered, [(seed, 1) for seed in range(processes)]))
        started = time.perf_counter()
        pictures = sum(pool.map(_count_rendered, [(seed, passages) for seed in seeds]))
        seconds = time.perf_counter() - started
    return {"processes": processes, "pictures": pictures, "pictures_per_s": pictures / seconds}


def _count_rendered(job: tuple[int, int]) -> int:
    return len(render_lift(*job).images)
