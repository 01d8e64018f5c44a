"""A chairlift drawn with a few lines: carriers, riders, a queue and snow, with the truth known exactly."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction, pose_at, to_camera
from lifts.schema import Camera, Lift, MaskPair, Pose, Track
from service.domain.camera import WatchedLift
from service.domain.frame import Frame

Image = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 640, 360
GRAINS = 16
"""Patterns of noise, shown by chance: in turns, they would be a rhythm of their own."""

SIDE_TRACK = Track(
    begin=Pose(x=190, y=165, scale=1.10, angle=0.02),
    middle=Pose(x=320, y=172.5, scale=1.20, angle=0.0),
    end=Pose(x=430, y=180, scale=1.32, angle=-0.02),
)
AWAY_TRACK = Track(
    begin=Pose(x=260, y=215, scale=1.00),
    middle=Pose(x=320, y=180, scale=1.32),
    end=Pose(x=357.5, y=159, scale=1.70),
)


@dataclass(frozen=True)
class Scene:
    """What happens in front of the camera.

    carriers: begin times in seconds, were the line to run at `way_per_s` all the time.
    pace: (from second, part of `way_per_s`) pairs: 0 stands, -1 backs; the line starts at its full speed.
    """

    track: Track = SIDE_TRACK
    way_per_s: float = 0.3
    carriers: tuple[float, ...] = (1.0, 5.0, 9.0, 13.0)
    seconds: float = 18.0
    fps: float = 12.5
    pace: tuple[tuple[float, float], ...] = ()
    people: int = 3
    snow: int = 0
    brightness: float = 1.0
    noise: float = 2.0
    offset_px: float = 0.0
    seed: int = 1
    open_bars: tuple[bool, ...] = (True, False)
    occupied: tuple[int, ...] = field(default=(2, 1, 0))


def watched(scene: Scene, references: bool = False) -> WatchedLift:
    """The lift of a scene, as enrolled: track and two masks."""
    lift = Lift(
        id="scripted", name="Scripted", seats=2, camera=Camera(width=WIDTH, height=HEIGHT), track=scene.track
    )
    pictures: dict[str, Image] = {}
    if references:
        background = _background(scene.seed)
        for name, is_open in (("open", True), ("close", False)):
            frame = background.copy()
            way = middle_fraction(scene.track)
            _paste(frame, *carrier(is_open, 0), scene.track, way)
            matrix = cv2.invertAffineTransform(to_camera(scene.track.middle))
            picture = cv2.warpAffine(frame, matrix, (200, 200), borderMode=cv2.BORDER_REPLICATE)
            pictures[name] = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    return WatchedLift(lift=lift, masks=MaskPair(open=mask(True), close=mask(False)), references=pictures)


@functools.cache
def _rope(scene: Scene) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times and the way gone by then, every millisecond."""
    times = np.arange(0.0, scene.seconds + 20.0, 0.001)
    factor = np.ones_like(times)
    for start_s, part in scene.pace:
        factor[times >= start_s] = part
    return times, np.concatenate([[0.0], np.cumsum(factor[:-1])]) * 0.001 * scene.way_per_s


def travelled(scene: Scene, t_s: float) -> float:
    """How far the line has gone by a time, in ways."""
    return float(np.interp(t_s, *_rope(scene)))


def crossing_s(scene: Scene, begin_s: float, way: float) -> float:
    """When the carrier that would begin at `begin_s` reaches `way`, for the last time if the line backs."""
    times, gone = _rope(scene)
    return float(times[int(np.flatnonzero(gone < way + begin_s * scene.way_per_s)[-1]) + 1])


def frames(scene: Scene, from_s: float = 0.0) -> Iterator[Frame]:
    """Draw the scene, frame by frame, from a second on."""
    rng = np.random.default_rng(scene.seed)
    background = _background(scene.seed)
    walkers = [
        (rng.uniform(0, WIDTH), rng.uniform(-30, 30) * (i % 2), rng.uniform(240, 320), rng.uniform(0.4, 0.7))
        for i in range(scene.people)
    ]
    colours = rng.integers(30, 220, (scene.people + 1, 3))
    chairs = [
        carrier(
            scene.open_bars[k % len(scene.open_bars)],
            scene.occupied[k % len(scene.occupied)],
            seed=scene.seed + k,
        )
        for k in range(len(scene.carriers))
    ]
    for index in range(int(scene.seconds * scene.fps)):
        t_s = index / scene.fps
        flakes = rng.integers((0, 0, 1), (WIDTH, HEIGHT, 3), (scene.snow, 3)).tolist()
        brighter, darker = _grain(scene.noise, int(rng.integers(GRAINS)))
        if t_s < from_s:
            continue
        image = background.copy()
        gone = travelled(scene, t_s)
        for (colour, alpha), begin_s in zip(chairs, scene.carriers, strict=True):
            way = gone - begin_s * scene.way_per_s
            if -0.8 < way < 1.8:
                _paste(image, colour, alpha, scene.track, way, scene.offset_px)
        for (x, speed, y, size), c in zip(walkers, colours, strict=False):
            at = int((x + speed * t_s) % WIDTH), int(y + 5 * np.sin(3 * t_s + x))
            tone = tuple(int(v) for v in c)
            cv2.ellipse(image, at, (int(18 * size), int(60 * size)), 0, 0, 360, tone, -1)
            cv2.circle(image, (at[0], at[1] - int(75 * size)), int(16 * size), (180, 190, 220), -1)
        for x, y, radius in flakes:
            cv2.circle(image, (x, y), radius, (245, 245, 245), -1)
        lit = image if scene.brightness == 1.0 else cv2.convertScaleAbs(image, alpha=scene.brightness)
        shown = np.asarray(cv2.subtract(cv2.add(lit, brighter), darker), np.uint8)
        yield Frame.of_bgr(shown, index=index, t_s=t_s, t_mono_s=t_s)


@functools.cache
def _grain(noise: float, number: int) -> tuple[Image, Image]:
    """Return what a sensor's noise adds and takes away, each uint8[360, 640, 3]."""
    half = np.random.default_rng(number).normal(0, noise, (HEIGHT // 2, WIDTH // 2)).astype(np.float32)
    whole = cv2.resize(half, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)[..., None].repeat(3, axis=2)
    brighter, darker = (np.clip(np.rint(part), 0, 255).astype(np.uint8) for part in (whole, -whole))
    return brighter, darker


def mask(is_open: bool) -> Image:
    """The bar as an operator draws it."""
    out = np.zeros((200, 200), np.uint8)
    cv2.polylines(out, [_bar(is_open)], False, 255, 6)
    return out


def carrier(is_open: bool, riders: int, seed: int = 0) -> tuple[Image, Image]:
    """One carrier in the canonical frame: colour uint8[200, 200, 3] and alpha uint8[200, 200]."""
    rng = np.random.default_rng(seed)
    colour, alpha = np.zeros((200, 200, 3), np.uint8), np.zeros((200, 200), np.uint8)

    def line(points: list[tuple[int, int]], width: int, tone: tuple[int, int, int]) -> None:
        cv2.polylines(colour, [np.array(points, np.int32)], False, tone, width, cv2.LINE_AA)
        cv2.polylines(alpha, [np.array(points, np.int32)], False, 255, width, cv2.LINE_AA)

    line([(100, 0), (100, 55)], 5, (70, 70, 75))
    line([(55, 120), (60, 62), (100, 55), (146, 66), (152, 126)], 5, (80, 80, 90))
    for target, value in ((colour, (50, 90, 40)), (alpha, (255, 0, 0))):
        cv2.fillPoly(target, [np.array([(55, 95), (150, 103), (154, 142), (52, 132)], np.int32)], value)
    for i in range(riders):
        x = 80 + 42 * i
        red, green, blue = (int(v) for v in rng.integers(40, 230, 3))
        for target, value in ((colour, (red, green, blue)), (alpha, (255, 0, 0))):
            cv2.ellipse(target, (x, 115), (15, 26), 0, 0, 360, value, -1)
            cv2.circle(target, (x, 80), 11, value, -1)
            cv2.line(target, (x, 140), (x + 4, 172), value, 9)
    line([(int(x), int(y)) for x, y in _bar(is_open)], 4, (30, 60, 160))
    return colour, alpha


def _bar(is_open: bool) -> npt.NDArray[np.int32]:
    if is_open:
        return np.array([(58, 100), (48, 40), (140, 46), (150, 106)], np.int32)
    return np.array([(58, 100), (42, 122), (138, 132), (150, 106)], np.int32)


def _paste(
    image: Image, colour: Image, alpha: Image, track: Track, way: float, offset_px: float = 0.0
) -> None:
    matrix = to_camera(pose_at(track, way))
    matrix[:, 2] += offset_px * matrix[:, 0]  # along the canonical x axis
    corners = matrix @ np.array([(0, 200, 0, 200), (0, 0, 200, 200), (1, 1, 1, 1)])
    left, top = np.clip(np.floor(corners.min(axis=1)).astype(int) - 1, 0, (WIDTH, HEIGHT))
    right, bottom = np.clip(np.ceil(corners.max(axis=1)).astype(int) + 1, 0, (WIDTH, HEIGHT))
    if left >= right or top >= bottom:
        return
    matrix[:, 2] -= (left, top)
    size = int(right - left), int(bottom - top)
    warped = cv2.warpAffine(colour, matrix, size, flags=cv2.INTER_AREA)
    cover = cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_AREA)
    part = image[top:bottom, left:right]
    share = cover.astype(np.float32) / 255.0
    part[:] = cv2.blendLinear(part, warped, 1.0 - share, share)


def _background(seed: int) -> Image:
    rng = np.random.default_rng(seed + 1000)
    image = np.full((HEIGHT, WIDTH, 3), 205, np.uint8)
    image[:125] = (190, 170, 150)
    cv2.fillPoly(
        image,
        [np.array([(0, 125), (200, 45), (400, 120), (640, 60), (640, 130)], np.int32)],
        (225, 225, 225),
    )
    cv2.rectangle(image, (30, 75), (165, 260), (60, 75, 100), -1)
    for x in rng.integers(175, 625, 14):
        y = int(rng.integers(85, 150))
        tree = np.array([(x, y - 35), (x - 11, y + 15), (x + 11, y + 15)], np.int32)
        cv2.fillPoly(image, [tree], (50, 80, 45))
    texture = cv2.GaussianBlur(rng.normal(0, 30, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 4) * 2
    return np.asarray(np.clip(image.astype(np.float32) + texture[..., None], 0, 255), dtype=np.uint8)
