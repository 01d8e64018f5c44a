"""What the shipped network descends: the loss of an episode, part by part."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.data.episodes import Episode
from ml.distances.euclidean import margins
from ml.losses.dense import coverage, dense_loss
from ml.losses.margin import balanced_margin_loss
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


def taught(student: EmbedderOutput, judged: Match, teacher: EmbedderOutput, told: Match) -> Tensor:
    """Return how far a network is from what its teacher says of the same pictures, float[], 0 or more.

    Of bar maps and rider maps cell by cell, and of the margins by the masks, as probabilities: the entropy of
    the student's answer under the teacher's, less the teacher's own (Hinton, Vinyals and Dean, "Distilling
    the knowledge in a neural network", 2015, at temperature 1).

    Args:
        student, judged: of the pictures, and by their own lift's masks.
        teacher, told: the same of the teacher; no gradient.
    """
    pairs = (
        (student.bar_logits, teacher.bar_logits),
        (student.rider_logits, teacher.rider_logits),
        (-LOGITS_PER_MARGIN * judged.margin, -LOGITS_PER_MARGIN * told.margin),
    )
    parts = []
    for own, others in pairs:
        truth = others.detach().sigmoid()
        entropy = nn.functional.binary_cross_entropy_with_logits
        parts.append(entropy(own, truth) - entropy(others.detach(), truth))
    return torch.stack(parts).sum()


def losses(
    model: BarwatchNetwork, episode: Episode, config: TrainConfig, teacher: BarwatchNetwork | None = None
) -> dict[str, Tensor]:
    """Return every part of the loss for one episode, unweighted, and accuracies; float[] each.

    Args:
        teacher: another trained network that `model` shall agree with; `taught` is 0 without.
    """
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
    agreed = margin.new_zeros(())
    if teacher is not None:
        with torch.no_grad():
            says = split(teacher(x), [pictures, lifts, lifts])
            told, _ = matched(teacher, says[0], says[1], says[2], episode.watched)
        agreed = taught(picture, own, says[0], told)
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
        "taught": agreed,
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
        + config.teacher_weight * parts["taught"]
    )
