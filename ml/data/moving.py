"""Passages seen a dozen times from begin to end, with bars that move meanwhile: for evaluation alone.

Seeds 60000.. are for choosing constants, 61000.. for the figures; nothing trains on either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from lifts.arrays import Float64
from lifts.geometry import middle_fraction
from ml.data.rendered import RenderedLift
from ml.scene.conditions import sample_conditions
from ml.scene.lift import LiftScene
from ml.scene.passage import CLOSED_BELOW, Circumstances, Slip
from ml.scene.render import Rendered, render_registered
from ml.scene.sampling import sample_lift

LAYOUT = 1
"""Version of these sets: raised with every change of what is drawn for a seed."""

CHOOSING_FIRST_SEED, MEASURED_FIRST_SEED = 60_000, 61_000

PLACES = 12
"""Pictures of a passage, evenly spaced in the way travelled; the one nearest to the middle pose is there."""

Movement = Literal[
    "still closed", "still open", "half-lowered", "closed in time", "closing too late", "opened"
]
"""What a bar does while its carrier passes.

half-lowered: it stays at 0.3 to 0.9 of its way. closed in time: it is lowered, and down before the end.
closing too late: on its way down, it is still open at the end. opened: it rises, and is open at the end.
"""

MOVEMENTS: tuple[Movement, ...] = get_args(Movement)
"""Passages show them in turn."""


@dataclass(frozen=True)
class MovingLifts:
    """Lifts each of whose passages is seen `PLACES` times; is_open is each picture's own state."""

    passages: int

    def path(self, folder: Path, seed: int) -> Path:
        """Where a lift's file is kept; files of another layout are never read."""
        return folder / f"m{LAYOUT}-moving-{seed:05d}-{self.passages}x{PLACES}.npz"

    def render(self, seed: int) -> RenderedLift:
        """Render a lift's passages, `PLACES` pictures each in order of time; three in four are occupied."""
        lift = sample_lift(seed)
        progresses = places_of(middle_fraction(lift.lift.track)) if lift.lift.track else ()
        scenes = [scene_at(lift, progress) for progress in progresses]
        done: list[Rendered] = []
        for passage in range(self.passages):
            rng = np.random.default_rng([seed, 7, passage])
            movement = MOVEMENTS[passage % len(MOVEMENTS)]
            openings = sample_openings(movement, progresses, rng)
            c = sample_conditions(
                lift, rng, is_open=movement != "still closed", occupied=bool(rng.random() < 0.75)
            )
            for (scene, position), progress, opening in zip(scenes, progresses, openings, strict=True):
                shown = replace(c, opening=opening, slips=(slip_at(c, lift, progress, rng),) * 3)
                done.append(render_registered(scene, shown, position, rng))
        return RenderedLift.of(lift, done)


def openings_of(seed: int, passages: int) -> Float64:
    """Return the bar's angle in each picture of a lift's passages, float64[passages, PLACES], drawn again."""
    lift = sample_lift(seed)
    progresses = places_of(middle_fraction(lift.lift.track)) if lift.lift.track else ()
    return np.array(
        [
            sample_openings(
                MOVEMENTS[passage % len(MOVEMENTS)], progresses, np.random.default_rng([seed, 7, passage])
            )
            for passage in range(passages)
        ]
    )


def places_of(middle: float) -> tuple[float, ...]:
    """Return the progress of each picture: even from begin to end, one moved to the middle pose's."""
    places = np.linspace(0.0, 1.0, PLACES)
    places[1 + int(np.argmin(abs(places[1:-1] - middle)))] = middle
    return tuple(places.tolist())


def sample_openings(
    movement: Movement, progresses: Sequence[float], rng: np.random.Generator
) -> tuple[float, ...]:
    """Draw a bar's angle at each progress: 0 closed .. 1 fully open (to 1.03).

    A movement takes a fifth of the way from begin to end, to all of it. At the end a bar that moves is fully
    down, or plainly open (0.2 and more): which of both, is never a question of a few degrees.
    """
    at = np.asarray(progresses)
    closed = float(min(abs(rng.normal(0, 0.025)), CLOSED_BELOW))
    opened = float(np.clip(rng.normal(0.99, 0.02), 0.92, 1.03))
    if movement in ("still closed", "still open", "half-lowered"):
        half = float(rng.uniform(0.3, 0.9))
        still = {"still closed": closed, "still open": opened, "half-lowered": half}[movement]
        return (still,) * len(at)
    while True:
        duration = float(rng.uniform(0.2, 1.0))
        if movement == "closed in time":
            ends = float(rng.uniform(0.3, 0.97))
        elif movement == "closing too late":
            ends = float(rng.uniform(1.05, 1.6))
        else:
            ends = float(rng.uniform(0.1, 0.95)) + duration
        done = np.clip((at - (ends - duration)) / duration, 0.0, 1.0)
        done = done * done * (3.0 - 2.0 * done)
        begins, stops = (closed, opened) if movement == "opened" else (opened, closed)
        openings: Float64 = begins + (stops - begins) * done
        last = float(openings[-1])
        if last <= CLOSED_BELOW if movement == "closed in time" else last >= 0.2:
            return tuple(openings.tolist())


def scene_at(lift: LiftScene, progress: float) -> tuple[LiftScene, int]:
    """Return the same installation with begin or end moved to a progress, and the position to render at."""
    begin, middle, end = lift.origins
    origin = begin + progress * (end - begin)
    if np.allclose(origin, middle, atol=1e-6):
        return lift, 1
    if np.linalg.norm(origin - begin) < np.linalg.norm(middle - begin):
        return replace(lift, origins=np.stack([origin, middle, end])), 0
    return replace(lift, origins=np.stack([begin, middle, origin])), 2


_OWN_SLIP_PX = 0.7


def slip_at(c: Circumstances, lift: LiftScene, progress: float, rng: np.random.Generator) -> Slip:
    """Return a registration error between those drawn for begin, middle and end, and a little of its own."""
    middle = middle_fraction(lift.lift.track) if lift.lift.track else 0.5
    at = [0.0, middle, 1.0]
    dx, dy, scale, angle = (
        float(np.interp(progress, at, [getattr(slip, name) for slip in c.slips]))
        for name in ("dx", "dy", "scale", "angle")
    )
    own = rng.normal(0.0, _OWN_SLIP_PX, 2)
    return Slip(dx + float(own[0]), dy + float(own[1]), scale, angle)
