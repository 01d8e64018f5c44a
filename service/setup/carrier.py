"""From a guess to a carrier: which pixels it is made of, and its movement over the whole passage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from service.setup.fit import fit_motion
from service.setup.motion import Motion, stack
from service.setup.seeds import Seed

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

FIRST_REACHES = (0.05, 0.08, 0.13)
"""Intervals before and after the reference over which a guess is first tried."""

LAST_REACHES = (0.25, 0.45)
"""The reaches over which the best are fitted, while the carrier is in view."""

_MOST_PICTURES = 17
_DEPTHS = (0.35, 2.8)
_IN_VIEW = 0.85
_LEAST_PART = 0.0025  # of the picture
_NEAR = 0.065  # widths of the picture over which pixels are judged together
_SHORT = 0.08  # intervals


@dataclass(frozen=True, eq=False)
class Carrier:
    """A carrier as it was found.

    phase: of the reference. motion: in pixels of the movie. weight: float32[h, w], 0..1, its pixels at the
    reference. first, last: the rope's distances between which it was fitted. explained: 0..1, the share
    of the energy that one moving picture explains. strength: the energy of that
    picture, highest for a large, clear carrier.
    """

    phase: int
    motion: Motion
    weight: Float32
    first: float
    last: float
    explained: float
    strength: float

    @property
    def score(self) -> float:
        """What to choose by: large and clear, and one thing rather than two."""
        return self.strength * self.explained**3


def grow(
    movie: Float32,
    start: Seed | Carrier,
    reaches: tuple[float, ...],
    within: Float32 | None = None,
) -> Carrier | None:
    """Fit a guess over longer and longer distances, keeping the pixels that follow it.

    Args:
        movie: float32[P, h, w, C + 1].
        start: the guess.
        reaches: distances before and after the reference, one fit for each.
        within: float32[h, w], where the carrier is known to be at the reference.

    Returns:
        The carrier, or None where nothing holds together.
    """
    motion, weight = start.motion, start.weight
    found = start if isinstance(start, Carrier) else None
    for reach in reaches:
        distances = distances_in_view(movie, start.phase, motion, weight, reach)
        if len(distances) < 5:
            break
        pictures = pictures_at(movie, start.phase, distances)
        motion, explained = fit_motion(pictures, distances, motion, weight)
        weight = followers(movie, start.phase, motion, weight)
        if within is not None:
            weight = weight * within
        if (weight > 0.3).mean() < _LEAST_PART:
            break
        mean = stack(pictures, distances, motion).mean
        strength = float((np.einsum("hwc,hwc->hw", mean, mean) * weight).sum())
        found = Carrier(
            start.phase, motion, weight, float(distances[0]), float(distances[-1]), explained, strength
        )
    return found


def enlarged(carrier: Carrier, width: int, height: int) -> Carrier:
    """Return the carrier as it is in a larger movie of the same phases."""
    factor = width / carrier.weight.shape[1]
    weight = cv2.resize(carrier.weight, (width, height), interpolation=cv2.INTER_LINEAR)
    return replace(
        carrier,
        motion=carrier.motion.enlarged(factor),
        weight=np.asarray(weight, np.float32),
        strength=carrier.strength * factor**2,
    )


def alike(one: Carrier, other: Carrier) -> bool:
    """Say whether two guesses at the same phase are of the same carrier: most of its pixels, moving alike."""
    if one.phase != other.phase:
        return False
    both = float((one.weight * other.weight).sum())
    ys, xs = np.nonzero(one.weight > 0.3)
    a, b = (found.motion.centred(float(xs.mean()), float(ys.mean())) for found in (one, other))
    apart = np.hypot(a.velocity[0] - b.velocity[0], a.velocity[1] - b.velocity[1])
    most = 0.6 * min(float((one.weight**2).sum()), float((other.weight**2).sum()))
    return both > most and apart < 0.15 * np.hypot(*a.velocity) and abs(a.shrink - b.shrink) < 0.2


def later(carrier: Carrier, distance: float, phases: int) -> Carrier:
    """Return the carrier with its reference moved by about `distance`, to a whole phase."""
    steps = round(distance * phases)
    distance = steps / phases
    size = (carrier.weight.shape[1], carrier.weight.shape[0])
    weight = cv2.warpAffine(carrier.weight, carrier.motion.matrix(distance), size)
    return Carrier(
        (carrier.phase + steps) % phases,
        carrier.motion.later(distance),
        np.asarray(weight, np.float32),
        carrier.first - distance,
        carrier.last - distance,
        carrier.explained,
        carrier.strength,
    )


def pictures_at(movie: Float32, phase: int, distances: Float64) -> Float32:
    """Return the movie's pictures of the distances, whole phases from the reference's."""
    return np.asarray(movie[(phase + np.rint(distances * len(movie)).astype(int)) % len(movie)])


def distances_in_view(movie: Float32, phase: int, motion: Motion, weight: Float32, reach: float) -> Float64:
    """Return the distances, evenly spaced and around 0, over which the carrier's pixels are in view."""
    phases, height, width = movie.shape[:3]
    most = max(2, round(reach * phases))
    valid = movie[:, 0, 0, -1] > 0
    ys, xs = np.nonzero(weight > 0.3)
    if not len(xs):
        return np.empty(0)
    pick = np.linspace(0, len(xs) - 1, min(300, len(xs))).astype(int)
    points = np.stack([xs[pick], ys[pick]], axis=1).astype(np.float64)

    def shown(step: int) -> bool:
        distance = step / phases
        if not _DEPTHS[0] < motion.depth(distance) < _DEPTHS[1]:
            return False
        matrix = motion.matrix(distance)
        x, y = (points @ matrix[:, :2].T + matrix[:, 2]).T
        return float(((x >= 0) & (x < width) & (y >= 0) & (y < height)).mean()) > _IN_VIEW

    first = last = 0
    while first > -most and shown(first - 1):
        first -= 1
    while last < most and shown(last + 1):
        last += 1
    stride = max(1, (last - first) // (_MOST_PICTURES - 1))
    steps = np.arange(first, last + 1, stride)
    return np.asarray(steps[valid[(phase + steps) % phases]] / phases, np.float64)


def followers(movie: Float32, phase: int, motion: Motion, before: Float32) -> Float32:
    """Return float32[h, w], 0..1: which pixels at the reference follow the movement, in one piece.

    Judged over a short distance, where near and far parts of one carrier still move alike: all of it is to be
    followed, not only its deepest part.

    Args:
        movie: float32[P, h, w, C + 1]. phase: the reference's.
        before: float32[h, w], what was known to follow it: the piece is the one that holds most of it.
    """
    kept, alike, energy = _own_energy(movie, phase, motion, before)
    weight = np.asarray(np.clip((alike / (energy + 1e-5) - 0.2) / 0.3, 0.0, 1.0), np.float32)
    return one_piece(weight, kept, before)


def body(movie: Float32, phase: int, motion: Motion, before: Float32) -> Float32:
    """Return float32[h, w]: the moving energy of the whole piece, riders' places and thin parts too.

    As `followers`, but measured against the carrier's strongest parts: riders differ from carrier to
    carrier, and where they sit little of what moves is common to all.
    """
    kept, alike, _ = _own_energy(movie, phase, motion, before)
    strong = alike[before > 0.3]
    level = float(np.quantile(strong, 0.8)) if strong.size else 0.0
    weight = np.asarray(np.clip((alike / (level + 1e-9) - 0.08) / 0.1, 0.0, 1.0), np.float32)
    return np.asarray(one_piece(weight, kept, before) * kept**0.75, np.float32)


def _own_energy(
    movie: Float32, phase: int, motion: Motion, before: Float32
) -> tuple[Float32, Float32, Float32]:
    """Return float32[h, w] each: the mean's energy; what this movement alone explains; all, blurred."""
    distances = distances_in_view(movie, phase, motion, before, _SHORT)
    pictures = pictures_at(movie, phase, distances)
    held = stack(pictures, distances, motion)
    kept = np.einsum("hwc,hwc->hw", held.mean, held.mean)
    noise = float(np.median(held.energy))
    # An edge along the direction of movement, a rope or a long shadow, looks the same at any speed.
    slower = Motion(motion.centre, (0.5 * motion.velocity[0], 0.5 * motion.velocity[1]), 0.5 * motion.shrink)
    other = stack(pictures, distances, slower).mean
    own = (kept - np.einsum("hwc,hwc->hw", other, other) - noise / len(distances)) * (held.seen > 0.5)
    blur = (_odd(_NEAR, kept.shape[1]),) * 2
    alike = np.maximum(cv2.boxFilter(np.asarray(own, np.float32), -1, blur), 0.0)
    energy = cv2.boxFilter(np.maximum(held.energy - noise, 0.0), -1, blur) + 0.5 * noise
    return np.asarray(kept, np.float32), np.asarray(alike, np.float32), np.asarray(energy, np.float32)


def one_piece(weight: Float32, strength: Float32, before: Float32) -> Float32:
    """Keep the piece that is strongest where it was known: a neighbour moves otherwise, if only a little."""
    known = before > 0.3
    level = 0.15 * float(np.quantile(strength[weight > 0.3], 0.9)) if (weight > 0.3).any() else 0.0
    width = weight.shape[1]
    smooth = cv2.blur(strength, (_odd(0.4 * _NEAR, width),) * 2)
    solid = ((weight > 0.3) & (smooth > level)).astype(np.uint8)
    joined = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((_odd(_NEAR, width),) * 2, np.uint8))
    count, labels = cv2.connectedComponents(joined)
    if count <= 2:
        return weight
    sums = np.bincount(labels.ravel(), weights=(weight * strength * known).ravel(), minlength=count)
    best = 1 + int(sums[1:].argmax())
    near = cv2.dilate((labels == best).astype(np.uint8), np.ones((_odd(0.5 * _NEAR, width),) * 2, np.uint8))
    return np.asarray(weight * near, np.float32)


def _odd(part: float, width: int) -> int:
    return 2 * round(part * width / 2) + 1
