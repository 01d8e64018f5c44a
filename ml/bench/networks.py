"""Speed of every system's network and of the shipped one, on one CPU thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ml.bench.systems import artefact_systems
from ml.bench.timing import time_interleaved
from ml.machine.precision import precision_of
from ml.systems.named import RECIPES, system_of

BATCH = 16


def network_rates(model: Path, seconds: float) -> list[dict[str, Any]]:
    """Time all networks side by side, from uint8 pictures to each network's output.

    They run in bfloat16 if the processor has it, as in training and in the service. All but the shipped
    network have random weights, on which the times do not depend. Times are one thread's processor time,
    which other load does not lengthen.

    Returns:
        A row per network: system, parameters (None of the artefact), pictures_per_s (median), side.
    """
    torch.set_num_threads(1)
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 200, 200, 3), dtype=np.uint8)
    calls: dict[str, Callable[[], object]] = {}
    sizes: dict[str, tuple[int | None, int]] = {}
    for name, recipe in RECIPES.items():
        system = system_of(recipe)
        system.network.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        calls[name] = lambda system=system: system.all_outputs(torch.from_numpy(images))  # type: ignore[misc]
        sizes[name] = (sum(p.numel() for p in system.network.parameters()), recipe.side)
    calls["barwatch"] = artefact_systems(model, precision_of(torch.device("cpu")))[0].prepare_call(images, 1)
    sizes["barwatch"] = (None, 200)
    times = time_interleaved(calls, seconds, time.process_time)
    return [
        {
            "system": name,
            "parameters": sizes[name][0],
            "side": sizes[name][1],
            "batch": BATCH,
            "pictures_per_s": BATCH / float(np.median(found)),
        }
        for name, found in times.items()
    ]
