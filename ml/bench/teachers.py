"""What teachers cost beside the network that ships: of processor time, in learning and in looking."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ml.bench.timing import time_interleaved
from ml.data.episodes import Episode
from ml.machine.memory import keep_freed_memory
from ml.machine.precision import autocast
from ml.models.barwatch import ModelConfig, prepare_pictures
from ml.train.barwatch import BarwatchLearner
from ml.train.config import PRESETS, TrainConfig

_TRUNK = ModelConfig(trunk="efficientnet-lite0")

TEACHERS: dict[str, TrainConfig] = {
    "what ships": PRESETS["teacher"],
    "twice the channels": replace(PRESETS["teacher"], model=ModelConfig().wider(2)),
    "ImageNet trunk": replace(PRESETS["teacher"], model=_TRUNK),
    "ImageNet trunk that stays as it came": replace(PRESETS["teacher"], model=_TRUNK, trunk_share=0.0),
}


def teacher_rates(lifts: int, seconds: float) -> list[dict[str, Any]]:
    """Time a step of descent, and a look at its pictures alone, on one thread; on noise, with random weights.

    Args:
        lifts: in a step; six pictures and two masks of each.
        seconds: of processor time, for each figure at least.

    Returns:
        A row per network: system, parameters, learning_pictures_per_s and looking_pictures_per_s, per second
        of the processor; learning_cost and looking_cost: times what the network that ships takes, medians.
    """
    torch.set_num_threads(1)
    keep_freed_memory()
    episode = _noise(lifts)
    x = prepare_pictures(episode.images).contiguous(memory_format=torch.channels_last)
    learners = {name: BarwatchLearner(config, torch.device("cpu")) for name, config in TEACHERS.items()}
    learning = {name: partial(learner.update, episode) for name, learner in learners.items()}
    looking = {name: partial(_look, learner.average, x) for name, learner in learners.items()}
    timed = [time_interleaved(calls, seconds, time.process_time) for calls in (learning, looking)]
    taken = [{name: float(np.median(found)) for name, found in times.items()} for times in timed]
    first = next(iter(learners))
    return [
        {
            "system": name,
            "parameters": sum(p.numel() for p in learner.network.parameters()),
            **{
                f"{what}_pictures_per_s": len(episode.images) / times[name]
                for what, times in zip(("learning", "looking"), taken, strict=True)
            },
            **{
                f"{what}_cost": times[name] / times[first]
                for what, times in zip(("learning", "looking"), taken, strict=True)
            },
        }
        for name, learner in learners.items()
    ]


def _look(network: nn.Module, x: Tensor) -> None:
    with torch.inference_mode(), autocast(torch.device("cpu")):
        network(x)


def _noise(lifts: int) -> Episode:
    rng = np.random.default_rng(0)
    pictures = 6 * lifts

    def picture(*shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.integers(0, 256, shape, dtype=np.uint8))

    states = torch.from_numpy((np.arange(pictures) % 2).astype(np.float32))
    return Episode(
        images=picture(pictures, 200, 200, 3),
        bars=picture(pictures, 200, 200),
        riders=picture(pictures, 200, 200),
        is_open=states,
        occupied=states,
        blind=torch.zeros(pictures),
        open_masks=picture(lifts, 200, 200),
        close_masks=picture(lifts, 200, 200),
        watched=~torch.eye(6, dtype=torch.bool).expand(lifts, 6, 6),
    )
