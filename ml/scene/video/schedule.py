"""What passes in a video of a moving lift: carriers one after another, with the truth about each.

Light, lens and weather come from one `Circumstances`; bar, riders and swing are set for each carrier.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ml.scene.conditions import sample_conditions, sample_opening, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.passage import CLOSED_BELOW, Circumstances
from ml.scene.world.people import Person, Stander, sample_person


@dataclass(frozen=True)
class CarrierPlan:
    """One carrier of a video: bar opening 0..1, riders (one entry per seat), swing in radians, hood 0..1."""

    opening: float
    riders: tuple[Person | None, ...]
    pitch: float = 0.0
    bubble: float = 0.0


@dataclass(frozen=True)
class VideoSchedule:
    """The carriers of a video in order, interval_s seconds apart (4..9), under one set of conditions.

    walkers move through the picture; the video repeats after len(carriers) * interval_s seconds without
    a jump of the carriers, so that it can be looped.
    """

    base: Circumstances
    carriers: tuple[CarrierPlan, ...]
    interval_s: float
    walkers: tuple[Stander, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the video in seconds."""
        return len(self.carriers) * self.interval_s


@dataclass(frozen=True)
class Truth:
    """One carrier's true times in seconds from the start and its labels."""

    carrier: int
    t_begin: float
    t_middle: float
    t_end: float
    state: str
    opening: float
    occupied: bool
    seats: tuple[bool, ...]


def sample_schedule(
    lift: LiftScene, rng: np.random.Generator, carriers: int = 8, *, base: Circumstances | None = None
) -> VideoSchedule:
    """Draw a schedule: half of the bars open, 70 % of the carriers occupied; weather drawn unless given."""
    base = base or sample_conditions(lift, rng)
    plans = []
    for _ in range(carriers):
        riders = sample_riders(rng, lift.spec.seats, bool(rng.random() < 0.7))
        opening = sample_opening(rng, bool(rng.random() < 0.5))
        pitch = float(rng.normal(0, 0.008))
        hood = float(lift.spec.bubble and opening <= CLOSED_BELOW and rng.random() < 0.3)
        plans.append(CarrierPlan(opening, riders, pitch, hood))
    return VideoSchedule(base, tuple(plans), float(rng.uniform(5, 7)), sample_walkers(lift, rng))


def sample_walkers(lift: LiftScene, rng: np.random.Generator, count: int = 4) -> tuple[Stander, ...]:
    """Draw people who ski or walk past, beside the line, at 0.4..1.6 m/s."""
    out = []
    side = -float(np.sign(lift.eye.position[0]))
    for _ in range(count):
        speed = float(rng.uniform(0.4, 1.6)) * float(rng.choice([-1, 1]))
        x = side * float(lift.spec.half_m + rng.uniform(0.8, 5))
        facing = 0.0 if speed > 0 else float(np.pi)
        z = float(rng.uniform(-25, 10)) if speed > 0 else float(rng.uniform(0, 40))
        out.append(Stander(sample_person(rng), x, z, facing, 0.25, vz=speed))
    return tuple(out)


def speed_m_s(lift: LiftScene, schedule: VideoSchedule) -> float:
    """Return the line's speed: the carriers' distance (at least 1.4 tracks) over their interval."""
    track = float(np.linalg.norm(lift.origins[2] - lift.origins[0]))
    return max(lift.spacing_m, 1.4 * track) / schedule.interval_s


def truths(lift: LiftScene, schedule: VideoSchedule) -> tuple[Truth, ...]:
    """Return the truth about every carrier, in order."""
    speed = speed_m_s(lift, schedule)
    before = float(np.linalg.norm(lift.origins[0])) / speed
    after = float(np.linalg.norm(lift.origins[2])) / speed
    lead = before + (schedule.interval_s - before - after) / 2
    out = []
    for k, plan in enumerate(schedule.carriers):
        middle = lead + k * schedule.interval_s
        c = replace(schedule.base, opening=plan.opening, riders=plan.riders)
        state = "open" if c.is_open else "closed"
        out.append(
            Truth(
                k, middle - before, middle, middle + after, state, plan.opening, c.occupied, c.seats_occupied
            )
        )
    return tuple(out)


def ground_truth(lift: LiftScene, schedule: VideoSchedule, fps: float) -> dict[str, Any]:
    """Return the ground truth of a video: times, speed and one record per carrier."""
    return {
        "lift": lift.lift.id,
        "fps": fps,
        "duration_s": round(schedule.duration_s, 4),
        "speed_m_s": round(speed_m_s(lift, schedule), 4),
        "carriers": [
            {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(t).items()}
            for t in truths(lift, schedule)
        ],
    }


def write_truth(path: Path, truth: dict[str, Any]) -> None:
    """Write a ground truth as JSON."""
    path.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
