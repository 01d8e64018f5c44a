"""Grouping passages by likeness to a few that a person picked: no masks yet, only what the network saw.

A passage belongs to the group whose mean embedding it is nearer to, seen along the line between the two
means, on which coordinates that vary much within the groups weigh less. Means and memberships are found in
turns, from the picks on; a passage near the middle belongs to neither. What was picked stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lifts.arrays import Float32, Float64

Picks = Sequence[bool | None]
"""Of each passage: picked as open, picked as closed, or not picked."""


@dataclass(frozen=True, slots=True)
class GroupingLimits:
    """Chosen on the 20 lifts from seed 10000, by 10 draws of picks on each.

    With one pick of either state, 5 in 200 draws group more than 15 % of the other 18 passages wrongly; with
    two of either, none. With six rounds it is 6 and 4.

    rounds: of means and memberships.
    steepness: of memberships; positions are -1 at the closed mean and 1 at the open one.
    doubt: a passage nearer to the middle than this belongs to neither.
    known: passages from which on the variation within the groups counts, instead of over all.
    """

    rounds: int = 1
    steepness: float = 4.0
    doubt: float = 0.4
    known: float = 4.0


LIMITS = GroupingLimits()


def picked(picks: Picks) -> Float64:
    """Return the groups of the picks alone, float64[N, 2]: open, closed.

    Raises:
        ValueError: none was picked as open, or none as closed.
    """
    groups = np.array([(pick is True, pick is False) for pick in picks], np.float64).reshape(-1, 2)
    if not groups.any(0).all():
        raise ValueError("pick at least one open and one closed passage")
    return groups


def group(embeddings: Float32, picks: Picks, limits: GroupingLimits = LIMITS) -> Float64:
    """Return float64[N, 2]: how much each passage belongs to the open and to the closed group, 0..1.

    Args:
        embeddings: float32[N, D], each passage's mean embedding.
        picks: of each passage, at least one of either state.
        limits: see GroupingLimits.

    Raises:
        ValueError: nothing of one state was picked, or the lengths differ.
    """
    fixed = picked(picks)
    if len(fixed) != len(embeddings):
        raise ValueError(f"{len(embeddings)} passages, but {len(fixed)} picks")
    x, groups = embeddings.astype(np.float64), fixed
    for _ in range(limits.rounds):
        count = groups.sum(0)
        means = groups.T @ x / count[:, None]
        if count.sum() > limits.known:
            apart = [groups[:, k] @ (x - means[k]) ** 2 for k in (0, 1)]
            within = np.sum(apart, axis=0) / max(count.sum() - 2, 1.0)
        else:
            within = x.var(0)
        direction = (means[0] - means[1]) / np.sqrt(within + within.mean() + 1e-12)
        half = float((means[0] - means[1]) @ direction) / 2
        if half <= 0:  # the picks show the same
            return fixed
        position = (x - means.mean(0)) @ direction / half
        groups = membership(1 / (1 + np.exp(-limits.steepness * np.clip(position, -9, 9))))
        groups[np.abs(position) < limits.doubt] = 0
        groups = np.where(fixed.any(1, keepdims=True), fixed, groups)
    return groups


def membership(p_open: Float64) -> Float64:
    """Return float64[N, 2]: the probabilities of open and of closed."""
    return np.stack([p_open, 1 - p_open], axis=1)
