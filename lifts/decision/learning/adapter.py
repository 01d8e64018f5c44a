"""Adapter: a correction of a lift's margins, learnt from the passages that a person has labelled.

Threshold and prototypes describe two clusters, and are as good as they get after some fifty passages. Labels
say more: which of the ways in which this lift's pictures differ tell open from closed. The adapter is a
logistic regression on the main components of the lift's own embeddings, with the margin so far as its offset
and a ridge penalty on every coefficient (Hoerl and Kennard 1970): what the labels do not call for stays as
it is. The components are of all its passages, the labels of those that somebody reviewed. Cluster memberships
in place of labels made it worse, above all where one state is rare.

Cross-validation on the labelled passages, all pictures of a passage together, chooses the penalty. It also
decides whether there is an adapter at all: only if it lowers the loss on passages that it was not fitted to
by more than chance explains, and takes no more of the open ones for closed than the margins alone. An open
bar that is called closed is the error that counts; fewer false alarms do not pay for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lifts.arrays import Bool, Float32, Float64, Int64


@dataclass(frozen=True, slots=True)
class AdapterOptions:
    """Chosen on calibration lifts (seeds 10100 to 10109), as docs/site-calibration.md says.

    of_each: labelled passages of the rarer state, at least. With four, at 1 % open carriers of the eight
        development lifts, two more of 272 open passages were called closed.
    components: main components of the embeddings, at most.
    logits: log odds per unit of margin. Below the model's own scale: a margin is not to become too certain.
    judged_logits: the same where cross-validation compares losses: nearer to the model's own scale, so that
        larger margins alone are no gain.
    penalties: ridge penalties to choose from, in units of `logits` squared.
    parts: into how many parts cross-validation divides the labelled passages of each state, at most.
    errors: standard errors by which the loss must fall on passages that were left out.
    rounds: steps of Newton's method, at most.
    """

    of_each: int = 8
    components: int = 60
    logits: float = 12.0
    judged_logits: float = 28.0
    penalties: tuple[float, ...] = (0.05, 0.2, 0.8)
    parts: int = 5
    errors: float = 1.0
    rounds: int = 30


OPTIONS = AdapterOptions()

_CONVERGED = 1e-6  # the largest step in a coefficient, in units of margin


@dataclass(frozen=True, eq=False)
class Adapter:
    """What is added to a picture's margin: `embedding @ direction + offset`; direction is float32[D]."""

    direction: Float32
    offset: float

    def added(self, embeddings: Float32) -> Float32:
        """Return what is added to the margins of pictures, float32[...], embedded as float32[..., D]."""
        return np.asarray(embeddings @ self.direction + np.float32(self.offset), np.float32)


def fit_adapter(
    embeddings: Float32,
    margins: Float64,
    is_open: Sequence[bool | None],
    options: AdapterOptions = OPTIONS,
) -> Adapter | None:
    """Learn from a lift's labelled passages.

    Args:
        embeddings: float32[N, M, D], of N passages with M pictures each.
        margins: float64[N, M], less the threshold: negative means open. None may be by prototypes that the
            passage itself is part of.
        is_open: the reviewer's label of each passage, None where there is none.
        options: strength and limits.

    Returns:
        None if there are too few labels of a state, or the adapter was not better on passages left out.
    """
    known = np.array([label is not None for label in is_open], bool)
    opened = np.array([bool(label) for label in is_open], bool)[known]
    if min(opened.sum(), (~opened).sum()) < options.of_each:
        return None
    mean, components = _components(embeddings, options.components)
    points = (embeddings[known] - mean) @ components  # [K, M, C]
    chosen = _choose_penalty(points, margins[known], opened, options)
    if chosen is None:
        return None
    found = _fit(points, margins[known], opened, chosen, options)
    direction = np.asarray(components @ found[:-1], np.float32)
    # Rounded as it is stored: a calibration judges the same after a restart.
    return Adapter(direction, float(np.float32(found[-1] - mean @ direction)))


def _components(embeddings: Float32, most: int) -> tuple[Float64, Float64]:
    """Return the pictures' mean float64[D], and their main components float64[D, C].

    All are scaled by the first one's deviation: a component in which pictures hardly differ stays a weak one.
    """
    pictures = embeddings.reshape(-1, embeddings.shape[-1])
    mean = pictures.mean(0, dtype=np.float64)
    centred = (pictures - mean).astype(np.float32)
    # Far fewer pictures than numbers in each: the products of pictures are the smaller matrix.
    values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    values, vectors = values[::-1][:most], vectors[:, ::-1][:, :most]
    kept = values > 1e-6 * max(values[0], 1e-12)
    axes = centred.T @ (vectors[:, kept] / np.sqrt(values[kept]))
    return mean, axes * np.sqrt(len(pictures) / max(values[0], 1e-12))


def _choose_penalty(points: Float64, margins: Float64, opened: Bool, options: AdapterOptions) -> float | None:
    """Return the penalty with the lowest loss on passages left out; None if no adapter is plainly better."""
    part = _parts(opened, options.parts)
    before = _loss(margins.mean(1), opened, options)
    weight = _weights(opened)
    best: tuple[float, float] | None = None
    missed = int((margins.mean(1)[opened] > 0).sum())
    for penalty in options.penalties:
        moved = np.empty_like(before)
        for number in range(int(part.max()) + 1):
            out = part == number
            found = _fit(points[~out], margins[~out], opened[~out], penalty, options)
            moved[out] = (margins[out] + _added(points[out], found)).mean(1)
        if int((moved[opened] > 0).sum()) > missed:
            continue
        gain = weight * (before - _loss(moved, opened, options))
        error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
        if gain.mean() > options.errors * error and (best is None or gain.mean() > best[0]):
            best = float(gain.mean()), penalty
    return None if best is None else best[1]


def _parts(opened: Bool, most: int) -> Int64:
    """Divide passages into parts with as many of each state in each; neighbours in time go together."""
    part = np.empty(len(opened), np.int64)
    count = min(most, int(opened.sum()), int((~opened).sum()))
    for state in (opened, ~opened):
        part[state] = np.arange(int(state.sum())) * count // int(state.sum())
    return part


def _weights(opened: Bool) -> Float64:
    """Return the passages' weights, mean 1: both states together weigh the same."""
    share = opened.mean()
    return np.asarray(np.where(opened, 0.5 / share, 0.5 / (1 - share)))


def _loss(margins: Float64, opened: Bool, options: AdapterOptions) -> Float64:
    return np.asarray(np.logaddexp(0, np.where(opened, 1, -1) * options.judged_logits * margins))


def _added(points: Float64, found: Float64) -> Float64:
    return np.asarray(points @ found[:-1] + found[-1])


def _fit(points: Float64, margins: Float64, opened: Bool, penalty: float, options: AdapterOptions) -> Float64:
    """Return coefficients float64[C + 1], the last one constant, that minimise loss and penalty (Newton)."""
    count, moments, _ = points.shape
    x = np.concatenate([points, np.ones((count, moments, 1))], 2).reshape(count * moments, -1)
    base, scale = margins.reshape(-1), options.logits
    state = np.repeat(np.where(opened, 1.0, -1.0), moments)
    weight = np.repeat(_weights(opened) / moments, moments)
    ridge = 2 * penalty * scale**2

    def cost(coefficients: Float64) -> float:
        loss = np.logaddexp(0, scale * state * (base + x @ coefficients))
        return float(weight @ loss + ridge / 2 * coefficients @ coefficients)

    found = np.zeros(x.shape[1])
    for _ in range(options.rounds):
        wrong = 1 / (1 + np.exp(-np.clip(scale * state * (base + x @ found), -50, 50)))
        slope = scale * x.T @ (weight * state * wrong) + ridge * found
        curve = scale**2 * (x * (weight * wrong * (1 - wrong))[:, None]).T @ x + ridge * np.eye(len(found))
        step = np.linalg.solve(curve, slope)
        now = cost(found)
        while np.abs(step).max() > _CONVERGED and cost(found - step) > now:
            step /= 2
        if np.abs(step).max() <= _CONVERGED:
            break
        found = found - step
    return found
