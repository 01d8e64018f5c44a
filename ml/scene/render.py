"""A registered picture: the scene with its people and weather, and the labels of its pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from lifts.geometry import CANONICAL_SIZE, refine, to_canonical
from lifts.schema import Pose
from ml.scene.lift import LiftScene, zoomed
from ml.scene.optics import expose
from ml.scene.passage import Circumstances, light_of
from ml.scene.texture.backdrop import Backdrop
from ml.scene.world.backdrop import Layers, paint, shade_layers, with_lamps
from ml.scene.world.carrier import bar_paths, bar_shapes, swing_turn
from ml.scene.world.frames import bubble_quads
from ml.scene.world.people import Person, seated, standing
from ml.scene.world.raster import Eye, Light, draw, dropped, silhouette
from ml.scene.world.shading import UNPAINTED, blended, composed
from ml.scene.world.shapes import BAR_ID, RIDER_ID, Builder, Shapes, join

_SS = 2  # supersampling
_SIZE = (CANONICAL_SIZE, CANONICAL_SIZE)
_MARGIN_PX, _DENSITY = 22, 1.25  # the background's spare border and pixels per canonical pixel


@dataclass(frozen=True, eq=False)
class Rendered:
    """A registered picture and its labels.

    Attributes:
        image: uint8[200, 200, 3] RGB.
        bar: uint8[200, 200]: 0 no bar, 1 visible bar, 2 bar hidden behind something.
        rider: uint8[200, 200]: 1 where somebody on this carrier is seen, or what they wear or carry.
        is_open, occupied: labels of the passage.
        pose: the true pose; registered: the pose the picture was cut with (true pose and error).
        scene, conditions, position: of what.
    """

    image: UInt8
    bar: UInt8
    rider: UInt8
    is_open: bool
    occupied: bool
    pose: Pose
    registered: Pose
    scene: LiftScene
    conditions: Circumstances
    position: int

    @property
    def metadata(self) -> dict[str, Any]:
        """Every condition by name, plus lift seed, position and azimuth; plain JSON types."""
        lift, c = self.scene, self.conditions
        meta = asdict(c)
        meta["riders"] = [None if r is None else asdict(r) for r in c.riders]
        meta["seed"], meta["position"] = lift.seed, self.position
        meta["azimuth_deg"], meta["frame"], meta["seats"] = lift.azimuth_deg, lift.spec.frame, lift.spec.seats
        meta["is_open"], meta["occupied"] = c.is_open, c.occupied
        return meta


def swung(scene: LiftScene, c: Circumstances, shapes: Shapes, origin: Float64) -> Shapes:
    """Return a carrier's shapes in the world: swung about its grip, its origin at `origin`."""
    grip, turn = np.array([0, scene.spec.hanger_m, 0]), swing_turn(c.pitch, c.roll)
    return shapes.mapped(turn, origin + grip - turn @ grip)


def grips(scene: LiftScene, opening: float, x: float) -> Float64:
    """Return where the hands of a rider at x hold the bar, float[2, 3] in carrier coordinates."""
    path = bar_paths(scene.spec, opening)[0][0]
    t = np.linspace(0, len(path) - 1, 60)
    dense = np.stack([np.interp(t, np.arange(len(path)), path[:, k]) for k in range(3)], 1)
    # The cross bar is what is farthest from the hinge: prefer it to the arms.
    arm = np.linalg.norm(dense[:, 1:] - dense[0, 1:], axis=1)
    cost = np.abs(dense[None, :, 0] - np.array([x - 0.13, x + 0.13])[:, None]) - 0.3 * arm
    return np.asarray(dense[np.argmin(cost, axis=1)])


def riders_shapes(scene: LiftScene, riders: tuple[Person | None, ...], opening: float) -> Shapes:
    """Return all riders of a carrier, with what they wear and carry, in carrier coordinates."""
    b = Builder()
    for seat, rider in enumerate(riders):
        if rider is not None:
            # A rider who leans on the bar lets go of it as it rises.
            holds = rider.arms == ("up" if opening > 0.45 else "bar")
            grip = grips(scene, opening, scene.spec.seat_x(seat)) if holds else None
            seated(b, rider, scene.spec, seat, grip)
    return b.build().marked(RIDER_ID)


@lru_cache(maxsize=8)
def carrier_parts(scene: LiftScene, c: Circumstances) -> tuple[Shapes, Shapes]:
    """Return the watched carrier (with riders and bar) and its bar alone, in carrier coordinates."""
    bar = bar_shapes(scene.spec, c.opening).rimed(c.rime)
    return join([scene.body.rimed(c.rime), bar, riders_shapes(scene, c.riders, c.opening)]), bar


@lru_cache(maxsize=8)
def surroundings(scene: LiftScene, c: Circumstances) -> Shapes:
    """Return people on the ground and the rope, in world coordinates at time 0."""
    b = Builder()
    heading = scene.heading
    top = np.array([0, scene.spec.hanger_m, 0])
    b.tube(top - heading * 30, top + heading * 40, 0.025, (0.06, 0.06, 0.06), step_m=1.0)
    return join([b.build(), *(standing(s, scene.place.ground_y) for s in c.standers)])


@lru_cache(maxsize=8)
def neighbours(scene: LiftScene, c: Circumstances) -> Shapes | None:
    """Return the other carriers, placed about the world's origin (add the watched carrier's origin)."""
    parts = []
    for n in c.neighbours:
        parts_of = [scene.body, bar_shapes(scene.spec, n.opening), riders_shapes(scene, n.riders, n.opening)]
        shape = join(parts_of)
        if n.down:
            turn = np.diag([-1.0, 1.0, -1.0])
            away = -math.copysign(scene.spec.half_m * 2 + 3.0, float(scene.eye.position[0]))
            parts.append(shape.mapped(turn, np.array([away, 0.6, n.offset_m])))
        else:
            parts.append(shape.mapped(np.eye(3), scene.heading * n.offset_m))
    return join(parts).marked(0) if parts else None  # the labels are those of the watched carrier


@lru_cache(maxsize=24)
def _layers(scene: LiftScene, position: int) -> Layers:
    pose = scene.pose(scene.origins[position])
    affine = zoomed(to_canonical(pose, _MARGIN_PX), _DENSITY)
    side = round((CANONICAL_SIZE + 2 * _MARGIN_PX) * _DENSITY)
    return paint(scene.place, scene.eye, affine, (side, side))


def _background(scene: LiftScene, position: int, registered: Pose) -> Layers:
    """Cut the painted place to the registered frame (a small similarity of the painted one)."""
    painted = zoomed(to_canonical(scene.pose(scene.origins[position]), _MARGIN_PX), _DENSITY)
    row = [0.0, 0.0, 1.0]
    m = np.vstack([to_canonical(registered), row]) @ np.linalg.inv(np.vstack([painted, row]))
    layers = _layers(scene, position)

    def cut(layer: Any, flags: int = cv2.INTER_LINEAR) -> Any:
        return cv2.warpAffine(layer, m[:2], _SIZE, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    depth = cut(layers.depth, cv2.INTER_NEAREST)
    return Layers(cut(layers.albedo), cut(layers.normal), depth, cut(layers.ground))


def softened(shadow: UInt8) -> UInt8:
    """Return a shadow uint8[H, W] with its soft edge; it reaches 3 pixels."""
    return np.asarray(cv2.GaussianBlur(shadow, (0, 0), 1.0), np.uint8)


def cast_shadow(
    shapes: Shapes, eye: Eye, affine: Float64, light: Light, ground_y: float, size: tuple[int, int]
) -> UInt8:
    """Return the shadow that shapes throw on the ground plane, uint8[H, W] for size (width, height)."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    if light.throws_shadows:
        silhouette(mask, dropped(shapes, light.sun, ground_y), eye, affine, 255)
        mask = softened(mask)
    return mask


@dataclass(frozen=True, eq=False)
class Take:
    """One exposure of what stands before the camera: weather, lens, sensor, and what is behind the carrier.

    conditions: the passage's, but for weather, lens and sensor. backdrop: None for the lift's own place.
    """

    conditions: Circumstances
    backdrop: Backdrop | None = None


def render_registered(
    lift: LiftScene, conditions: Circumstances, position: int, rng: np.random.Generator | int = 0
) -> Rendered:
    """Render one registered picture; position is 0 begin, 1 middle, 2 end.

    rng drives only what differs from picture to picture (flakes, streaks, noise); an int is a seed.
    """
    if isinstance(rng, int):
        rng = np.random.default_rng(np.random.SeedSequence([lift.seed, rng, position]))
    return render_takes(lift, conditions, position, [Take(conditions)], rng)[0]


def render_takes(
    lift: LiftScene, c: Circumstances, position: int, takes: Sequence[Take], rng: np.random.Generator
) -> list[Rendered]:
    """Render several exposures of one passage at one position: its solids are drawn once."""
    origin = lift.origins[position]
    pose, slip = lift.pose(origin), c.slips[position]
    registered = refine(pose, slip.dx, slip.dy, slip.scale, slip.angle)
    affine, light = to_canonical(registered), light_of(c)
    carrier, bar = (swung(lift, c, part, origin) for part in carrier_parts(lift, c))
    everything = [carrier, surroundings(lift, c)]
    others = neighbours(lift, c)
    if others is not None:
        everything.append(others.mapped(np.eye(3), origin))
    solids = join(everything)
    side = CANONICAL_SIZE * _SS
    canvas = np.zeros((side, side, 4), np.uint8)
    canvas[..., 3] = UNPAINTED
    big = zoomed(affine, _SS)
    draw(canvas, solids, lift.eye, big, light, c.sunlit)
    bars, riders = _labels(canvas[..., 3], bar, lift.eye, big)
    small = _reduced(canvas) if len(takes) > 1 and not lift.spec.bubble else None
    place: tuple[UInt8, Float32] | None = None
    step = lift.motions[position]
    done = []
    for take in takes:
        backdrop = take.backdrop
        if place is None and (backdrop is None or backdrop.beyond_m):
            place = _place(lift, c, position, registered, solids)
        back = backdrop.seen(registered, light) if backdrop else None
        if place is not None and backdrop is not None and back is not None and backdrop.beyond_m:
            near = place[1] < lift.depth_m + backdrop.beyond_m
            np.copyto(back, place[0], where=near[..., None])
        elif back is None and place is not None:
            back = place[0]
        if small is not None and backdrop is not None:
            picture = blended(small[0], small[1], np.asarray(back))
        else:
            large = cv2.resize(np.asarray(back), (side, side), interpolation=cv2.INTER_LINEAR)
            rgb = composed(canvas, np.asarray(large, np.uint8))
            if lift.spec.bubble:
                rgb = hooded(lift, c.bubble, rgb, big, origin, light)
            picture = np.asarray(cv2.resize(rgb, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        lens = np.random.default_rng([take.conditions.lens, position])
        image = expose(picture, take.conditions, rng, (float(step[0]), float(step[1])), lens)
        seen = (image, bars, riders, c.is_open, c.occupied, pose, registered)
        done.append(Rendered(*seen, lift, take.conditions, position))
    return done


def _reduced(canvas: UInt8) -> tuple[UInt8, UInt8]:
    """Return what was drawn, uint8[200, 200, 3], black elsewhere, and how bare it left each pixel, 0..255."""
    bare = (canvas[..., 3] == UNPAINTED).astype(np.uint8) * 255
    drawn, left = (cv2.resize(part, _SIZE, interpolation=cv2.INTER_AREA) for part in (canvas[..., :3], bare))
    return np.asarray(drawn, np.uint8), np.asarray(left, np.uint8)


def _place(
    lift: LiftScene, c: Circumstances, position: int, registered: Pose, solids: Shapes
) -> tuple[UInt8, Float32]:
    """Return the lift's own place in a passage's light, uint8[200, 200, 3], and its depth in metres."""
    affine, light = to_canonical(registered), light_of(c)
    layers = _background(lift, position, registered)
    shadow = cast_shadow(solids, lift.eye, affine, light, lift.place.ground_y, _SIZE)
    back = shade_layers(layers, light, shadow, lift.depth_m, c.sunlit, night=c.light == "night")
    if c.lamps:
        back = with_lamps(back, lift.place.lamps[: c.lamps], lift.eye, affine, c.fog_per_m)
    return back, layers.depth


def _labels(parts: UInt8, bar: Shapes, eye: Eye, affine: Float64) -> tuple[UInt8, UInt8]:
    """Return the labels of bar and riders, uint8[200, 200] each, of a canvas's ids uint8[400, 400]."""
    whole = np.zeros(parts.shape, np.uint8)
    silhouette(whole, bar, eye, affine, 255)
    seen, people = (
        cv2.resize((parts == part).astype(np.uint8) * 255, _SIZE, interpolation=cv2.INTER_AREA)
        for part in (BAR_ID, RIDER_ID)
    )
    full = cv2.resize(whole, _SIZE, interpolation=cv2.INTER_AREA)
    label = np.where(full > 100, 2, 0).astype(np.uint8)
    label[seen > 100] = 1
    return label, (people > 100).astype(np.uint8)


def hooded(
    lift: LiftScene, lowered: float, rgb: UInt8, affine: Float64, origin: Float64, light: Light
) -> UInt8:
    """Blend a carrier's transparent hood (lowered 0..1) over the picture: tinted panes with a bright rim."""
    panes = bubble_quads(lift.spec, lowered) + origin
    pixel, depth = lift.eye.project(panes, affine)
    tint = np.asarray(light.develop(np.asarray(light.sky_rgb) * 0.3)).tolist()
    over = np.ascontiguousarray(rgb).copy()
    seen = np.asarray(np.clip(pixel[depth.min(1) > 0.3], -4000, 8000) * 16, np.int32)
    if not len(seen):
        return over
    glass = over.copy()
    for poly in seen:
        cv2.fillConvexPoly(glass, poly, tint, cv2.LINE_8, 4)
        cv2.polylines(glass, [poly], True, [0.75 * v for v in tint], 1, cv2.LINE_8, 4)
    left, top = np.maximum(seen.min((0, 1)) // 16 - 2, 0).tolist()
    right, bottom = np.maximum(seen.max((0, 1)) // 16 + 3, 0).tolist()
    part = np.s_[top:bottom, left:right]  # elsewhere both are the same
    if over[part].size:
        over[part] = cv2.addWeighted(over[part], 0.68, glass[part], 0.32, 0)
    return over
