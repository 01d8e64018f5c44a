"""Learners for tests of commands."""

import torch

from ml.models.barwatch import BarwatchNetwork
from ml.train.barwatch import BarwatchLearner, TrainingFiles
from ml.train.config import TrainConfig


def alone(
    config: TrainConfig,
    device: torch.device,
    files: TrainingFiles,
    _: int,
    teacher: BarwatchNetwork | None,
) -> BarwatchLearner:
    """A learner without further processes."""
    return BarwatchLearner(config, device, files, workers=0, teacher=teacher)
