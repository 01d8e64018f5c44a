"""A video's stage: what stands still is drawn once, then only the parts of a frame in which something moves.

The pictures are those of drawing everything each time, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lifts.arrays import Bool, Float64, UInt8
from ml.scene.lift import HEIGHT, PIXELS, WIDTH, LiftScene, zoomed
from ml.scene.passage import light_of
from ml.scene.render import carrier_parts, hooded, softened, surroundings, swung
from ml.scene.video.boxes import apart, box_of, grown, part, scaled
from ml.scene.video.film import Film
from ml.scene.video.schedule import VideoSchedule, speed_m_s, truths
from ml.scene.world.backdrop import paint, shade_layers, with_lamps
from ml.scene.world.frames import bubble_quads
from ml.scene.world.people import standing
from ml.scene.world.raster import (
    Box,
    Light,
    draw,
    dropped,
    extent,
    lit_from_above,
    silhouette,
    sun_on,
)
from ml.scene.world.shapes import Shapes, join

_SS = 2
_CLOSEST_M = 2.0  # a nearer carrier is behind the camera's housing and not in the picture
_MARGIN_PX = 3  # round what moves: edges that OpenCV rounds outwards, and a shadow's soft edge
_SOFT_PX = 3  # of a shadow's edge


@dataclass(frozen=True, eq=False)
class _Moment:
    """What is in the picture at one moment.

    movers: what moves, each by itself. solids: they and what stands still, which comes first. sun: how much
    of it reaches each tube and quad. from_above: see `lit_from_above`. hoods: distance, origin and lowering
    of each carrier that has one, far ones first.
    """

    movers: tuple[Shapes, ...]
    solids: Shapes
    sun: tuple[Float64, Float64]
    from_above: bool
    hoods: tuple[tuple[float, Float64, float], ...] = ()


class Stage:
    """The lit background and everything else that is constant throughout a video.

    height: of its pictures, 720 or less: a camera's smaller stream.
    """

    def __init__(
        self, lift: LiftScene, schedule: VideoSchedule, rng: np.random.Generator, height: int = HEIGHT
    ) -> None:
        self.lift, self.schedule = lift, schedule
        self.size = round(WIDTH * height / HEIGHT), height
        self._pixels = zoomed(PIXELS, height / HEIGHT)
        self._whole: Box = (0, 0, *self.size)
        shape = (height, self.size[0])
        c = schedule.base
        self.light: Light = light_of(c)
        layers = paint(lift.place, lift.eye, self._pixels, self.size)
        night = c.light == "night"
        lit, dark = (
            shade_layers(layers, self.light, np.full(shape, s, np.uint8), lift.depth_m, c.sunlit, night=night)
            for s in (0, 255)
        )
        lamps = lift.place.lamps[: c.lamps]
        # Lit and shaded once: a shadow then costs one copy.
        self.back, self.dark = (
            with_lamps(picture, lamps, lift.eye, self._pixels, c.fog_per_m) for picture in (lit, dark)
        )
        taken = [replace(c, opening=plan.opening, riders=plan.riders) for plan in schedule.carriers]
        self.parts = [carrier_parts(lift, one)[0] for one in taken]
        self.middles = [t.t_middle for t in truths(lift, schedule)]
        self.speed = speed_m_s(lift, schedule)
        px_s = float(np.hypot(*lift.motion_px_per_m(1))) * self.speed
        self.blur_s, self.comb_s = (px / max(px_s, 1.0) for px in (c.motion_px, c.interlace))
        self._still = self._moment([surroundings(lift, replace(c, neighbours=()))])
        self._shaded = self.light.throws_shadows
        self._still_shadow = self._shadow(np.zeros(shape, np.uint8), self._still.solids)
        self._canvas = np.zeros((shape[0] * _SS, shape[1] * _SS, 4), np.uint8)
        self._bare = self._canvas.copy()
        self._lay(self._bare, self._still_shadow, self._whole)
        self._still_picture = np.zeros((*shape, 3), np.uint8)
        self._canvas[:] = self._bare
        self._draw(self._still_picture, self._still, [self._whole])
        self.film = Film(c, self._still_picture, rng)

    def frame(self, t: float) -> UInt8:
        """Return the picture at a time, uint8[H, W, 3]: with motion blur and interlace."""
        c = self.schedule.base
        count = 1 + round(c.motion_px * self.size[1] / HEIGHT / 1.5)
        moments = [self._at(t + ((k + 0.5) / count - 0.5) * self.blur_s) for k in range(count)]
        # The field of the odd rows is taken at another time.
        combed = self._at(t + self.comb_s) if c.interlace else None
        boxes = self._boxes([*moments, combed] if combed else moments)
        shown = [self._drawn(moment, boxes) for moment in moments]
        picture = shown[0]
        if count > 1:
            for view in map(part, boxes):
                picture[view] = np.mean([one[view] for one in shown], axis=0).round()
        if combed:
            picture[1::2] = self._drawn(combed, boxes)[1::2]
        return self.film.expose(picture, t, boxes)

    def _at(self, t: float) -> _Moment:
        """Return what is in the picture at a time; carriers of the loops before and after are included."""
        movers, hoods = list[Shapes](), []
        for loop in (-1, 0, 1):
            for plan, shapes, middle in zip(self.schedule.carriers, self.parts, self.middles, strict=True):
                travel_m = self.speed * (t - middle - loop * self.schedule.duration_s)
                origin = self.lift.heading * travel_m
                centre = origin + np.array([0, 0.4, 0]) - self.lift.eye.position
                near = float(np.linalg.norm(centre))
                if -45 < travel_m < 60 and near > _CLOSEST_M and centre @ self.lift.eye.axes[2] > 0.5:
                    c = replace(self.schedule.base, pitch=plan.pitch, roll=0.0)
                    movers.append(swung(self.lift, c, shapes, origin))
                    if self.lift.spec.bubble:
                        hoods.append((near, origin, plan.bubble))
        movers += [standing(w, self.lift.place.ground_y, t) for w in self.schedule.walkers]
        return self._moment([self._still.solids], movers, sorted(hoods, key=lambda hood: -hood[0]))

    def _moment(
        self,
        still: Sequence[Shapes],
        movers: Sequence[Shapes] = (),
        hoods: Sequence[tuple[float, Float64, float]] = (),
    ) -> _Moment:
        solids = join([*still, *movers])
        sun = sun_on(solids, self.light, self.schedule.base.sunlit)
        return _Moment(tuple(movers), solids, sun, lit_from_above(solids, self.light, sun[0]), tuple(hoods))

    def _boxes(self, moments: Sequence[_Moment]) -> list[Box]:
        """Return the parts of the picture that are not as in the still one at some of the moments."""
        eye, found = self.lift.eye, list[Box | None]()
        for moment in moments:
            if moment.from_above != self._still.from_above:
                return [self._whole]  # all tubes are shaded in another way
            changed = moment.solids.only(*self._relit(moment))
            for shapes in (*moment.movers, changed):
                found.append(box_of(extent(shapes, eye, self._pixels), _MARGIN_PX, self.size))
            if self._shaded:
                found += [
                    box_of(extent(self._dropped(mover), eye, self._pixels), _MARGIN_PX + _SOFT_PX, self.size)
                    for mover in moment.movers
                ]
            for _, origin, lowered in moment.hoods:
                panes, _ = eye.project(bubble_quads(self.lift.spec, lowered) + origin, self._pixels)
                corners = panes.reshape(-1, 2)
                found.append(box_of(np.concatenate([corners.min(0), corners.max(0)]), _MARGIN_PX, self.size))
        return apart([box for box in found if box])

    def _relit(self, moment: _Moment) -> tuple[Bool, Bool]:
        """Return which tubes and quads stand still, but with another share of the sun: a carrier's shadow."""
        which = []
        for still, now in zip(self._still.sun, moment.sun, strict=True):
            changed = np.zeros(len(now), bool)
            changed[: len(still)] = now[: len(still)] != still
            which.append(changed)
        return which[0], which[1]

    def _drawn(self, moment: _Moment, boxes: Sequence[Box]) -> UInt8:
        """Return everything at one moment, before weather, lens and sensor."""
        picture = self._still_picture.copy()
        shadow = self._still_shadow
        if self._shaded and moment.movers:
            shadow = self._shadow(shadow.copy(), *moment.movers)
        for box in boxes:
            if self._shaded:
                self._lay(self._canvas, shadow, box)
            else:
                self._canvas[part(box, _SS)] = self._bare[part(box, _SS)]
        self._draw(picture, moment, boxes)
        return picture

    def _draw(self, picture: UInt8, moment: _Moment, boxes: Sequence[Box]) -> None:
        """Draw a moment on parts of a picture uint8[H, W, 3]; the background lies on the canvas."""
        c, lift = self.schedule.base, self.lift
        within = [scaled(grown(box, 2, self.size), _SS) for box in boxes]
        draw(
            self._canvas,
            moment.solids,
            lift.eye,
            zoomed(self._pixels, _SS),
            self.light,
            c.sunlit,
            sun=moment.sun,
            within=within,
        )
        for box in boxes:
            size = (box[2] - box[0], box[3] - box[1])
            small = cv2.resize(self._canvas[part(box, _SS)], size, interpolation=cv2.INTER_AREA)
            picture[part(box)] = cv2.cvtColor(small, cv2.COLOR_RGBA2RGB)
        for _, origin, lowered in moment.hoods:
            picture[:] = hooded(lift, lowered, picture, self._pixels, origin, self.light)

    def _lay(self, canvas: UInt8, shadow: UInt8, box: Box) -> None:
        """Lay a part of the background on a canvas, with a shadow uint8[H, W] whose edges are hard."""
        wide = grown(box, 2, self.size)  # what enlarging a picture mixes
        soft = grown(wide, _SOFT_PX, self.size)
        back = self.back[part(wide)].copy()
        if self._shaded:
            inner = softened(np.ascontiguousarray(shadow[part(soft)]))
            left, top = wide[0] - soft[0], wide[1] - soft[1]
            height, width = back.shape[:2]
            cv2.copyTo(self.dark[part(wide)], inner[top : top + height, left : left + width], back)
        size = (back.shape[1] * _SS, back.shape[0] * _SS)
        large = cv2.resize(back, size, interpolation=cv2.INTER_LINEAR)
        left, top = (box[0] - wide[0]) * _SS, (box[1] - wide[1]) * _SS
        height, width = (box[3] - box[1]) * _SS, (box[2] - box[0]) * _SS
        canvas[part(box, _SS)] = cv2.cvtColor(
            large[top : top + height, left : left + width], cv2.COLOR_RGB2RGBA
        )

    def _shadow(self, mask: UInt8, *solids: Shapes) -> UInt8:
        """Add what solids throw on the ground to a shadow uint8[H, W], and return it."""
        if self._shaded:
            for shapes in solids:
                silhouette(mask, self._dropped(shapes), self.lift.eye, self._pixels, 255)
        return mask

    def _dropped(self, shapes: Shapes) -> Shapes:
        return dropped(shapes, self.light.sun, self.lift.place.ground_y)
