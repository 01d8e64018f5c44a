"""Lifts for learning who sits there: textured seats, and texture behind them, drawn or photographed.

Every passage is exposed several times (`takes`): its solids are drawn once, weather, lens, sensor and what is
behind the carrier are drawn anew. Seeds 40000.. are for training, 50000.. for the photograph set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from lifts.geometry import CANONICAL_SIZE
from lifts.schema import MaskPair
from ml.data.photographs import Use, present, read_photograph
from ml.data.rendered import TRAINING_HALF_LOWERED, RenderedLift
from ml.scene.conditions import HALF_LOWERED, sample_conditions, sample_opening, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.masks import HABITS, draw_habitual
from ml.scene.passage import Circumstances, Neighbour, bearable
from ml.scene.render import Rendered, Take, render_takes
from ml.scene.sampling import make_lift, sample_azimuth
from ml.scene.texture.backdrop import Backdrop, placed
from ml.scene.texture.patterns import PATTERNS
from ml.scene.texture.seats import sample_seat, seat_paint
from ml.scene.world.carrier import Back
from ml.scene.world.fleet import sample_carrier
from ml.scene.world.people import Person, Stander, sample_person

LAYOUT = 4
"""Version of textured lifts: raised with every change of what is drawn for a seed."""

TEXTURED_FIRST_SEED = 40_000

TEXTURED_SEEDS = range(TEXTURED_FIRST_SEED, TEXTURED_FIRST_SEED + 9_940)
"""Seeds that may be trained on."""

CALIBRATION_TEXTURED_SEEDS = range(TEXTURED_SEEDS.stop, TEXTURED_SEEDS.stop + 60)
"""Seeds that the seat is calibrated on."""

Case = Literal["any", "alone", "empty", "occupied", "child", "legs", "behind"]
"""What a lift's passages show: anything; an empty carrier with nobody anywhere; an empty carrier; people; one
child alone on a bench for eight; people whose legs show below a high back, seen from behind; people who stand
behind an empty bench."""

OF_THE_EXPOSURE = (
    *("saturation", "snow", "snow_size", "snow_streak", "rain", "drops", "frost", "glare", "veil", "blur_px"),
    *("motion_px", "zoom", "sharpen", "noise", "chroma", "band", "interlace", "quality", "blocks"),
    *("vignette", "contrast", "crf", "grey", "lens"),
)
"""Properties that each take of a passage draws anew."""

_PATTERNS_OF_A_LIFT = 2


@dataclass(frozen=True)
class TexturedLifts:
    """How textured lifts are drawn.

    Attributes:
        passages: of each lift, at three positions. takes: exposures of each passage.
        photographs: folder of the photographs; None for drawn patterns only.
        use: which photographs.
        case: what the passages show.
        only_photographs: nothing but photographs is behind the carrier.
        one_place: the same photograph, at one place, is behind all passages of a lift, as at a real station;
            goes with `only_photographs`.
    """

    passages: int
    takes: int = 1
    photographs: Path | None = None
    use: Use = "train"
    case: Case = "any"
    only_photographs: bool = False
    one_place: bool = False

    def path(self, folder: Path, seed: int) -> Path:
        """Where a lift's file is kept; files of another recipe are never read."""
        alone = "-place" if self.one_place else "-only"
        photographed = f"{self.use}{alone}" if self.only_photographs else self.use
        behind = photographed if self.photographs else "drawn"
        name = f"t{LAYOUT}-{self.case}-{behind}-{seed:05d}-{self.passages}x{self.takes}.npz"
        return folder / name

    def render(self, seed: int) -> RenderedLift:
        """Render a lift's passages, three pictures in a row of each take; a pure function of seed and recipe.

        Raises:
            FileNotFoundError: the photographs are not in their folder.
        """
        lift = textured_lift(seed, self.case)
        behind = self._behind(lift, np.random.default_rng([seed, 4]))
        grain = np.random.default_rng([seed, 5])
        pool = grain.standard_normal(_POOL, np.float32) if self.takes > 1 else None
        done: list[Rendered] = []
        for passage in range(self.passages):
            rng = np.random.default_rng([seed, 3, passage])
            if pool is not None:
                rng = PooledGrain(rng.bit_generator, pool)
            for _ in range(_TRIES):
                views = self._passage(lift, behind, rng, is_open=passage % 2 == 0)
                # Riders whom their seat hides would teach that whatever hides a seat is taken.
                if self.use == "test" or not views[0][0].occupied or _seen(views):
                    break
            done += [views[position][take] for take in range(self.takes) for position in range(3)]
        return RenderedLift.of(lift, done, self._masks(lift, np.random.default_rng([seed, 6])))

    def _masks(self, lift: LiftScene, rng: np.random.Generator) -> MaskPair | None:
        """Draw masks as people draw them, in training; the lift's own for some lifts, and in tests."""
        if self.use == "test" or rng.random() < _CAREFUL:
            return None
        return draw_habitual(lift, HABITS[int(rng.integers(len(HABITS)))], rng)

    def _passage(
        self, lift: LiftScene, behind: Behind, rng: np.random.Generator, *, is_open: bool
    ) -> list[list[Rendered]]:
        """Draw and render one passage: of each position, each take."""
        c = _conditions(lift, rng, self.case, is_open=is_open, training=self.use == "train")
        if self.only_photographs:  # what is measured is texture, not weather
            c = bearable(c, lift.depth_m, _CLEAR)
        takes = [Take(c, self._backdrop(lift, behind, rng))]
        for _ in range(1, self.takes):
            exposed = _exposed(c, lift, behind.exposures, rng)
            takes.append(Take(exposed, self._backdrop(lift, behind, rng)))
        return [render_takes(lift, c, position, takes, rng) for position in range(3)]

    def _behind(self, lift: LiftScene, rng: np.random.Generator) -> Behind:
        photographs = present(self.photographs, self.use) if self.photographs else []
        if self.only_photographs:
            anywhere = Behind({}, photographs, False, [])
            if not self.one_place:
                return anywhere
            return replace(anywhere, place=self._backdrop(lift, anywhere, rng))
        chosen = rng.choice(list(PATTERNS), _PATTERNS_OF_A_LIFT, replace=False).tolist()
        patterns = {name: PATTERNS[name](rng) for name in chosen}
        exposures = [
            sample_conditions(lift, rng) for _ in range(_EXPOSURES_OF_A_LIFT if self.takes > 1 else 0)
        ]
        return Behind(patterns, photographs, bool(rng.random() < _OWN_PLACE), exposures)

    def _backdrop(self, lift: LiftScene, behind: Behind, rng: np.random.Generator) -> Backdrop | None:
        """Draw what is behind a take: patterns as often as photographs; the lift's own place if it shows."""
        if behind.place is not None:
            return behind.place
        if behind.own_place and rng.random() < 0.3:
            return None
        names = list(behind.patterns)
        if self.photographs is None or (names and rng.random() < 0.5):
            name = names[int(rng.integers(len(names)))]
            picture = behind.patterns[name]
        else:
            name = behind.photographs[int(rng.integers(len(behind.photographs)))]
            picture = read_photograph(self.photographs, name)
        backdrop = placed(name, picture, lift.pose(lift.origins[1]), rng, (0.18, 1.0))
        return backdrop if behind.own_place else replace(backdrop, beyond_m=0.0)


class PooledGrain(np.random.Generator):
    """A generator whose float32 noise comes from anywhere in a pool.

    To draw it anew for every picture costs more than all the rest of a sensor.
    """

    def __init__(self, bits: np.random.BitGenerator, pool: Float32) -> None:
        super().__init__(bits)
        self._pool = pool

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """As numpy's; float32[...] is a part of the pool."""
        if dtype is not np.float32 or size is None:
            return super().standard_normal(size, dtype, out)
        count = int(np.prod(size))
        start = int(self.integers(len(self._pool) - count))
        return self._pool[start : start + count].reshape(size)


@dataclass(frozen=True, eq=False)
class Behind:
    """What is behind a lift's carriers, and how they are exposed.

    patterns: uint8[512, 512, 3] by name. photographs: names of those that may be used.
    own_place: whether the lift's own place shows too, whole or as near ground; it takes time to paint.
    exposures: weather, lens and sensor of further takes.
    place: what is behind every passage; None: each has another backdrop.
    """

    patterns: dict[str, UInt8]
    photographs: list[str]
    own_place: bool
    exposures: list[Circumstances]
    place: Backdrop | None = None


_OWN_PLACE = 0.5
_EXPOSURES_OF_A_LIFT = 10
_POOL = 1 << 19
_CAREFUL = 0.4
_TRIES = 5

_CLEAR = 0.6
"""Upper limit of the obstructions in the photograph set, for `bearable`."""


def _seen(views: Sequence[Sequence[Rendered]]) -> bool:
    return any(int(takes[0].rider.sum()) >= VISIBLE_PX for takes in views)


def textured_lift(seed: int, case: Case) -> LiftScene:
    """Draw a lift whose seat may be of slats, wire, planks or shiny sheet; view and bench suit the case."""
    rng = np.random.default_rng([seed, 2])
    spec = sample_carrier(rng)
    azimuth = sample_azimuth(rng)
    seat = sample_seat(rng) if rng.random() < 0.7 else None
    lone = case == "child" or (case == "any" and rng.random() < 0.25)
    rear = case == "legs" or (case == "any" and rng.random() < 0.2)
    if lone:
        spec = replace(spec, seats=int(8 if case == "child" else rng.integers(4, 9)), frame="bail")
    if rear:
        azimuth = float(rng.uniform(148, 180) * rng.choice([-1, 1]))
        back: Back = ("panel", "cushions", "shells")[int(rng.integers(3))]
        spec = replace(spec, back=back, back_m=float(rng.uniform(0.6, 0.85)))
        seat = None if rng.random() < 0.6 else seat
    if seat:
        spec = replace(spec, seat_rgb=seat_paint(seat, rng), snow=0.0)
    return replace(make_lift(seed, rng, spec=spec, azimuth_deg=azimuth), seat=seat)


def _conditions(
    lift: LiftScene, rng: np.random.Generator, case: Case, *, is_open: bool, training: bool
) -> Circumstances:
    occupied = bool(rng.random() < 0.6) if case == "any" else case in ("occupied", "child", "legs")
    half_lowered = TRAINING_HALF_LOWERED if training else HALF_LOWERED
    c = sample_conditions(lift, rng, is_open=is_open, occupied=occupied, half_lowered=half_lowered)
    seats = lift.spec.seats
    if case == "child" or (case == "any" and occupied and rng.random() < 0.3):
        alone: list[Person | None] = [None] * seats
        alone[int(rng.integers(seats))] = sample_person(rng, child=case == "child" or None)
        c = replace(c, riders=tuple(alone))
    if case == "alone":
        return bearable(replace(c, standers=(), neighbours=()), lift.depth_m)
    crowded = case == "behind" or (case == "any" and rng.random() < (0.2 if occupied else 0.35))
    if crowded:
        c = replace(c, standers=(*c.standers, *_behind_the_bench(lift, rng)))
    if rng.random() < 0.35:
        c = replace(c, neighbours=(*c.neighbours, _close_behind(lift, rng)))
    return bearable(c, lift.depth_m)


def _away(lift: LiftScene) -> tuple[Float64, Float64]:
    """Return the horizontal unit vectors away from the camera and across its view."""
    away = -lift.eye.position * [1, 0, 1]
    away = away / max(float(np.linalg.norm(away)), 1e-6)
    return away, np.array([-away[2], 0.0, away[0]])


def _behind_the_bench(lift: LiftScene, rng: np.random.Generator) -> tuple[Stander, ...]:
    """Draw people who stand beyond the bench, seen over it and through it."""
    away, across = _away(lift)
    half = np.array([lift.spec.half_m, 0.0, lift.spec.depth_m / 2])
    reach, width = float(np.abs(away) @ half), float(np.abs(across) @ half)
    out = []
    for _ in range(int(rng.integers(1, 5))):
        at = away * (reach + rng.uniform(0.5, 2.6)) + across * rng.uniform(-1.1, 1.1) * max(width, 0.5)
        turned = float(rng.uniform(-math.pi, math.pi))
        out.append(Stander(sample_person(rng), float(at[0]), float(at[2]), turned, float(rng.normal(0, 0.2))))
    return tuple(out)


def _close_behind(lift: LiftScene, rng: np.random.Generator) -> Neighbour:
    """Draw another carrier that shows beside this one or through its seat: it is farther from the camera."""
    away, _ = _away(lift)
    side = 1.0 if float(away @ lift.heading) > 0 else -1.0
    riders = sample_riders(rng, lift.spec.seats, bool(rng.random() < 0.6))
    opening = sample_opening(rng, bool(rng.random() < 0.6))
    return Neighbour(side * float(rng.uniform(3.0, 9.0)), bool(rng.random() < 0.25), opening, riders)


def _exposed(
    c: Circumstances, lift: LiftScene, exposures: Sequence[Circumstances], rng: np.random.Generator
) -> Circumstances:
    """Return a passage's circumstances under another weather, lens and sensor."""
    other = exposures[int(rng.integers(len(exposures)))]
    kept = {name: getattr(other, name) for name in OF_THE_EXPOSURE}
    return bearable(replace(c, **kept | {"lens": int(rng.integers(2**31))}), lift.depth_m)


VISIBLE_PX = CANONICAL_SIZE * CANONICAL_SIZE // 1000
"""Fewest pixels of riders, in one of a passage's pictures, by which one can tell that they are there."""
