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


def train_rate(batch: int, threads: int, steps: int) -> list[dict[str, Any]]:
    """Pictures a second that a training step of the paper's network takes, before and after freed memory is
    kept (`ml.train.memory`); the ratio is that to the first row."""
    import torch  # noqa: PLC0415

    from ml.models.paper import PaperNetwork  # noqa: PLC0415
    from ml.train.memory import keep_freed_memory  # noqa: PLC0415
    from ml.train.paper import forward  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = PaperNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    sgd = torch.optim.SGD(model.parameters(), 1e-4, 0.9, nesterov=True)
    images = torch.randint(0, 256, (batch, 200, 200, 3), dtype=torch.uint8)
    labels = torch.arange(batch) % 2
    rows: list[dict[str, Any]] = []
    for kept in (False, True):
        if kept and not keep_freed_memory():
            break
        times = []
        for step in range(steps + 1):
            started = time.perf_counter()
            loss = torch.nn.functional.cross_entropy(forward(model, images, torch.device("cpu")), labels)
            sgd.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            sgd.step()
            if step:  # the first step of each row finds its memory
                times.append(time.perf_counter() - started)
        rate = batch / float(np.median(times))
        ratio = rate / rows[0]["pictures_per_s"] if rows else 1.0
        rows.append({"keeps_freed_memory": kept, "threads": threads, "batch": batch})
        rows[-1] |= {"pictures_per_s": rate, "ratio": ratio}
    torch.set_num_threads(before)
    return rows


def _rendered(job: tuple[int, int]) -> int:
    return len(render_lift(*job).images)
