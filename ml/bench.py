"""How fast the parts of ml are; figures of one run on one machine, to be compared within that run only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.data.rendered import render_lift, renderers


def render_rate(processes: int, lifts: int, passages: int, first_seed: int = 0) -> dict[str, Any]:
    """Pictures a second that `processes` render together, lifts and backgrounds included.

    Args:
        processes: how many render side by side.
        lifts: how many lifts each renders.
        passages: of each lift, three pictures each.
        first_seed: the first lift's.
    """
    seeds = range(first_seed, first_seed + lifts * processes)
    with renderers(processes) as pool:
        # The first round starts the processes and loads their libraries, which is not rendering.
        list(pool.map(_rendered, [(seed, 1) for seed in range(processes)]))
        started = time.perf_counter()
        pictures = sum(pool.map(_rendered, [(seed, passages) for seed in seeds]))
        seconds = time.perf_counter() - started
    return {"processes": processes, "pictures": pictures, "pictures_per_s": pictures / seconds}


def embed_rate(
    model: Path, batches: Sequence[int], threads: Sequence[int], seconds: float
) -> list[dict[str, Any]]:
    """Pictures a second that the artefact embeds on this machine's CPU, by batch size and thread count."""
    import torch  # noqa: PLC0415 - rendering needs none of it

    from ml.export.torchscript import Scripted  # noqa: PLC0415

    network = Scripted.load(model)
    before = torch.get_num_threads()
    rows = []
    for count in threads:
        torch.set_num_threads(count)
        for batch in batches:
            images = np.random.default_rng(0).integers(0, 256, (batch, 200, 200, 3), dtype=np.uint8)
            for _ in range(3):
                network.pictures(images)
            times: list[float] = []
            while sum(times) < seconds:
                started = time.perf_counter()
                network.pictures(images)
                times.append(time.perf_counter() - started)
            rows.append(
                {
                    "threads": count,
                    "batch": batch,
                    "pictures_per_s": batch / float(np.median(times)),
                    "ms_per_batch_median": 1e3 * float(np.median(times)),
                }
            )
    torch.set_num_threads(before)
    return rows


def _rendered(job: tuple[int, int]) -> int:
    return len(render_lift(*job).images)
