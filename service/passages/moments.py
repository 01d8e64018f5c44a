"""The three pictures of each carrier: which frame to take for which; nothing else is turned to colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE, apply, pose_at, to_camera
from lifts.schema import Pose, Track
from service.domain.frame import Frame, reduced
from service.line.clip import Clip, Kept
from service.line.follower import Line
from service.line.timetable import Timetable
from service.passages.outlines import FIELD, MARGIN_PX, PITCH_PX, Floats

Bytes = npt.NDArray[np.uint8]

_FARTHEST_PX = 40.0  # of the carrier's movement, off the moment wanted
_BACK = 0.12  # ways
_BACKGROUND_PART = 3.3  # backgrounds are looked at so often per interval: never at the same phases in turn
_LEVELS = 6.0  # grey levels that the background follows per look


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A picture of a carrier, canonical with margin, uint8[240, 240, 3] RGB.

    way: where the carrier was on the track; t_s, t_mono_s: its frame's times. damaged: the frame was.
    """

    image: Bytes
    way: float
    t_s: float
    t_mono_s: float
    damaged: bool


class Stand:
    """One place on the track where pictures are taken.

    way, pose: of the place. background: float32[FIELD, FIELD] grey, the view there without carriers.
    """

    def __init__(self, track: Track, way: float) -> None:
        self.way = way
        self.pose = pose_at(track, way)
        self.background: Floats | None = None
        side = float(CANONICAL_SIZE + MARGIN_PX)
        corners = np.array([(-MARGIN_PX, -MARGIN_PX), (side, -MARGIN_PX), (-MARGIN_PX, side), (side, side)])
        points = apply(to_camera(self.pose), corners.astype(np.float64))
        low, high = np.floor(points.min(axis=0)) - 3, np.ceil(points.max(axis=0)) + 4
        self._box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def take(self, frame: Frame) -> Bytes:
        """Return the canonical picture with margin, uint8[240, 240, 3] RGB."""
        return _rgb(frame.warped(self.pose, MARGIN_PX))

    def look(self, grey: Bytes) -> None:
        """Learn the background from a view uint8[FIELD, FIELD] at any moment."""
        if self.background is None:
            self.background = grey.astype(np.float32)
        else:
            self.background += np.clip(grey - self.background, -_LEVELS, _LEVELS)

    def grey(self, frame: Frame) -> Bytes:
        """Return uint8[FIELD, FIELD], the view there, from the frame's luma alone."""
        left, top = max(0, self._box[0]), max(0, self._box[1])
        part = frame.luma[top : max(top + 1, self._box[3]), left : max(left + 1, self._box[2])]
        return _grey(part, self.pose.model_copy(update={"x": self.pose.x - left, "y": self.pose.y - top}))


class Moments:
    """Takes each carrier's picture at each stand from the frame that shows it nearest to it.

    `step` names a carrier once its last picture is there; whoever has used its `leaves` calls `forget`.
    """

    def __init__(self, track: Track, ways: Sequence[float], px_per_way: float) -> None:
        self.stands = [Stand(track, way) for way in ways]
        self._px_per_way = px_per_way
        self._leaves: dict[int, list[Leaf | None]] = {}
        self._left = -(10**9)
        self._last_s: float | None = None
        self._look_s = -math.inf

    def clear(self) -> None:
        """Forget the pictures, not the backgrounds."""
        self._leaves.clear()

    def leaves(self, carrier: int) -> list[Leaf | None]:
        """Return a carrier's pictures, one per stand, None where there is none."""
        return self._leaves.get(carrier, [None] * len(self.stands))

    def forget(self, carrier: int) -> None:
        """Let a carrier's pictures, and all older ones, go: none of them is looked at again."""
        self._left = max(self._left, carrier)
        for number in [number for number in self._leaves if number <= carrier]:
            del self._leaves[number]

    def shift(self, way: float) -> None:
        """Carriers are known to be so much farther than was thought: their pictures' ways are."""
        for slots in self._leaves.values():
            slots[:] = [None if leaf is None else replace(leaf, way=leaf.way + way) for leaf in slots]

    def step(self, frame: Frame, line: Line) -> list[int]:
        """Take what is wanted from a frame; return the carriers that are at the last stand or past it."""
        number = line.number(frame.t_s)
        interval_s = line.interval_s
        if number is None or interval_s is None:
            return []
        step_s = 0.04 if self._last_s is None else min(max(frame.t_s - self._last_s, 0.0), 0.5)
        self._last_s = frame.t_s
        next_way = line.speed * step_s
        done = []
        for index, stand in enumerate(self.stands):
            carrier = round(number - stand.way / line.way_per_carrier)
            if carrier <= self._left:
                continue
            way = (number - carrier) * line.way_per_carrier
            self._take_back(carrier, way)
            self._try(frame, index, carrier, way, next_way)
            if index == len(self.stands) - 1 and self._over(carrier, way - stand.way, next_way):
                done.append(carrier)
        if frame.t_s - self._look_s >= interval_s / _BACKGROUND_PART:
            self._look_s = frame.t_s
            for stand in self.stands:
                stand.look(stand.grey(frame))
        return done

    def recall(self, clip: Clip, line: Line | Timetable, first: int, last: int) -> None:
        """Take the pictures of carriers first to last from a clip, and learn the backgrounds anew."""
        for index, stand in enumerate(self.stands):
            step = max(1, len(clip) // 40)
            views = [_grey_of(clip, kept, stand.pose) for kept in clip.frames[::step]]
            stand.background = np.median(np.stack(views), axis=0).astype(np.float32)
            for carrier in range(first, last + 1):
                t_s = line.time_of(carrier, stand.way)
                kept = None if t_s is None else clip.nearest(t_s)
                way = None if kept is None else line.way(carrier, kept.t_s)
                if kept is None or way is None or self._off_px(way, stand) > _FARTHEST_PX:
                    continue
                image = _rgb(clip.warped(kept, stand.pose))
                slots = self._leaves.setdefault(carrier, [None] * len(self.stands))
                slots[index] = Leaf(image, way, kept.t_s, kept.t_mono_s, kept.damaged)

    def _over(self, carrier: int, past: float, next_way: float) -> bool:
        """Say whether a carrier has its last picture, or is so far past the last stand that it gets none."""
        leaves = self.leaves(carrier)
        if leaves[-1] is not None:
            return past >= -0.5 * next_way
        return past > _BACK and any(leaf is not None for leaf in leaves)

    def _take_back(self, carrier: int, way: float) -> None:
        """A carrier that is before a stand (again) has no picture there: the line backed, or was misread."""
        slots = self._leaves.get(carrier, [])
        for index, leaf in enumerate(slots):
            if leaf is not None and way < self.stands[index].way - _BACK:
                slots[index] = None

    def _try(self, frame: Frame, index: int, carrier: int, way: float, next_way: float) -> None:
        stand = self.stands[index]
        off_px = self._off_px(way, stand)
        if off_px > _FARTHEST_PX or next_way <= 0.0:
            return
        if way < stand.way and abs(way + next_way - stand.way) < abs(way - stand.way):
            return  # the next frame will show it nearer
        slots = self._leaves.setdefault(carrier, [None] * len(self.stands))
        have = slots[index]
        worse = have is not None and have.damaged <= frame.damaged
        if have is not None and worse and self._off_px(have.way, stand) <= off_px + 1.0:
            return
        slots[index] = Leaf(stand.take(frame), way, frame.t_s, frame.t_mono_s, frame.damaged)

    def _off_px(self, way: float, stand: Stand) -> float:
        return abs(way - stand.way) * self._px_per_way


def _rgb(picture: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _grey(part: Bytes, pose: Pose) -> Bytes:
    """Return uint8[FIELD, FIELD]: what `reduce_picture` of the canonical picture would give, but quicker."""
    half = np.array([[PITCH_PX, 0.0, 0.5 - MARGIN_PX], [0.0, PITCH_PX, 0.5 - MARGIN_PX], [0.0, 0.0, 1.0]])
    matrix = to_camera(pose) @ half
    pitch = PITCH_PX / pose.scale
    if pitch > 1.4:
        size = (max(1, round(part.shape[1] / pitch)), max(1, round(part.shape[0] / pitch)))
        kx, ky = part.shape[1] / size[0], part.shape[0] / size[1]
        part = reduced(part, size)
        matrix = np.array([[1 / kx, 0.0, 0.5 / kx - 0.5], [0.0, 1 / ky, 0.5 / ky - 0.5]]) @ np.vstack(
            [matrix, [0.0, 0.0, 1.0]]
        )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(part, matrix, (FIELD, FIELD), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def _grey_of(clip: Clip, kept: Kept, pose: Pose) -> Bytes:
    picture = clip.warped(kept, pose)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (FIELD, FIELD), interpolation=cv2.INTER_AREA), dtype=np.uint8)
