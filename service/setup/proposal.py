"""Proposes a lift's track from its video, by all steps of set-up in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE
from lifts.schema import Pose, Track
from service.domain.errors import CalibrationError
from service.setup.carrier import FIRST_REACHES, LAST_REACHES, Carrier, alike, enlarged, grow, later
from service.setup.clock import PHASES, Clock, find_clock
from service.setup.doubts import halves_apart, parts_apart
from service.setup.extent import FILL, Box, Run, find_box, find_run
from service.setup.motion import Motion
from service.setup.movie import WIDTH, background, coarse, edges, make_movie
from service.setup.seeds import Seed, find_seeds
from service.setup.video import Recording

Float32 = npt.NDArray[np.float32]

LEAST_CONFIDENCE = 0.2
"""Below it nothing is proposed."""

_ADVICE = {
    False: "draw a box round one with --box",
    True: "what is in the box does not move as one: draw it closer round bench and bail, all of them in view",
}
"""What to do, by whether a box was drawn."""

_SEED_PHASES = range(0, PHASES, PHASES // 12)
_SAME_PX = 2.0  # between the two halves of the carriers; so much halves a candidate's score
_SHORTEST, _LONG = 0.05, 0.25  # intervals from begin to end: the fewest, and enough for a full score
_FOLLOWED = 5  # candidates that are fitted over the whole passage
_SLACK_PX = 6.0  # canonical pixels between the two halves; so many halve the confidence
_TURNING_PX = 20.0  # likewise between the parts of one carrier


@dataclass(frozen=True)
class Marking:
    """A box drawn round a carrier: x, y, width, height in camera pixels, and when, in seconds."""

    x: float
    y: float
    width: float
    height: float
    t_s: float


@dataclass(frozen=True)
class Proposal:
    """A proposed track and how far it can be trusted.

    interval_s: from carrier to carrier. passage_s: from begin to end, at the line's nominal speed.
    middles_s: when a carrier was at the middle pose, seconds from the file's start.
    likeness: of pictures one interval apart, 0..1.
    explained: the share of the movement in the carrier's box that one moving picture explains, 0..1; riders,
        people in front and a carrier that turns in view lower it.
    disagreement_px: canonical pixels between the tracks of two halves of the carriers.
    turning_px: canonical pixels between the tracks of a carrier's own parts, left and right, upper and lower.
    confidence: 0..1, from these four. steady: whether the line ran at one speed.
    """

    track: Track
    interval_s: float
    passage_s: float
    middles_s: tuple[float, ...]
    likeness: float
    explained: float
    disagreement_px: float
    turning_px: float
    confidence: float
    steady: bool


def propose(
    recording: Recording,
    marking: Marking | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Proposal:
    """Propose a track from a recording of at least three carriers.

    Args:
        recording: the reduced video.
        marking: a box that a person drew round a carrier, if any.
        on_progress: called with the share done, 0..1.

    Raises:
        CalibrationError: nothing repeats, too few carriers pass, or none can be followed.
    """
    features = edges(recording.grey)
    still = background(features)
    rows = coarse(features)
    clock = find_clock(rows, coarse(still[None])[0], recording.times_s)
    del rows
    movie = make_movie(features, still, clock)
    on_progress(0.2)
    factor = recording.width_px / WIDTH
    small = _halved(movie)
    within, box, seeds = _guesses(small, recording, clock, marking, factor)
    on_progress(0.4)
    halves = [make_movie(features, still, clock, np.floor(clock.distances) % 2 == half) for half in (0, 1)]
    found = _best(movie, halves, small, seeds, within, box)
    carrier, box, run = found.carrier, found.box, found.run
    on_progress(0.9)
    begin, middle, end = run
    track = _track(carrier.motion, box, run, factor)
    turning = parts_apart(movie, carrier, run, box)
    confidence = (
        min(1.0, clock.likeness / 0.3)
        * float(np.clip((carrier.explained - 0.2) / 0.35, 0.0, 1.0))
        / (1.0 + (found.apart_px / _SLACK_PX) ** 2)
        / (1.0 + (turning / _TURNING_PX) ** 2)
    )
    if confidence < LEAST_CONFIDENCE:
        raise CalibrationError(
            f"something repeats every {clock.interval_s:.1f} s, but no carrier could be followed reliably "
            f"(confidence {confidence:.2f}, at least {LEAST_CONFIDENCE} is needed): "
            f"{_ADVICE[marking is not None]}, or film the line more from the side",
            "low_confidence",
        )
    on_progress(1.0)
    return Proposal(
        track=track,
        interval_s=clock.interval_s,
        passage_s=(end - begin) * clock.interval_s,
        middles_s=_times_of(clock, recording, carrier.phase / PHASES + middle),
        likeness=clock.likeness,
        explained=carrier.explained,
        disagreement_px=found.apart_px,
        turning_px=turning,
        confidence=confidence,
        steady=clock.steady,
    )


def _halved(movie: Float32) -> Float32:
    """Return the movie at half its size, rounded down."""
    size = (movie.shape[2] // 2, movie.shape[1] // 2)
    return np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in movie])


def _guesses(
    small: Float32, recording: Recording, clock: Clock, marking: Marking | None, factor: float
) -> tuple[Float32 | None, Box | None, list[Seed]]:
    if marking is None:
        return None, None, [seed for phase in _SEED_PHASES for seed in find_seeds(small, phase)]
    if not recording.times_s[0] <= marking.t_s <= recording.times_s[-1]:
        raise CalibrationError(f"the box is drawn at {marking.t_s:.1f} s, which was not read")
    x0, y0 = marking.x / factor, marking.y / factor
    box = (x0, y0, x0 + marking.width / factor, y0 + marking.height / factor)
    within = np.zeros((2 * small.shape[1], 2 * small.shape[2]), np.float32)
    within[round(box[1]) : round(box[3]) + 1, round(box[0]) : round(box[2]) + 1] = 1.0
    if within.sum() < 60:
        raise CalibrationError("the box is too small or outside the picture")
    distance = float(np.interp(marking.t_s, recording.times_s, clock.distances))
    inside = np.asarray(cv2.resize(within, (small.shape[2], small.shape[1])), np.float32)
    return within, box, find_seeds(small, round(distance * PHASES) % PHASES, inside)


@dataclass(frozen=True, eq=False)
class _Settled:
    """A carrier, its box at the reference, its run (begin, middle, end) and how far the halves disagree."""

    carrier: Carrier
    box: Box
    run: Run
    apart_px: float

    @property
    def score(self) -> float:
        """High for a carrier that is large, clear, long in view and alike in both halves of the carriers."""
        seen = min(1.0, (self.run[2] - self.run[0]) / _LONG)
        return self.carrier.score * seen / (1.0 + (self.apart_px / _SAME_PX) ** 2)


def _best(
    movie: Float32,
    halves: list[Float32],
    small: Float32,
    seeds: list[Seed],
    within: Float32 | None,
    marked: Box | None,
) -> _Settled:
    """Return the carrier that is largest and clearest while wholly in view."""
    height, width = movie.shape[1:3]
    size = (small.shape[2], small.shape[1])
    inside = None if within is None else np.asarray(cv2.resize(within, size), np.float32)
    tried = [found for seed in seeds if (found := grow(small, seed, FIRST_REACHES, inside)) is not None]
    tried.sort(key=lambda found: -found.score)
    chosen: list[Carrier] = []
    for found in tried:
        if len(chosen) < _FOLLOWED and not any(alike(found, other) for other in chosen):
            chosen.append(found)
    settled = []
    for first in chosen:
        followed = grow(movie, enlarged(first, width, height), LAST_REACHES, within)
        result = None if followed is None else _settle(movie, followed, marked)
        if result is not None:
            settled.append(_Settled(*result, halves_apart(halves, *result)))
    if not settled:
        raise CalibrationError(
            "something repeats at a constant interval, but nothing that moves like a carrier is wholly in "
            f"view: {_ADVICE[marked is not None]}",
            "no_carrier",
        )
    return max(settled, key=lambda found: found.score)


def _settle(movie: Float32, found: Carrier, marked: Box | None) -> tuple[Carrier, Box, Run] | None:
    """Find a carrier's box and run, each from the other, starting mid-run where all of it is in view."""
    height, width = movie.shape[1:3]
    box = marked or find_box(movie, found)
    run = find_run(found.motion, box, width, height)
    if run is None:
        return None
    if marked is not None:
        # The box marks the carrier: fit once more with all of it, over the run.
        body = _inside(box, np.eye(2, 3), movie)
        again = grow(movie, replace(found, weight=body), (max(run[2], -run[0]) + 0.02,), body)
        run = None if again is None else find_run(again.motion, box, width, height)
        return None if again is None or run is None or run[2] - run[0] < _SHORTEST else (again, box, run)
    for _ in range(2):
        middle = later(found, run[1], PHASES)
        # Fit the bench and the bail only: a long pole or a shadow on the ground would distort the fit.
        # Fit them whole: of a carrier that turns in view, the nearest bar alone would fit best.
        body = _inside(box, found.motion.matrix(run[1]), movie)
        reach = max(run[2] - run[1], run[1] - run[0]) + 0.02
        again = grow(movie, replace(middle, weight=body), (reach,), body)
        if again is None:
            return None
        box = find_box(movie, again)
        longer = find_run(again.motion, box, width, height)
        if longer is None or longer[2] - longer[0] < _SHORTEST:
            return None
        found, run = again, longer
    return found, box, run


def _inside(box: Box, matrix: npt.NDArray[np.float64], movie: Float32) -> Float32:
    """Return float32[h, w], 1 in and just around the box after `matrix` has moved it."""
    corners = cv2.transform(np.array([[box[:2], box[2:]]], np.float64), matrix)[0]
    margin = 0.08 * (corners[1] - corners[0]).max()
    x0, y0 = np.maximum(np.rint(corners[0] - margin), 0).astype(int)
    x1, y1 = np.maximum(np.rint(corners[1] + margin), 0).astype(int)
    out = np.zeros(movie.shape[1:3], np.float32)
    out[y0 : y1 + 1, x0 : x1 + 1] = 1.0
    return out


def _track(motion: Motion, box: Box, run: Run, factor: float) -> Track:
    """Return the poses at begin, middle and end; pixel centres are integers in both pictures."""
    large = motion.enlarged(factor)
    x0, y0, x1, y1 = ((value + 0.5) * factor - 0.5 for value in box)
    size = max(x1 - x0, y1 - y0)
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    scale = FILL * CANONICAL_SIZE / size  # at the reference

    def pose(distance: float) -> Pose:
        matrix = large.matrix(distance)
        x, y = matrix[:, :2] @ centre + matrix[:, 2]
        return Pose(x=float(x), y=float(y), scale=scale * large.depth(distance))

    return Track(begin=pose(run[0]), middle=pose(run[1]), end=pose(run[2]))


def _times_of(clock: Clock, recording: Recording, distance: float) -> tuple[float, ...]:
    """Return when the rope was at `distance` plus any whole number, while it moved."""
    first = int(np.ceil(clock.distances[0] - distance))
    last = int(np.floor(clock.distances[-1] - distance))
    wanted = np.arange(first, last + 1) + distance
    at = np.minimum(np.searchsorted(clock.distances, wanted), len(clock.distances) - 1)
    times = np.interp(wanted, clock.distances, recording.times_s)
    return tuple(float(t) for t, index in zip(times, at, strict=True) if clock.moving[index])
