"""Training of the shipped embedder: one visible loop, checkpoints, resume."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ml.data.episodes import Episode, Episodes
from ml.losses.dense import coverage, dense_loss
from ml.losses.margin import balanced_margin_loss, margins
from ml.machine.memory import keep_freed_memory
from ml.machine.precision import autocast, precision_name
from ml.models.barwatch import (
    BAR_GRID,
    FREE_GRID,
    BarwatchNetwork,
    EmbedderOutput,
    prepare_masks,
    prepare_pictures,
)
from ml.models.matcher import LOGITS_PER_MARGIN, Match
from ml.train.config import TrainConfig

Progress = Callable[[int, int, dict[str, float]], None]


def split(output: EmbedderOutput, sizes: list[int]) -> list[EmbedderOutput]:
    """Cut one output of a joint forward pass into the outputs of its parts."""
    return [EmbedderOutput(*parts) for parts in zip(*(torch.split(t, sizes) for t in output), strict=True)]


def always_seen(bars: Tensor, watched: Tensor) -> Tensor:
    """What a lift's unlabelled pictures show, as far as a batch tells: means over some of the other pictures.

    Args:
        bars: float[L * P, K], bar parts of the pictures' embeddings, P of a lift one after the other.
        watched: bool[L, P, P], which pictures of its lift each has for company (`Episode.watched`).

    Returns:
        float[L * P, K], no gradient; zeros where there is no company.
    """
    weight = watched.to(bars) / watched.sum(2, keepdim=True).clamp(min=1).to(bars)
    return torch.bmm(weight, bars.detach().view(len(watched), watched.shape[1], -1)).flatten(0, 1)


def matched(
    model: BarwatchNetwork,
    picture: EmbedderOutput,
    opened: EmbedderOutput,
    closed: EmbedderOutput,
    watched: Tensor,
) -> tuple[Match, Match]:
    """The pictures judged by their own lift's masks, and every third of them by the next lift's."""
    cells, each = BAR_GRID * BAR_GRID, watched.shape[1]
    always = always_seen(picture.embedding[:, :cells], watched)

    def match(rows: slice, moved: int) -> Match:
        masks = [m.embedding.roll(moved, 0).repeat_interleave(each, 0)[rows] for m in (opened, closed)]
        return model.match(picture.embedding[rows], picture.features[rows], masks[0], masks[1], always[rows])

    return match(slice(None), 0), match(slice(None, None, 3), 1)


def losses(model: BarwatchNetwork, episode: Episode, config: TrainConfig) -> dict[str, Tensor]:
    """Every part of the loss for one episode, unweighted, and the margin accuracy; scalars."""
    lifts, pictures = len(episode.open_masks), len(episode.images)
    x = torch.cat(
        [
            prepare_pictures(episode.images),
            prepare_masks(torch.cat([episode.open_masks, episode.close_masks])),
        ]
    ).contiguous(memory_format=torch.channels_last)
    picture, opened, closed = split(model(x), [pictures, lifts, lifts])

    each = pictures // lifts
    margin = margins(
        picture.embedding,
        opened.embedding.repeat_interleave(each, 0),
        closed.embedding.repeat_interleave(each, 0),
    )
    own, foreign = matched(model, picture, opened, closed, episode.watched)
    seen = episode.blind == 0
    belongs = torch.cat([seen.float(), torch.zeros_like(foreign.fit_logits)])
    bars = episode.bars.float() / 255.0
    mask_margin = torch.cat(
        [  # a mask of another lift's hand is a picture of a bar too, and must fall to its own side
            margins(opened.embedding, opened.embedding.detach(), closed.embedding),
            margins(closed.embedding, opened.embedding, closed.embedding.detach()),
        ]
    )
    mask_is_open = torch.cat([torch.ones(lifts), torch.zeros(lifts)]).to(margin)
    targets = torch.cat([bars, (torch.cat([episode.open_masks, episode.close_masks]) > 127).float()])
    logits = torch.cat([picture.bar_logits, opened.bar_logits, closed.bar_logits])
    right = (margin < 0) == (episode.is_open > 0.5)
    judged_right = (own.margin < 0) == (episode.is_open > 0.5)
    return {
        "margin": balanced_margin_loss(margin[seen], episode.is_open[seen], config.margin_scale),
        "match": balanced_margin_loss(own.margin[seen], episode.is_open[seen], LOGITS_PER_MARGIN),
        "fit": nn.functional.binary_cross_entropy_with_logits(
            torch.cat([own.fit_logits, foreign.fit_logits]), 0.02 + 0.96 * belongs
        ),
        "blind": (margin[~seen].square().sum() + own.margin[~seen].square().sum()) / max(1, pictures),
        "mask": balanced_margin_loss(mask_margin, mask_is_open, config.margin_scale),
        "dense": dense_loss(logits, coverage(targets, BAR_GRID)),
        "rider": dense_loss(picture.rider_logits, coverage(episode.riders.float() / 255.0, FREE_GRID)),
        "occupancy": nn.functional.binary_cross_entropy_with_logits(
            picture.occupancy_logits[seen], episode.occupied[seen]
        ),
        "accuracy": right[seen].float().mean(),
        "match_accuracy": judged_right[seen].float().mean(),
        "occupancy_accuracy": ((picture.occupancy_logits > 0) == (episode.occupied > 0.5))[seen]
        .float()
        .mean(),
    }


def total(parts: dict[str, Tensor], config: TrainConfig) -> Tensor:
    """The weighted sum that is descended."""
    return (
        config.margin_weight * parts["margin"]
        + parts["match"]
        + config.fit_weight * parts["fit"]
        + config.dense_weight * parts["dense"]
        + config.occupancy_weight * parts["occupancy"]
        + config.rider_weight * parts["rider"]
        + config.blind_weight * parts["blind"]
        + config.mask_weight * parts["mask"]
    )


def learning_rate(step: int, config: TrainConfig) -> float:
    """Linear warm-up, then half a cosine down to a hundredth."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    part = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(part, 1.0))))


class Trainer:
    """Holds what a checkpoint holds: model, its moving average, optimiser, step."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.step = config, device, 0
        self.model = BarwatchNetwork(config.model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = deepcopy(self.model).eval()
        decay = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decay, "weight_decay": config.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=config.learning_rate,
        )

    def start_from(self, weights: dict[str, Tensor]) -> list[str]:
        """Take another network's weights where name and shape agree; returns the names of those taken.

        What this network has and the other has not begins as it always does.
        """
        own = self.model.state_dict()
        taken = {name: w for name, w in weights.items() if name in own and own[name].shape == w.shape}
        self.model.load_state_dict({**own, **taken})
        self.average.load_state_dict(self.model.state_dict())
        return sorted(taken)

    def update(self, episode: Episode) -> dict[str, float]:
        """One step of descent; returns the parts of the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self.config)
        with autocast(self.device):
            parts = losses(self.model, episode, self.config)
        self.optimiser.zero_grad(set_to_none=True)
        total(parts, self.config).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.config.average_decay, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(now, 1 - decay)
        return {name: float(value.detach()) for name, value in parts.items()}

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "config": self.config.as_dict(),
                "step": self.step,
                "precision": precision_name(self.device),
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
            },
            partial,
        )
        partial.rename(path)

    @staticmethod
    def load(path: Path, device: torch.device) -> Trainer:
        """Read a checkpoint back."""
        data: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        trainer = Trainer(TrainConfig.from_dict(data["config"]), device)
        trainer.model.load_state_dict(data["model"])
        trainer.average.load_state_dict(data["average"])
        trainer.optimiser.load_state_dict(data["optimiser"])
        trainer.step = int(data["step"])
        return trainer


def train(trainer: Trainer, files: list[Path], out: Path, progress: Progress, workers: int = 1) -> Path:
    """Train to the configured number of steps; returns the checkpoint's path.

    Log lines go to out/log.csv, checkpoints to out/checkpoint.pt.
    """
    keep_freed_memory()
    config = trainer.config
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    if trainer.step >= config.steps:  # no loader then: its process would be stopped while it starts
        trainer.save(checkpoint)
        return checkpoint
    data = Episodes(files, config.batch_lifts, config.batch_pictures, config.seed, trainer.step)
    loader = DataLoader(
        data,
        batch_size=None,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        # Not forked: a child would wait for OpenCV's threads, which a fork does not copy.
        multiprocessing_context="spawn" if workers else None,
    )
    new = not (out / "log.csv").exists()
    with (out / "log.csv").open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        started, sums, count = time.monotonic(), dict[str, float](), 0
        for episode in loader:
            parts = trainer.update(_to(episode, trainer.device))
            count += 1
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            if trainer.step % 50 == 0 or trainer.step == config.steps:
                means = {name: value / count for name, value in sums.items()}
                if new:
                    log.writerow(["step", "seconds", "precision", *means])
                    new = False
                seconds = time.monotonic() - started
                said = [trainer.step, f"{seconds:.0f}", precision_name(trainer.device)]
                log.writerow([*said, *(f"{v:.4f}" for v in means.values())])
                file.flush()
                sums, count = {}, 0
                progress(trainer.step, config.steps, means)
            if trainer.step % config.checkpoint_every == 0:
                trainer.save(checkpoint)
            if trainer.step >= config.steps:
                break
    trainer.save(checkpoint)
    return checkpoint


def _to(episode: Episode, device: torch.device) -> Episode:
    return Episode(**{name: value.to(device) for name, value in vars(episode).items()})
