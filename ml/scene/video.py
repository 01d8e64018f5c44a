"""Videos of a moving lift: carriers pass one after another, with the truth about each.

The background is painted and lit once; only moving objects are drawn in each frame. Light, lens and weather
come from one `Circumstances`; bar, riders and swing are set for each carrier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from lifts.arrays import Float64, UInt8
from ml.scene.conditions import sample_conditions, sample_opening, sample_riders
from ml.scene.film import Film
from ml.scene.lift import HEIGHT, PIXELS, WIDTH, LiftScene, zoomed
from ml.scene.passage import CLOSED_BELOW, Circumstances, light_of
from ml.scene.render import carrier_parts, cast_shadow, hooded, surroundings, swung
from ml.scene.world.backdrop import paint, shade_layers, with_lamps
from ml.scene.world.people import Person, Stander, sample_person, standing
from ml.scene.world.raster import Light, draw
from ml.scene.world.shapes import Shapes, join

_SS = 2
_CLOSEST_M = 2.0  # a nearer carrier is behind the camera's housing and not in the picture


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


def frames(
    lift: LiftScene, schedule: VideoSchedule, seed: int, fps: float = 25
) -> Iterator[tuple[float, UInt8]]:
    """Yield (time in seconds, picture uint8[720, 1280, 3] RGB), one loop of the schedule."""
    stage = _Stage(lift, schedule, np.random.default_rng(np.random.SeedSequence([lift.seed, seed, 9])))
    for k in range(round(schedule.duration_s * fps)):
        yield k / fps, stage.frame(k / fps)


def render_video(
    lift: LiftScene,
    schedule: VideoSchedule,
    seed: int,
    path: Path,
    fps: int = 25,
    *,
    crf: int = 27,
    preset: str = "medium",
) -> dict[str, Any]:
    """Write an H.264 video (yuv420p, 1280x720) and return its ground truth, ready for JSON.

    crf 18 (fine) .. 35 (coarse) and preset are libx264's.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": preset})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = 2 * fps
        for _, picture in frames(lift, schedule, seed, fps):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return ground_truth(lift, schedule, fps)


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


class _Stage:
    """The lit background and everything else that is constant throughout a video."""

    def __init__(self, lift: LiftScene, schedule: VideoSchedule, rng: np.random.Generator) -> None:
        self.lift, self.schedule = lift, schedule
        c = schedule.base
        self.light: Light = light_of(c)
        layers = paint(lift.place, lift.eye, PIXELS, (WIDTH, HEIGHT))
        night = c.light == "night"
        lit, dark = (
            shade_layers(
                layers, self.light, np.full((HEIGHT, WIDTH), s, np.uint8), lift.depth_m, c.sunlit, night=night
            )
            for s in (0, 255)
        )
        lamps = lift.place.lamps[: c.lamps]
        # Lit and shaded once: a shadow then costs one copy.
        self.back, self.dark = (
            with_lamps(picture, lamps, lift.eye, PIXELS, c.fog_per_m) for picture in (lit, dark)
        )
        self.still = surroundings(lift, replace(c, neighbours=()))
        taken = [replace(c, opening=plan.opening, riders=plan.riders) for plan in schedule.carriers]
        self.parts = [carrier_parts(lift, one)[0] for one in taken]
        self.middles = [t.t_middle for t in truths(lift, schedule)]
        self.speed = speed_m_s(lift, schedule)
        px_s = float(np.hypot(*lift.motion_px_per_m(1))) * self.speed
        self.blur_s, self.comb_s = (px / max(px_s, 1.0) for px in (c.motion_px, c.interlace))
        self.film = Film(c, rng)

    def _moving(self, t: float) -> tuple[Shapes, list[tuple[float, Float64, float]]]:
        """Return all solids at a time, and the distance, origin and hood of each carrier that has one.

        Carriers of the previous and the next loop are included.
        """
        out, hoods = [self.still], []
        for loop in (-1, 0, 1):
            for plan, part, middle in zip(self.schedule.carriers, self.parts, self.middles, strict=True):
                travel_m = self.speed * (t - middle - loop * self.schedule.duration_s)
                origin = self.lift.heading * travel_m
                centre = origin + np.array([0, 0.4, 0]) - self.lift.eye.position
                near = float(np.linalg.norm(centre))
                if -45 < travel_m < 60 and near > _CLOSEST_M and centre @ self.lift.eye.axes[2] > 0.5:
                    c = replace(self.schedule.base, pitch=plan.pitch, roll=0.0)
                    out.append(swung(self.lift, c, part, origin))
                    if self.lift.spec.bubble:
                        hoods.append((near, origin, plan.bubble))
        out += [standing(w, self.lift.place.ground_y, t) for w in self.schedule.walkers]
        return join(out), sorted(hoods, key=lambda hood: -hood[0])

    def frame(self, t: float) -> UInt8:
        """Return the picture at a time, uint8[720, 1280, 3]: with motion blur and interlace."""
        c = self.schedule.base
        moments = 1 + round(c.motion_px / 1.5)
        shown = [self._drawn(t + ((k + 0.5) / moments - 0.5) * self.blur_s) for k in range(moments)]
        picture = shown[0] if moments == 1 else np.asarray(np.mean(shown, axis=0).round(), np.uint8)
        if c.interlace:  # the field of the odd rows is taken at another time
            picture = picture.copy()
            picture[1::2] = self._drawn(t + self.comb_s)[1::2]
        return self.film.expose(picture, t)

    def _drawn(self, t: float) -> UInt8:
        """Return everything at one moment, before weather, lens and sensor."""
        lift, c = self.lift, self.schedule.base
        solids, hoods = self._moving(t)
        size = (WIDTH, HEIGHT)
        back = self.back
        if max(self.light.sun_rgb) > 0.15:
            shadow = cast_shadow(solids, lift.eye, PIXELS, self.light, lift.place.ground_y, size)
            back = back.copy()
            cv2.copyTo(self.dark, shadow, back)
        large = cv2.resize(back, (WIDTH * _SS, HEIGHT * _SS), interpolation=cv2.INTER_LINEAR)
        canvas = np.asarray(cv2.cvtColor(large, cv2.COLOR_RGB2RGBA), np.uint8)
        draw(canvas, solids, lift.eye, zoomed(PIXELS, _SS), self.light, c.sunlit)
        small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGBA2RGB), np.uint8)
        for _, origin, lowered in hoods:
            picture = hooded(lift, lowered, picture, PIXELS, origin, self.light)
        return picture
