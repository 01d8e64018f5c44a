"""From frames to passages: each carrier once, with its three moments and three registered pictures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lifts.decision.reasons import Reason
from lifts.geometry import CANONICAL_SIZE, middle_fraction
from lifts.schema import Track
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.domain.passage import Passage, Picture
from service.line.follower import Line
from service.line.roi import scaled
from service.line.timetable import Timetable
from service.passages.anchor import Anchor
from service.passages.learnt import Learnt, fingerprint
from service.passages.moments import Moments
from service.passages.motion import drift, motion_px
from service.passages.registrar import RegisteredPicture, Registrar, first_look
from service.passages.registration import Look

Image = npt.NDArray[np.uint8]

_SAME = 0.5  # of an interval: what is at middle sooner after another is the same carrier, found once more
_MIDDLE = 1  # of the three stands
_RECOGNISED = 0.6  # quality at which a picture shows a carrier, whatever else speaks against it
_LEARNING_S = 0.075  # between the frames that the line is learnt from
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
    aside: learn the line on a thread of its own, so that a live camera's frames go on. What is found then
        hangs on how long that takes; without it, on the frames alone.
    """

    lead_s: float = 0.25
    min_interval_s: float = 0.22
    gap_s: float = 8.0
    aside: bool = False


class PassageExtractor:
    """Follows the line frame by frame. Pure: no clock, no thread, no chance once `run_id` is given.

    Args:
        watched: the lift with camera size and track; masks and references sharpen the registration.
        options: see ExtractorOptions.
        run_id: makes passage ids unique between runs; drawn by chance if not given.
        learnt: what an earlier one had learnt of the lift: the line is followed from the first frames on.

    Raises:
        ConfigurationError: the lift has no track or no camera.
    """

    def __init__(
        self,
        watched: WatchedLift,
        *,
        options: ExtractorOptions | None = None,
        run_id: str | None = None,
        learnt: Learnt | None = None,
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
        self._of = fingerprint(watched)
        self._learnt = learnt if learnt is not None and learnt.of == self._of else None
        self._begin(lift.track, (lift.camera.width, lift.camera.height))

    def _begin(self, track: Track, size: tuple[int, int]) -> None:
        """Set up for frames of a size (width, height), with the track in their pixels."""
        watched = self._watched
        self._size, self._track = size, track
        self._middle = middle_fraction(track)
        self._line = Line(track, size, watched.masks, watched.references, aside=self._options.aside)
        self._moments: Moments | None = None
        self._registrar: Registrar | None = None
        if self._learnt is not None and self._learnt.size == size:
            self._resume(self._learnt)

    def _resume(self, learnt: Learnt) -> None:
        """Begin with what was learnt before."""
        if not self._line.resume(learnt.line):
            return
        self._moments = moments = self._new_moments(float(learnt.ways[-1]))
        for stand, background in zip(moments.stands, learnt.backgrounds, strict=True):
            stand.background = background.copy()
        looks = [
            Look(mean.copy(), int(count), (float(bias[0]), float(bias[1])))
            for mean, count, bias in zip(learnt.looks, learnt.counts, learnt.biases, strict=True)
        ]
        residual = (float(learnt.residual[0]), float(learnt.residual[1]))
        self._registrar = self._new_registrar(moments, looks, residual)

    @property
    def learning(self) -> bool:
        """Whether the line is being learnt, which takes much more memory than following it."""
        return self._line.clip is not None

    @property
    def learnt(self) -> Learnt | None:
        """What another extractor of the same lift may begin with; None while the line is being learnt."""
        line, moments, registrar = self._line.learnt, self._moments, self._registrar
        if line is None or moments is None or registrar is None:
            return None
        looks, stands = registrar.looks, moments.stands
        backgrounds = [stand.background for stand in stands if stand.background is not None]
        if len(backgrounds) < len(stands):
            return None
        return Learnt(
            of=self._of,
            size=self._size,
            line=line,
            ways=np.array([stand.way for stand in stands]),
            backgrounds=np.stack(backgrounds),
            looks=np.stack([look.mean for look in looks]),
            biases=np.array([look.bias_px for look in looks]),
            counts=np.array([look.count for look in looks], dtype=np.int64),
            residual=np.array(registrar.residual),
        )

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
                passages += self._leave(carrier, frame.t_mono_s, line)
        return passages

    def finish(self) -> list[Passage]:
        """End of a recording: return the carriers of one that was too short for the line to be learnt.

        Carriers that have not reached the end of the track are no passages.
        """
        if self._moments is not None:
            self._moments.clear()
        clip, seen = self._line.clip, self._line.sightings()
        if clip is None or seen is None:
            return []
        lead = self._lead(seen.usual)
        self._moments = moments = self._new_moments(1.0 - lead)
        moments.recall(clip, seen, 0, len(seen) - 1)
        if not self._first_looks(moments, range(len(seen))):
            return []
        end = clip.frames[-1]
        whole = [c for c in range(len(seen)) if seen.time_of(c, 1.0) <= end.t_s]
        return [passage for carrier in whole for passage in self._leave(carrier, end.t_mono_s, seen)]

    def _gap(self) -> None:
        self._last_step_s = 0.0
        self._line.lose()
        if self._moments is not None:
            self._moments.clear()

    def _new_moments(self, last_way: float) -> Moments:
        return Moments(self._track, (0.0, self._middle, last_way), motion_px(self._track, self._middle))

    def _new_registrar(
        self, moments: Moments, looks: list[Look], residual: tuple[float, float] = (0.0, 0.0)
    ) -> Registrar:
        anchor = Anchor(self._watched.masks, self._watched.references, drift(self._track, self._middle))
        return Registrar(self._track, moments.stands, looks, anchor, residual)

    def _recall(self, frame: Frame) -> list[Passage]:
        """A movie was made: take looks, backgrounds and the carriers that have passed from the clip."""
        line = self._line
        clip, interval_s = line.clip, line.interval_s
        number = line.number(frame.t_s)
        if clip is None or interval_s is None or number is None:
            return []
        self._moments = moments = self._new_moments(1.0 - self._lead(line.usual))
        last = int(np.floor(number))
        first = max(last - _FROM_CLIP, int(np.floor(line.number(clip.frames[0].t_s) or 0.0)) - 1)
        moments.recall(clip, line, first, last)
        if not self._first_looks(moments, range(first, last + 1)):
            return []
        whole = [c for c in range(first, last + 1) if all(leaf is not None for leaf in moments.leaves(c))]
        for carrier in whole:
            self._place(carrier, line)
        passages: list[Passage] = []
        for carrier in whole:
            way = line.way(carrier, frame.t_s)
            if way is not None and way >= moments.stands[-1].way:
                passages += self._leave(carrier, frame.t_mono_s, line)
        line.release()
        return passages

    def _first_looks(self, moments: Moments, carriers: range) -> bool:
        """Learn from a clip's carriers what they look like; say whether each stand has seen one."""
        seen = [[moments.leaves(carrier)[k] for carrier in carriers] for k in range(len(moments.stands))]
        looks = [
            look
            for stand, leaves in zip(moments.stands, seen, strict=True)
            if (look := first_look(self._track, stand, leaves)) is not None
        ]
        if len(looks) < len(moments.stands):
            self._moments = None
            return False
        self._registrar = self._new_registrar(moments, looks)
        return True

    def _lead(self, usual: float) -> float:
        """Return how many ways before the end the last picture is taken; usual: ways a second."""
        return float(np.clip(self._options.lead_s * usual, 0.02, 0.5 * (1.0 - self._middle)))

    def _place(self, carrier: int, line: Line | Timetable) -> None:
        """Let one more carrier's middle picture say where carriers hang; move all if they are off."""
        if self._moments is None or self._registrar is None:
            return
        leaf = self._moments.leaves(carrier)[_MIDDLE]
        if leaf is None or leaf.damaged:
            return
        way = self._registrar.place(_MIDDLE, leaf)
        if way is not None:
            line.move(way)
            self._moments.shift(way)

    def _leave(self, carrier: int, decided_mono_s: float, line: Line | Timetable) -> list[Passage]:
        """Report a carrier, once, unless it was not seen all the way, or the rope has a gap there."""
        moments, registrar = self._moments, self._registrar
        if moments is None or registrar is None:
            return []
        leaves = moments.leaves(carrier)
        times = [line.time_of(carrier, way) for way in (0.0, self._middle, 1.0)]
        there = line.there(carrier)
        if line.clip is None and (self._passages < _SETTLED or self._passages % _AGAIN == 0):
            self._place(carrier, line)
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
            registrar.picture(k, leaf) if leaf is not None else RegisteredPicture(_unseen(t_s), 0.0)
            for k, (leaf, t_s) in enumerate(zip(leaves, (t_begin_s, t_middle_s, t_end_s), strict=True))
        ]
        pictures = [seen.picture for seen in found]
        middle = pictures[_MIDDLE]
        if middle.problem is None and middle.quality >= _SURE:
            # What carriers look like is surer than where the line is: it must not drift away from them.
            line.move(_FOLLOW * found[_MIDDLE].ahead)
        if not there and max(picture.quality for picture in pictures) < _RECOGNISED:
            return []
        # A carrier may hang a little before or behind its place on the rope: its own pictures tell.
        usual = max(line.usual, 1e-6)
        t_begin_s, t_middle_s, t_end_s = (
            t_s - seen.ahead / usual
            for t_s, seen in zip((t_begin_s, t_middle_s, t_end_s), found, strict=True)
        )
        self._last_middle_s = t_middle_s
        self._passages += 1
        carriers = self._watched.lift.carriers
        return [
            Passage(
                id=f"{self._lift_id}-{self._run_id}-{self._passages}",
                lift_id=self._lift_id,
                number=self._passages if carriers is None else 1 + (self._passages - 1) % carriers,
                t_begin_s=t_begin_s,
                t_middle_s=t_middle_s,
                t_end_s=t_end_s,
                pictures=tuple(pictures),
                decided_mono_s=decided_mono_s,
            )
        ]


def _unseen(t_s: float) -> Picture:
    """Return what stands for a picture that there is none of: frames were missing when it was due."""
    blank = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE, 3), np.uint8)
    return Picture(image=blank, pose=None, t_s=t_s, quality=0.0, problem=Reason.NOT_SEEN)
