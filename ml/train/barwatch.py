"""Training of the shipped network: its loss over an episode, its moving average, its learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ml.data.episodes import Episode, Episodes
from ml.distances.euclidean import margins
from ml.losses.dense import coverage, dense_loss
from ml.losses.margin import balanced_margin_loss
from ml.machine.precision import autocast
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
from ml.train.loop import Learner, State

LOG_EVERY = 50
"""Steps between two lines of the log, and two checkpoints."""


def split(output: EmbedderOutput, sizes: list[int]) -> list[EmbedderOutput]:
    """Cut one output of a joint forward pass into the outputs of its parts."""
    return [EmbedderOutput(*parts) for parts in zip(*(torch.split(t, sizes) for t in output), strict=True)]


def background_embedding(bars: Tensor, watched: Tensor) -> Tensor:
    """Return what shows in either state, estimated from the batch: means over other pictures of the lift.

    Args:
        bars: float[L * P, K], bar parts of the pictures' embeddings, the P of each lift in a row.
        watched: bool[L, P, P], the other pictures to average (`Episode.watched`).

    Returns:
        float[L * P, K], no gradient; zeros where there are none.
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
    """Judge the pictures by their own lift's masks, and every third of them by the next lift's."""
    cells, each = BAR_GRID * BAR_GRID, watched.shape[1]
    background = background_embedding(picture.embedding[:, :cells], watched)

    def match(rows: slice, moved: int) -> Match:
        masks = [m.embedding.roll(moved, 0).repeat_interleave(each, 0)[rows] for m in (opened, closed)]
        return model.match(
            picture.embedding[rows], picture.features[rows], masks[0], masks[1], background[rows]
        )

    return match(slice(None), 0), match(slice(None, None, 3), 1)


def passage_loss(model: BarwatchNetwork, rider_logits: Tensor, occupied: Tensor, seen: Tensor) -> Tensor:
    """Return the loss of who sits on the carriers of whole passages, float[].

    Riders move with their carrier, what is behind does not: the mean map over a passage's registered pictures
    keeps the first.

    Args:
        rider_logits: float[3 * N, 25, 25], the three pictures of each passage in a row.
        occupied: float[3 * N]; of a picture that does not show the carrier it says nothing.
        seen: bool[3 * N], whether the picture shows the carrier.
    """
    shown = seen.view(-1, 3, 1, 1).to(rider_logits)
    count = shown.sum(1)
    fused = (rider_logits.view(-1, 3, *rider_logits.shape[1:]) * shown).sum(1) / count.clamp(min=1)
    usable = count.flatten() > 0
    truth = (occupied * seen).view(-1, 3).amax(1)
    return nn.functional.binary_cross_entropy_with_logits(model.seated(fused[:, None])[usable], truth[usable])


def losses(model: BarwatchNetwork, episode: Episode, config: TrainConfig) -> dict[str, Tensor]:
    """Return every part of the loss for one episode, unweighted, and accuracies; float[] each."""
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
        "passage": passage_loss(model, picture.rider_logits, episode.occupied, seen),
        "accuracy": right[seen].float().mean(),
        "match_accuracy": judged_right[seen].float().mean(),
        "occupancy_accuracy": ((picture.occupancy_logits > 0) == (episode.occupied > 0.5))[seen]
        .float()
        .mean(),
    }


def total(parts: dict[str, Tensor], config: TrainConfig) -> Tensor:
    """Return the weighted sum that is descended, float[]."""
    return (
        config.margin_weight * parts["margin"]
        + parts["match"]
        + config.fit_weight * parts["fit"]
        + config.dense_weight * parts["dense"]
        + config.occupancy_weight * parts["occupancy"]
        + config.passage_weight * parts["passage"]
        + config.rider_weight * parts["rider"]
        + config.blind_weight * parts["blind"]
        + config.mask_weight * parts["mask"]
    )


def learning_rate(step: int, config: TrainConfig) -> float:
    """Return a step's learning rate: a linear warm-up, then half a cosine down to a hundredth."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    part = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(part, 1.0))))


class BarwatchLearner(Learner):
    """The shipped network in training.

    Args:
        files: rendered lifts (`ml.data.rendered`), at least one; or what gives those of a round of the run.
        workers: processes that load and augment the pictures; 0 for none.
    """

    network: BarwatchNetwork

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        files: Sequence[Path] | Callable[[int], Sequence[Path]] = (),
        workers: int = 1,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.files, self.workers = config, device, files, workers
        self.step, self._round = 0, 0
        self.network = BarwatchNetwork(config.model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = deepcopy(self.network).eval()
        decay = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decay, "weight_decay": config.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=config.learning_rate,
        )
        self._episodes: Iterator[Episode] | None = None

    def start_from(self, weights: dict[str, Tensor]) -> list[str]:
        """Take another network's weights where name and shape agree; returns the names of those taken.

        What this network has and the other has not keeps its first values.
        """
        own = self.network.state_dict()
        taken = {name: w for name, w in weights.items() if name in own and own[name].shape == w.shape}
        self.network.load_state_dict({**own, **taken})
        self.average.load_state_dict(self.network.state_dict())
        return sorted(taken)

    def content(self) -> dict[str, Any]:
        """Return the configuration."""
        return {"config": self.config.as_dict()}

    def continues(self, saved: dict[str, Any]) -> bool:
        """Return whether the network is the same; the rest may change between two parts of a run."""
        return TrainConfig.from_dict(saved["config"]).model == self.config.model

    def finished(self, state: State) -> bool:
        """Return whether all steps are done."""
        del state
        return self.step >= self.config.steps

    def learn(self, state: State) -> dict[str, float]:
        """Learn until the next multiple of `LOG_EVERY` steps, or the end; returns the means of the losses."""
        del state
        now = self.step * self.config.rounds // self.config.steps
        if self._episodes is None or now != self._round:
            self._round, self._episodes = now, None  # the processes that load end before their files go
            self._episodes = self._loaded()
        sums: dict[str, float] = {}
        last = min((self.step // LOG_EVERY + 1) * LOG_EVERY, self.config.steps)
        count = last - self.step
        while self.step < last:
            episode = next(self._episodes)
            for name, value in self.update(episode).items():
                sums[name] = sums.get(name, 0.0) + value
        return {name: value / count for name, value in sums.items()}

    def update(self, episode: Episode) -> dict[str, float]:
        """Make one step of descent; returns the parts of the loss."""
        episode = Episode(**{name: value.to(self.device) for name, value in vars(episode).items()})
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self.config)
        with autocast(self.device):
            parts = losses(self.network, episode, self.config)
        self.optimiser.zero_grad(set_to_none=True)
        total(parts, self.config).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.config.average_decay, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(now, 1 - decay)
        return {name: float(value.detach()) for name, value in parts.items()}

    def state_dict(self) -> dict[str, Any]:
        """Return the network, its moving average (which is what ships), the optimiser and the step."""
        return {
            "step": self.step,
            "model": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.step = int(saved["step"])
        self.network.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])

    def _loaded(self) -> Iterator[Episode]:
        """Start to load episodes, from this step on."""
        config = self.config
        files = list(self.files(self._round) if callable(self.files) else self.files)
        data = Episodes(files, config.batch_lifts, config.batch_passages, config.seed, self.step)
        loader = DataLoader(
            data,
            batch_size=None,
            num_workers=self.workers,
            prefetch_factor=4 if self.workers else None,
            # Not forked: a child would wait for OpenCV's threads, which a fork does not copy.
            multiprocessing_context="spawn" if self.workers else None,
        )
        return iter(loader)
