"""From frames to passages: each carrier once, with its three moments and three registered pictures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE, middle_fraction, refine
from lifts.schema import Track
from service.errors import ConfigurationError
from service.frame import Frame
from service.passages.anchor import Anchor
from service.passages.line.follower import Line
from service.passages.line.roi import scaled
from service.passages.moments import Leaf, Moments, Stand
from service.passages.motion import drift, motion_px
from service.passages.outlines import outline, reduce_picture, shifted
from service.passages.quality import picture_problem
from service.passages.registration import Look, Registered, register
from service.types import Passage, Picture, WatchedLift

Image = npt.NDArray[np.uint8]

_SAME = 0.5  # of an interval: what is at middle sooner after another is the same carrier, found once more
_MIDDLE = 1  # of the three stands
_RECOGNISED = 0.6  # quality at which a picture shows a carrier, whatever else speaks against it
_LEARNING_S = 0.075  # between the frames that the line is learnt from
_LEAST_DRIFT_PX = 60.0  # per way: of a carrier that mainly grows, a shift tells little of the way
_SETTLED, _AGAIN = 30, 5  # carriers after which only every so-manieth helps to tell where all hang
_SURE, _FOLLOW = 0.7, 0.15  # quality that a place is believed at, and how much of it
_LEAST_PICTURES = 2
_FROM_CLIP = 24  # carriers looked at when a movie is made


@dataclass(frozen=True, slots=True)
class ExtractorOptions:
    """How passages are extracted.

    lead_s: how long before TF the last picture is taken, so that the verdict is out in time.
    min_interval_s: the line is followed by frames that are at least so far apart once it is known;
        pictures are taken from any frame.
    gap_s: after a longer gap between frames nothing is known of where the line is.
    min_quality: registration quality below which a picture must not be judged: where it was not recognised.
    aside: learn the line on a thread of its own, so that a live camera's frames go on. What is found then
        hangs on how long that takes; without it, on the frames alone.
    """

    lead_s: float = 0.25
    min_interval_s: float = 0.22
    gap_s: float = 8.0
    min_quality: float = 0.35
    aside: bool = False


class PassageExtractor:
    """Follows the line frame by frame. Pure: no clock, no thread, no chance once `run_id` is given.

    Args:
        watched: the lift with camera size and track; masks and references sharpen the registration.
        options: see ExtractorOptions.
        run_id: makes passage ids unique between runs; drawn by chance if not given.

    Raises:
        ConfigurationError: the lift has no track or no camera.
    """

    def __init__(
        self, watched: WatchedLift, *, options: ExtractorOptions | None = None, run_id: str | None = None
    ) -> None:
        lift = watched.lift
        if lift.track is None or lift.camera is None:
            raise ConfigurationError(f"lift {lift.id}: no track and camera, so no passages can be extracted")
        self._watched, self._lift_id = watched, lift.id
        self._given, self._camera = lift.track, lift.camera
        self._options = options or ExtractorOptions()
        self._run_id = run_id or uuid.uuid4().hex[:12]
        self._last_s: float | None = None
        self._last_step_s = 0.0
        self._passages = 0
        self._last_middle_s: float | None = None
        self._begin(lift.track, (lift.camera.width, lift.camera.height))

    def _begin(self, track: Track, size: tuple[int, int]) -> None:
        """Set up for frames of a size (width, height), with the track in their pixels."""
        watched = self._watched
        self._size, self._track = size, track
        self._middle = middle_fraction(track)
        self._line = Line(track, size, watched.masks, watched.references, aside=self._options.aside)
        self._px_per_way = motion_px(track, self._middle)
        self._moments: Moments | None = None
        self._looks: list[Look] = []
        self._residual = (0.0, 0.0)
        self._anchor = self._new_anchor()

    @property
    def line_speed(self) -> str:
        """The line for people: seconds from begin to end and between carriers, or what else it does."""
        line = self._line
        if not line.known or line.interval_s is None:
            return "unknown"
        part = line.speed / max(line.usual, 1e-9)
        if abs(part) < 0.15:
            return "stopped"
        if part < 0:
            return "backwards"
        return f"{1.0 / line.speed:.1f} s per passage, a carrier every {line.interval_s / part:.1f} s"

    @property
    def line_interval_s(self) -> float | None:
        """Seconds between carriers at the line's usual speed; None while they are not followed."""
        return self._line.interval_s

    def step(self, frame: Frame) -> list[Passage]:
        """Take in a frame; return the passages that it completes (none, rarely more than one)."""
        elapsed_s = 0.0 if self._last_s is None else frame.t_s - self._last_s
        if not 0.0 <= elapsed_s <= self._options.gap_s:
            self._gap()
        self._last_s = frame.t_s
        if (frame.width, frame.height) != self._size:
            factor = frame.width / self._camera.width
            self._begin(scaled(self._given, factor), (frame.width, frame.height))
        line = self._line
        since_s = frame.t_s - self._last_step_s
        passages: list[Passage] = []
        least_s = self._options.min_interval_s if line.clip is None else _LEARNING_S
        # The frame nearest to when one is due, by how they come: slow cameras have none to spare.
        if not 0.0 < since_s < least_s - 0.5 * min(max(elapsed_s, 0.004), least_s):
            line.step(frame, min(max(since_s, 0.0), 1.0))
            self._last_step_s = frame.t_s
            if line.fresh:
                passages += self._recall(frame)
        if line.known and self._moments is not None:
            for carrier in self._moments.step(frame, line):
                passages += self._leave(carrier, frame.t_mono_s)
        return passages

    def finish(self) -> list[Passage]:
        """End of the stream: carriers that have not reached the end of the track are no passages."""
        if self._moments is not None:
            self._moments.clear()
        return []

    def _gap(self) -> None:
        self._last_step_s = 0.0
        self._line.lose()
        if self._moments is not None:
            self._moments.clear()

    def _new_anchor(self) -> Anchor:
        return Anchor(self._watched.masks, self._watched.references, drift(self._track, self._middle))

    def _recall(self, frame: Frame) -> list[Passage]:
        """A movie was made: take looks, backgrounds and the carriers that have passed from the clip."""
        line = self._line
        clip, interval_s = line.clip, line.interval_s
        number = line.number(frame.t_s)
        if clip is None or interval_s is None or number is None:
            return []
        lead = float(np.clip(self._options.lead_s * line.usual, 0.02, 0.5 * (1.0 - self._middle)))
        self._moments = moments = Moments(self._track, (0.0, self._middle, 1.0 - lead), self._px_per_way)
        last = int(np.floor(number))
        first = max(last - _FROM_CLIP, int(np.floor(line.number(clip.frames[0].t_s) or 0.0)) - 1)
        moments.recall(clip, line, first, last)
        self._residual = (0.0, 0.0)
        self._anchor = self._new_anchor()
        seen = [[moments.leaves(carrier)[k] for carrier in range(first, last + 1)] for k in range(3)]
        looks = [self._look(stand, leaves) for stand, leaves in zip(moments.stands, seen, strict=True)]
        if any(look is None for look in looks):
            self._moments = None
            return []
        self._looks = [look for look in looks if look is not None]
        whole = [c for c in range(first, last + 1) if all(leaf is not None for leaf in moments.leaves(c))]
        for carrier in whole:
            self._place(carrier)
        passages: list[Passage] = []
        for carrier in whole:
            way = line.way(carrier, frame.t_s)
            if way is not None and way >= moments.stands[-1].way:
                passages += self._leave(carrier, frame.t_mono_s)
        line.release()
        return passages

    def _look(self, stand: Stand, leaves: list[Leaf | None]) -> Look | None:
        """Return what carriers look like at a stand, from the first few, each laid where it should be."""
        found = [leaf for leaf in leaves if leaf is not None]
        if not found:
            return None
        fields = []
        for leaf in found:
            expected = self._expected(stand, leaf)
            field = outline(reduce_picture(leaf.image), stand.background)
            fields.append(shifted(field, -expected[0], -expected[1]))
        return Look(np.asarray(np.mean(fields, axis=0), dtype=np.complex64), len(fields))

    def _expected(self, stand: Stand, leaf: Leaf) -> tuple[float, float]:
        """Return where a leaf's content is expected, in canonical pixels off its place."""
        dx_px, dy_px = drift(self._track, stand.way)
        off = leaf.way - stand.way
        return off * dx_px + self._residual[0], off * dy_px + self._residual[1]

    def _registered(self, k: int, leaf: Leaf) -> Registered:
        if self._moments is None:
            raise AssertionError("pictures are registered only while the line is known")
        stand, look = self._moments.stands[k], self._looks[k]
        expected = self._expected(stand, leaf)
        return register(leaf.image, stand.background, look.mean, *expected, bias_px=look.bias_px)

    def _place(self, carrier: int) -> None:
        """Let one more carrier's middle picture say where carriers hang; move all if they are off."""
        if self._moments is None:
            return
        leaf = self._moments.leaves(carrier)[_MIDDLE]
        if leaf is None or leaf.damaged:
            return
        found = self._registered(_MIDDLE, leaf)
        moved = self._anchor.learn(shifted(found.field, -found.dx_px, -found.dy_px))
        if moved.dx_px == 0.0 and moved.dy_px == 0.0:
            return
        dx, dy = drift(self._track, self._middle)
        way = (moved.dx_px * dx + moved.dy_px * dy) / max(self._px_per_way**2, 1e-9)
        self._line.move(way)
        self._residual = (
            self._residual[0] + moved.dx_px - way * dx,
            self._residual[1] + moved.dy_px - way * dy,
        )
        for each, other in zip(self._moments.stands, self._looks, strict=True):
            ex, ey = drift(self._track, each.way)
            other.expect(way * ex + moved.dx_px - way * dx, way * ey + moved.dy_px - way * dy)
        self._moments.shift(way)

    def _leave(self, carrier: int, decided_mono_s: float) -> list[Passage]:
        """Report a carrier, once, unless it was not seen all the way, or the rope has a gap there."""
        moments, line = self._moments, self._line
        if moments is None:
            return []
        leaves = moments.leaves(carrier)
        times = [line.time_of(carrier, way) for way in (0.0, self._middle, 1.0)]
        there = line.there(carrier)
        if line.clip is None and (self._passages < _SETTLED or self._passages % _AGAIN == 0):
            self._place(carrier)
        moments.forget(carrier)
        t_begin_s, t_middle_s, t_end_s = times
        if t_begin_s is None or t_middle_s is None or t_end_s is None:
            return []
        last_s, interval_s = self._last_middle_s, line.interval_s or 0.0
        if last_s is not None and t_middle_s - last_s < _SAME * interval_s:
            return []
        if sum(leaf is not None for leaf in leaves) < _LEAST_PICTURES:
            return []
        found = [
            self._picture(k, leaf) if leaf is not None else (_unseen(t_s), 0.0)
            for k, (leaf, t_s) in enumerate(zip(leaves, (t_begin_s, t_middle_s, t_end_s), strict=True))
        ]
        pictures = [picture for picture, _ in found]
        if not there and max(picture.quality for picture in pictures) < _RECOGNISED:
            return []
        # A carrier may hang a little before or behind its place on the rope: its own pictures tell.
        usual = max(line.usual, 1e-6)
        t_begin_s, t_middle_s, t_end_s = (
            t_s - ahead / usual
            for t_s, (_, ahead) in zip((t_begin_s, t_middle_s, t_end_s), found, strict=True)
        )
        self._last_middle_s = t_middle_s
        self._passages += 1
        carriers = self._watched.lift.carriers
        number = self._passages if carriers is None else 1 + (self._passages - 1) % carriers
        return [
            Passage(
                id=f"{self._lift_id}-{self._run_id}-{self._passages}",
                lift_id=self._lift_id,
                number=number,
                t_begin_s=t_begin_s,
                t_middle_s=t_middle_s,
                t_end_s=t_end_s,
                pictures=tuple(pictures),
                decided_mono_s=decided_mono_s,
            )
        ]

    def _picture(self, k: int, leaf: Leaf) -> tuple[Picture, float]:
        """Register a carrier's picture at a stand, and learn from it; say how many ways it is ahead."""
        if self._moments is None:
            raise AssertionError("pictures are registered only while the line is known")
        stand, look = self._moments.stands[k], self._looks[k]
        expected = self._expected(stand, leaf)
        found = self._registered(k, leaf)
        dx, dy = drift(self._track, stand.way)
        off = (found.dx_px - expected[0]) * dx + (found.dy_px - expected[1]) * dy
        ahead = off / max(dx * dx + dy * dy, _LEAST_DRIFT_PX**2)
        problem = picture_problem(found.image)
        if leaf.damaged:
            problem = problem or "damaged"
        elif problem is None:
            look.learn(found, expected)
            if k == _MIDDLE and found.quality >= _SURE:
                # What carriers look like is surer than where the line is: it must not drift away from them.
                self._line.move(_FOLLOW * ahead)
        if problem is None and found.quality < self._options.min_quality:
            problem = "not registered"
        picture = Picture(
            image=found.image,
            pose=refine(stand.pose, -found.dx_px, -found.dy_px),
            t_s=leaf.t_s,
            quality=found.quality,
            problem=problem,
        )
        return picture, ahead


def _unseen(t_s: float) -> Picture:
    """Return what stands for a picture that there is none of: frames were missing when it was due."""
    blank = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE, 3), np.uint8)
    return Picture(image=blank, pose=None, t_s=t_s, quality=0.0, problem="not seen")
