"""From frames to passages: each carrier once, with its three moments and three registered pictures."""

from __future__ import annotations

import uuid

from lifts.track import TrackGeometry
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.line.clip import Clip
from service.line.follower import LineFollower
from service.line.placing import Placer
from service.line.roi import Roi
from service.line.work import Work, finish
from service.passages.anchor import Anchor
from service.passages.crops.detail import DetailSource
from service.passages.departures import Departures, Now
from service.passages.following import Following, Since
from service.passages.learning import EVERY_S, Learning, sight
from service.passages.learnt import Learnt, fingerprint
from service.passages.moments import Moments
from service.passages.options import ExtractorOptions
from service.passages.registrar import Registrar
from service.passages.reporter import Reporter
from service.vision.still import StillView

_DOUBT_S, _DOUBT_FRAMES = 1.0, 4.0  # without a frame for longer than both: carriers may be off time


class PassageExtractor:
    """Learns the line, then follows it frame by frame; does both at once while the movie still improves.

    Deterministic unless `in_background`. Each carrier that passes becomes a passage: judged, or `not seen`.

    Args:
        watched: the lift with camera size and track; masks and references sharpen the registration.
        options: see ExtractorOptions. run_id: makes passage ids unique between runs; at random if not given.
        learnt: what an earlier one had learnt of the lift: the line is followed from the first frames on.
        left_mono_s: time.monotonic() at which an earlier one's last carrier left; those since are counted.
        first: the camera's first stream, where the frames are of its second.

    Raises ConfigurationError: the lift has no track or no camera.
    """

    def __init__(
        self,
        watched: WatchedLift,
        *,
        options: ExtractorOptions | None = None,
        run_id: str | None = None,
        learnt: Learnt | None = None,
        left_mono_s: float | None = None,
        first: DetailSource | None = None,
    ) -> None:
        lift = watched.lift
        if lift.track is None or lift.camera is None:
            raise ConfigurationError(f"lift {lift.id}: no track and camera, so no passages can be extracted")
        self._watched, self._camera, self._first = watched, lift.camera, first
        self._given, self._options = TrackGeometry(lift.track), options or ExtractorOptions()
        self._reporter = Reporter(lift, run_id or uuid.uuid4().hex[:12])
        self._last: Now | None = None
        self._blind, self._clip, self._left_mono_s = False, 0, left_mono_s
        self._last_step_s = self._frame_s = self._pace_s = 0.0
        self._unaccounted: Since | None = None
        self._fingerprint = fingerprint(watched)
        self._learnt = learnt if learnt is not None and learnt.of == self._fingerprint else None
        self._begin(self._given, (lift.camera.width, lift.camera.height))

    def _begin(self, track: TrackGeometry, size: tuple[int, int]) -> None:
        """Set up for frames of a size (width, height), with the track in their pixels."""
        self._size, self._track, self._roi = size, track, Roi(track, *size)
        self._placer = Placer(track, self._roi, self._watched.masks, self._watched.references)
        self._following: Following | None = None
        self._work: Work[list[Passage]] | None = None
        known, features = self._learnt, 2 * self._roi.size[0] * self._roi.size[1]
        if known is not None and known.size == size and known.line.frames.shape[1] == features:
            self._following = Following.resumed(track, known, self._departures(float(known.places[-1])))
        self._learning = Learning(self._roi, track) if self._following is None else None

    @property
    def learning(self) -> bool:
        """Whether the line is being learnt, which takes much more memory than following it."""
        return self._learning is not None

    @property
    def interrupted(self) -> bool:
        """Whether the line could not be learnt from the first frames, and is being learnt from later ones."""
        return self._unaccounted is not None

    @property
    def busy(self) -> bool:
        """Whether `work` has something to do."""
        return self._work is not None

    @property
    def learnt(self) -> Learnt | None:
        """What another extractor of the same lift may begin with; None while the line is being learnt."""
        return None if self._learning is not None else self.learnt_so_far

    @property
    def learnt_so_far(self) -> Learnt | None:
        """The same, as soon as the line is followed."""
        return None if self._following is None else self._following.learnt(self._fingerprint, self._size)

    @property
    def line_speed(self) -> str:
        """The line for people: seconds from begin to end and between carriers, or what else it does."""
        return "unknown" if self._following is None else self._following.line_in_words

    @property
    def line_interval_s(self) -> float | None:
        """Seconds between carriers at the line's nominal speed; None while they are not followed."""
        return None if self._following is None else self._following.line.interval_s

    @property
    def carrier_every_s(self) -> float | None:
        """Seconds between carriers as the line runs now; None while it stands, or is not followed."""
        return None if self._following is None else self._following.carrier_every_s

    @property
    def accounted(self) -> bool:
        """See `Following.accounted`; not while the line is being learnt, or nothing is seen."""
        following = None if self._learning is not None or self._blind else self._following
        return following is not None and following.accounted

    @property
    def place_certain(self) -> bool | None:
        """Whether it is certain where on the track carriers are; None while they are not followed."""
        return None if self._following is None else self._following.line.place_certain

    def still_view(self) -> StillView | None:
        """See `Following.still_view`; None also while anything is being learnt."""
        idle = self.accounted and self._work is None
        return self._following.still_view(self._roi, self._frame_s) if idle and self._following else None

    @property
    def px_per_s(self) -> float:
        """How fast carriers move in the canonical frame at nominal speed; 0 while that is unknown."""
        return self._following.line.nominal_speed * self._track.px_per_progress if self._following else 0.0

    def step(self, frame: Frame) -> list[Passage]:
        """Take in a frame; return the passages that it completes (none, rarely more than one)."""
        last, passages = self._last, list[Passage]()
        if last is None:
            self._take_over(frame)
        elapsed_s = 0.0 if last is None else frame.t_s - last.t_s
        joined = last is not None and frame.clip != self._clip
        if last is not None and (joined or not 0.0 <= elapsed_s <= self._options.gap_s):
            passages += self._lose_phase(last, frame.t_s if joined else None)
            self._last = Now(frame.t_s, frame.t_mono_s)
        elif last is not None and not frame.stood:
            passages += self._doubt(frame.t_s - self._frame_s)
        self._pace_s, self._frame_s, self._clip = frame.t_s - self._frame_s, frame.t_s, frame.clip
        if (frame.width, frame.height) != self._size:
            passages += self._resize(frame, last)
        since_s = frame.t_s - self._last_step_s
        least_s = self._options.min_interval_s if self._learning is None else EVERY_S
        # The frame nearest to when one is due, by how they come: slow cameras have none to spare.
        if not 0.0 < since_s < least_s - 0.5 * min(max(elapsed_s, 0.004), least_s):
            passages += self._follow(frame, min(max(since_s, 0.0), 1.0))
            self._last_step_s = frame.t_s
        if self._blind:
            return passages  # as if the frame had not come
        self._last = Now(frame.t_s, frame.t_mono_s)
        if self._following is not None:
            passages += self._following.step(frame, refine=self._learning is None)
        return passages

    def work(self) -> list[Passage]:
        """Do a slice of what there is to learn, about 10 ms of it; return the passages that it completes."""
        try:
            if self._work is not None:
                next(self._work)
        except StopIteration as stop:
            self._work = None
            return list(stop.value)
        return []

    def _start(self, work: Work[list[Passage]]) -> list[Passage]:
        """Learn something, at once or in `work`; return the passages that it completes now."""
        self._work = work
        return [] if self._options.in_background else self._finished()

    def _finished(self) -> list[Passage]:
        """Do all that there is to learn; return the passages that it completes."""
        work, self._work = self._work, None
        return [] if work is None else finish(work)

    def finish(self) -> list[Passage]:
        """End of a recording: return who has left in one that was too short for the line to be learnt."""
        passages = self._finished()
        if self._following is None and self._learning is not None:
            passages += finish(self._sight(self._learning.clip))
        if self._following is not None and self._last is not None:
            passages += self._following.end(self._last)
        return passages

    def _follow(self, frame: Frame, elapsed_s: float) -> list[Passage]:
        """Learn from a frame, or follow the line by it, or both."""
        small = self._roi.small(frame.luma)
        feature = self._roi.features(small)
        following, passages = self._following, list[Passage]()
        self._blind = following is not None and following.line.check_blind(feature, elapsed_s)
        if self._blind:
            return []
        if self._learning is not None:
            self._learning.add(frame, small, feature)
        if following is not None:
            following.follow(frame.t_s, feature, elapsed_s, self._learning is None, stood=frame.stood)
            if following.line.lost:
                # The view no longer fits the movie: learn it again. Until then nothing is known.
                passages = following.report_waiting(Now(frame.t_s, frame.t_mono_s))
                self._unaccounted = following.unaccounted
                self._following, self._work = None, None
                self._learning = Learning(self._roi, self._track)
        if self._learning is not None and self._work is None:
            interval_s = self._learning.due(frame.t_s, self.line_interval_s)
            if interval_s is not None:
                passages += self._start(self._learn(self._learning, interval_s))
        return passages

    def _learn(self, learning: Learning, interval_s: float) -> Work[list[Passage]]:
        """Make a movie, follow the line by it, and report the carriers that have passed in the clip."""
        clip, track = learning.clip, self._track
        clip.held = True
        first_s = float(clip.times[0])
        placing = yield from self._placer.place(clip.snapshot(), interval_s)
        before = None if self._following is None else self._following.line
        line = yield from LineFollower.from_clip(clip, first_s, interval_s, placing, track.middle, before)
        place = self._options.last_place(line.nominal_speed, track.middle)
        following = Following(track, line, self._departures(place))
        passages = None if line.lost else (yield from following.recall(clip))
        clip.held = False
        since = self._unaccounted if self._following is None else self._following.unaccounted
        if passages is None:
            # The clip does not show what carriers look like, so its phase is not to be trusted: begin again.
            self._unaccounted = since or Since(first_s, begun=False)
            self._following, self._learning = None, Learning(self._roi, track)
            return []
        passages += [] if since is None else following.account_since(since, clip)
        self._following, self._unaccounted = following, None
        self._learning = None if learning.done else self._learning
        return passages

    def _sight(self, clip: Clip) -> Work[list[Passage]]:
        middle, place = self._track.middle, self._options.last_place
        return sight(clip, self._placer, middle, lambda speed: self._departures(place(speed, middle)))

    def _lose_phase(self, last: Now, joined_s: float | None = None) -> list[Passage]:
        """Report the carriers on the track, forget the phase. joined_s: when another clip begins, if so."""
        self._last_step_s = 0.0
        passages = [] if self._following is None else self._following.lose_phase(last, joined_s)
        since = None if joined_s is None else Since(joined_s, begun=False)
        passages += self._learn_again(last.t_s, since)
        if joined_s is not None:
            self._reporter.begin()
        return passages

    def _doubt(self, pause_s: float) -> list[Passage]:
        """After a pause between two frames, the line may have stood meanwhile, or the recorder."""
        if pause_s <= max(_DOUBT_S, _DOUBT_FRAMES * self._pace_s):
            return []
        if self._following is not None:
            self._following.line.doubt(pause_s / self._options.gap_s)
        return self._learn_again(self._frame_s) if pause_s > self._options.pause_s else []

    def _learn_again(self, last_s: float, since: Since | None = None) -> list[Passage]:
        """Begin a new clip, if the line is being learnt; return the carriers of the one until last_s."""
        if self._learning is None:
            return []
        clip, self._learning = self._learning.clip, Learning(self._roi, self._track)
        if self._following is not None:
            self._work = None
            return []
        first_s = clip.frames[0].t_s if clip.frames else last_s
        self._unaccounted = self._unaccounted or since or Since(first_s, begun=True)
        return self._start(self._sight(clip))

    def _resize(self, frame: Frame, last: Now | None) -> list[Passage]:
        """Begin again with the track scaled to frames of another size."""
        passages = ([] if last is None else self._lose_phase(last)) + self._finished()
        self._begin(self._given.scaled(frame.width / self._camera.width), (frame.width, frame.height))
        return passages

    def _take_over(self, frame: Frame) -> None:
        """At the first frame: go on from the last carrier that an earlier extractor reported."""
        if self._left_mono_s is not None:
            left_s = frame.t_s - (frame.t_mono_s - self._left_mono_s)
            if self._following is not None:
                self._following.expect_after(left_s)
            else:  # once the line is known
                self._unaccounted = Since(left_s, begun=False)

    def _departures(self, last_place: float) -> Departures:
        track, watched = self._track, self._watched
        moments = Moments(track, (0.0, track.middle, last_place), self._options.pictures, self._first)
        anchor = Anchor(watched.masks, watched.references, track.drift(track.middle))
        return Departures(track, moments, Registrar(track, moments.viewpoints, [], anchor), self._reporter)
