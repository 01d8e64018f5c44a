"""Embedding speed of several systems, from bytes to an answer, in one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from ml.bench.systems import PAPER, TimedSystem
from ml.bench.timing import time_interleaved

Row = dict[str, Any]


def rates(
    systems: Sequence[TimedSystem], threads: Sequence[int], batches: Sequence[int], seconds: float
) -> Iterator[list[Row]]:
    """Time all systems against each other, for every number of threads and size of batch.

    Args:
        systems: the paper's network, whose name is `PAPER`, among them.
        seconds: approximate time for each figure.

    Yields:
        The rows of one pair (threads, batch), one per system: medians, and the ratio of its pictures a second
        to those of the paper's network in the same pair.
    """
    before = torch.get_num_threads()
    try:
        for count in threads:
            torch.set_num_threads(count)
            for batch in batches:
                images = np.random.default_rng(0).integers(0, 256, (batch, 200, 200, 3), dtype=np.uint8)
                calls = {_key(system): system.prepare_call(images, count) for system in systems}
                times = time_interleaved(calls, seconds)
                yield rows(systems, times, count, batch)
    finally:
        torch.set_num_threads(before)


def rows(
    systems: Sequence[TimedSystem], times: dict[str, list[float]], threads: int, batch: int
) -> list[Row]:
    """Return one pair's rows from every system's times in seconds, by name and runtime."""
    medians = {key: float(np.median(found)) for key, found in times.items()}
    paper_s = next(medians[_key(system)] for system in systems if system.name == PAPER)
    return [
        {
            "system": system.name,
            "runtime": system.runtime,
            "threads": threads,
            "batch": batch,
            "pictures_per_s": batch / medians[_key(system)],
            "ratio_to_paper": paper_s / medians[_key(system)],
            "ms_per_batch_median": 1e3 * medians[_key(system)],
            "rounds": len(times[_key(system)]),
        }
        for system in systems
    ]


def _key(system: TimedSystem) -> str:
    return f"{system.name} in {system.runtime}"
