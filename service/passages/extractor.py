"""From frames to passages: each carrier once, with its three moments and three registered pictures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction, refine
from service.errors import ConfigurationError
from service.passages.album import Album
from service.passages.anchor import Anchor, Fix
from service.passages.carriers import Carrier, Carriers
from service.passages.grid import PatchGrid
from service.passages.line import Line
from service.passages.quality import picture_problem
from service.passages.registration import register
from service.passages.stacks import StackAlbum
from service.types import Frame, Passage, Picture, WatchedLift

Image = npt.NDArray[np.uint8]

_ALBUM_PX = 8.0  # canonical pixels by which the last album may be off where its pictures are wanted
_CENTRED_PX = 70.0  # canonical pixels: of an outline centred farther off only a part has been seen
_MOVES = 3
_SAME = 0.8  # of the least way between two carriers: what leaves sooner is the same one, found again
_PLACE_PX = 50.0  # canonical pixels past the middle at which a carrier's place is taken


@dataclass(frozen=True, slots=True)
class ExtractorOptions:
    """How passages are extracted.

    lead_s: how long before TF the last picture is taken, so that the verdict is out in time.
    min_interval_s: frames that follow closer are passed over.
    gap_s: after a longer gap between frames nothing is known of where the rope is.
    min_quality: registration quality below which a picture must not be judged.
    """

    lead_s: float = 0.25
    min_interval_s: float = 0.07
    gap_s: float = 1.5
    min_quality: float = 0.0


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
        self._lift_id, self._track, self._camera = lift.id, lift.track, lift.camera
        self._options = options or ExtractorOptions()
        self._run_id = run_id or uuid.uuid4().hex[:12]
        self._middle = middle_fraction(lift.track)
        self._grid = PatchGrid(lift.track, self._camera.width, self._camera.height)
        self._line = Line(self._grid, watched.masks, self._replay)
        self._carriers = Carriers(self._grid, self._line.visible)
        self._anchor = Anchor(lift.track, watched.masks, watched.references)
        reaches = {0.0: 1.35, self._middle: 1.35 - self._middle, 1.0: 0.35}
        self._albums = [self._album(way, reach) for way, reach in reaches.items()]
        self._stacks = StackAlbum(lift.track, self._grid.px_per_way, 1.0 + self._carriers.apart)
        self._still = self._grid.way(3.0)
        self._last_s: float | None = None
        self._number = 0
        self._usual_way = 0.0
        self._last_middle_s: float | None = None

    @property
    def line_speed(self) -> str:
        """The line's speed for people: seconds from begin to end, `stopped` or `unknown`."""
        speed = self._line.rope.speed
        if not self._line.known:
            return "unknown"
        if speed < self._still:
            return "stopped" if speed > -self._still else "backwards"
        return f"{1.0 / speed:.1f} s per passage"

    def step(self, frame: Frame) -> list[Passage]:
        """Take in a frame; return the passages that it completes (none, rarely more than one)."""
        elapsed_s = 0.0 if self._last_s is None else frame.t_s - self._last_s
        if self._last_s is not None and 0.0 <= elapsed_s < self._options.min_interval_s:
            return []
        self._last_s = frame.t_s
        image = self._fitted(frame.image)
        if not 0.0 <= elapsed_s <= self._options.gap_s:
            self._gap(frame.t_s)
        shifted = self._line.step(image, frame.t_s, elapsed_s)
        at = self._line.rope.way if self._line.known else None
        if self._line.known:
            self._set_lead()
        for album in self._albums:
            album.add(image, at, frame.t_s, frame.t_mono_s)
        self._stacks.add(image, at, frame.t_s)
        if not self._line.known:
            return []
        self._carriers.step(self._line.rope, shifted)
        return [passage for c in self._carriers.hanging if (passage := self._leave(c, frame)) is not None]

    def finish(self) -> list[Passage]:
        """End of the stream: carriers that have not reached the end of the track are no passages."""
        self._carriers.clear()
        return []

    def _fitted(self, image: Image) -> Image:
        height, width = image.shape[:2]
        size = (self._camera.width, self._camera.height)
        if (width, height) == size:
            return image
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def _replay(self, shifted: int | None) -> None:
        """The rope begins anew, and is built from the frames of the last seconds."""
        if shifted is None:
            self._carriers.clear()
        else:
            self._carriers.step(self._line.rope, shifted)

    def _gap(self, t_s: float) -> None:
        self._last_middle_s = None
        self._carriers.clear()
        self._line.gap(t_s)
        for album in self._albums:
            album.clear()
        self._stacks.clear()

    def _leave(self, carrier: Carrier, frame: Frame) -> Passage | None:
        """Place a carrier when it is past the middle, report it shortly before the end, once each."""
        rope = self._line.rope
        lead = self._lead_way()
        way = rope.way - carrier.at
        if carrier.done or rope.speed <= self._still:
            return None
        fix = carrier.fix
        if fix is None:
            if way + self._usual_way < min(self._middle + self._grid.way(_PLACE_PX), 1.0 - lead):
                return None
            fix = self._place(carrier)
            if fix is None:
                return None
            way = rope.way - carrier.at
        if way + fix.way < 1.0 - lead:
            return None
        carrier.done = True
        return self._passage(carrier, fix, frame)

    def _place(self, carrier: Carrier) -> Fix | None:
        """Find out where exactly a carrier hangs, first by its extent, then by its outline."""
        way_at = self._line.rope.way_at
        centre_px = self._stacks.centre_px(carrier.at, way_at)
        if centre_px is None:
            return None
        before = carrier.at
        carrier.at -= self._grid.way(centre_px)
        if abs(centre_px) >= _CENTRED_PX and carrier.moves < _MOVES:
            carrier.moves += 1
            return None
        stacks = self._stacks.stacks(carrier.at, way_at)
        if not stacks:
            carrier.at = before
            return None
        # A carrier that was on its way when the rope was found is seen from half its pictures.
        whole = self._line.rope.way_at_start <= carrier.at and abs(centre_px) < _CENTRED_PX
        fix = carrier.fix = self._anchor.fix(stacks, learn=whole)
        self._usual_way += (before - carrier.at + fix.way - self._usual_way) * 0.3
        return fix

    def _passage(self, carrier: Carrier, fix: Fix, frame: Frame) -> Passage | None:
        """Gather a carrier's moments and pictures; None if it was not seen all the way."""
        rope = self._line.rope
        begin_at = carrier.at - fix.way
        times = [rope.time_at(begin_at + w) for w in (0.0, self._middle, 1.0)]
        pictures = [self._picture(album, fix, begin_at) for album in self._albums]
        if any(t is None for t in times) or any(p is None for p in pictures):
            return None
        t_begin_s, t_middle_s, t_end_s = (float(t or 0.0) for t in times)
        if self._last_middle_s is not None:
            # After the rope has begun anew, a carrier that was reported before may be found once more.
            gone = (t_middle_s - self._last_middle_s) / max(t_end_s - t_begin_s, 1e-3)
            if gone < _SAME * self._carriers.apart:
                return None
        self._last_middle_s = t_middle_s
        self._carriers.confirm(carrier)
        self._number += 1
        return Passage(
            id=f"{self._lift_id}-{self._run_id}-{self._number}",
            lift_id=self._lift_id,
            number=self._number,
            t_begin_s=t_begin_s,
            t_middle_s=t_middle_s,
            t_end_s=t_end_s,
            pictures=tuple(p for p in pictures if p is not None),
            decided_mono_s=frame.t_mono_s,
        )

    def _lead_way(self) -> float:
        """How far before the end the last picture is taken, so that the verdict comes in time."""
        lead = self._options.lead_s * self._line.rope.usual
        return float(np.clip(lead, 0.02, 0.5 * (1.0 - self._middle)))

    def _set_lead(self) -> None:
        """Keep the last album where the last picture will be taken; anew when the speed has changed."""
        way = 1.0 - self._lead_way()
        if abs(way - self._albums[-1].way) > self._grid.way(_ALBUM_PX):
            self._albums[-1] = self._album(way, 0.35)

    def _album(self, way: float, reach: float) -> Album:
        return Album(self._track, way, reach, self._grid.way(8.0))

    def _picture(self, album: Album, fix: Fix, begin_at: float) -> Picture | None:
        """Pick a carrier's picture at one pose and register it."""
        t_s = self._line.rope.time_at(begin_at + album.way)
        leaf = None if t_s is None else album.find(t_s)
        at = None if leaf is None else self._line.rope.way_at(leaf.t_s)
        if leaf is None or at is None:
            return None
        # The frame was taken a little before or after: the carrier stands that much off its pose.
        way = at - begin_at
        dx, dy = self._anchor.displacement(way - album.way)
        if abs(way - album.way) > self._grid.way(30.0):
            return None
        model = album.look.model(fix.model, at_middle=album.way == self._middle)
        expected = (dx + fix.dx_px, dy + fix.dy_px)
        found = register(leaf.image, album.background, model, *expected, bias_px=album.look.bias_px)
        album.look.learn(leaf.image, album.background, found, expected)
        problem = picture_problem(found.image)
        if problem is None and found.quality < self._options.min_quality:
            problem = "not registered"
        return Picture(
            image=found.image,
            pose=refine(album.pose, -found.dx_px, -found.dy_px),
            t_s=leaf.t_s,
            quality=found.quality,
            problem=problem,
        )
