"""Training speed of the paper's network, with and without kept memory."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from ml.machine.memory import keep_freed_memory
from ml.systems.named import RECIPES, system_of


def train_rate(batch: int, threads: int, steps: int) -> list[dict[str, Any]]:
    """Pictures a second that a training step of the paper's network takes, before and after freed memory is
    kept (`ml.machine.memory`); the ratio is that to the first row."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    system = system_of(RECIPES["classifier"])
    system.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    sgd = torch.optim.SGD(system.network.parameters(), 1e-4, 0.9, nesterov=True)
    images = torch.randint(0, 256, (batch, 200, 200, 3), dtype=torch.uint8)
    labels = torch.arange(batch) % 2
    rows: list[dict[str, Any]] = []
    for kept in (False, True):
        if kept and not keep_freed_memory():
            break
        times = []
        for step in range(steps + 1):
            started = time.perf_counter()
            loss = torch.nn.functional.cross_entropy(system.outputs(images), labels)
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
