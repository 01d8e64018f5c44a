"""The state in which the line is followed: each carrier's pictures are taken, and it is reported once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lifts.track import TrackGeometry
from service.domain.arrays import Float32
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.line.clip import Clip
from service.line.follower import LineFollower
from service.line.odometer import MOVING
from service.line.reckoning import LONGEST_S, RUNNING, Reckoning, line_in_words
from service.line.roi import Roi
from service.line.work import Work, finish
from service.passages.departures import Departures, Now
from service.passages.learnt import Learnt
from service.passages.registration import CarrierAppearance
from service.vision.still import StillView

_FROM_CLIP = 24  # carriers whose pictures are taken from a clip
_TWENTIETH = 0.05  # of an interval
_UNCERTAIN = 0.1  # of an interval: the phase of a standing line
_BEHIND = 0.1  # progress by which a carrier past its last picture may still wait to be reported
_HALF = 0.5  # of an interval: so far a line goes at most between two key frames
_IN_VIEW = 0.67  # of the time on the track at nominal speed: a line may run at half as much more


class Since(NamedTuple):
    """Who left after media time t_s is not accounted for; begun: of those that began after it."""

    t_s: float
    begun: bool


class Following:
    """Knows where carriers are and what they look like.

    Args:
        track: the lift's track. line: locates carriers. departures: reports them.
    """

    def __init__(self, track: TrackGeometry, line: LineFollower, departures: Departures) -> None:
        self._track, self.line, self.departures = track, line, departures
        self._reckoning = Reckoning()
        self._located = line.located

    @classmethod
    def resumed(cls, track: TrackGeometry, learnt: Learnt, departures: Departures) -> Following:
        """Resume what an earlier extractor had learnt; what it knew of carriers goes into `departures`."""
        for viewpoint, background in zip(departures.moments.viewpoints, learnt.backgrounds, strict=True):
            viewpoint.background = background.copy()
        departures.registrar.appearances = [
            CarrierAppearance(mean.copy(), int(count), (float(bias[0]), float(bias[1])))
            for mean, count, bias in zip(learnt.appearances, learnt.counts, learnt.biases, strict=True)
        ]
        departures.registrar.residual = (float(learnt.residual[0]), float(learnt.residual[1]))
        return cls(track, LineFollower.from_learnt(learnt.line, track.middle), departures)

    @property
    def line_in_words(self) -> str:
        """How the line runs, for people."""
        return line_in_words(self.line.fraction, self.line.speed, self.line.interval_s)

    @property
    def carrier_every_s(self) -> float | None:
        """Seconds between carriers as the line runs now; None while it stands."""
        return None if self.line.fraction < RUNNING else self.line.interval_s / self.line.fraction

    @property
    def accounted(self) -> bool:
        """Whether each carrier that has passed is reported: it is known where the line is."""
        return self.line.located and self._located and not self._reckoning.lost

    def learnt(self, of: str, size: tuple[int, int]) -> Learnt | None:
        """Return what another extractor may begin with; None before all backgrounds are known.

        of: the lift's fingerprint. size: (width, height) of the frames.
        """
        registrar, viewpoints = self.departures.registrar, self.departures.moments.viewpoints
        backgrounds = [each.background for each in viewpoints if each.background is not None]
        if len(backgrounds) < len(viewpoints):
            return None
        return Learnt(
            of=of,
            size=size,
            line=self.line.learnt,
            places=np.array([each.progress for each in viewpoints]),
            backgrounds=np.stack(backgrounds),
            appearances=np.stack([each.mean for each in registrar.appearances]),
            biases=np.array([each.bias_px for each in registrar.appearances]),
            counts=np.array([each.count for each in registrar.appearances], dtype=np.int64),
            residual=np.array(registrar.residual),
        )

    def expect_after(self, left_s: float) -> None:
        """Account for all carriers after the one that left at media time left_s, before the frames began."""
        end = 1.0 / self.line.progress_per_carrier
        self._reckoning.lose_phase(left_s, end, 1.0)

    def still_view(self, roi: Roi, t_s: float) -> StillView | None:
        """Return what tells by key frames whether a line that stands at media time t_s stands on.

        None: it does not surely stand, or not all carriers are accounted for. roi: the frames'.
        """
        line = self.line
        phase, per_carrier = line.phase(t_s), line.progress_per_carrier
        if not line.at_rest or not self.accounted or phase is None:
            return None
        last = self.departures.moments.viewpoints[-1].progress
        nearest = (phase - math.ceil(phase - (last + _BEHIND) / per_carrier)) * per_carrier
        return StillView(
            lambda luma: roi.features(roi.small(luma)),
            roi.frame,
            line.moved(_TWENTIETH),
            longest_s=_HALF * line.interval_s,
            seen_s=_IN_VIEW / line.nominal_speed,
            soon_s=max(last - nearest, 0.0) / line.nominal_speed - _UNCERTAIN * line.interval_s,
        )

    def follow(self, t_s: float, feature: Float32, elapsed_s: float, adapt: bool, *, stood: bool) -> None:
        """Follow the line for one more frame; see `LineFollower.step`. stood: see `Frame`.

        Where the phase is no longer certain, carriers are accounted for from when it was.
        """
        if stood:
            self.line.stand(t_s, feature, elapsed_s)
        else:
            self.line.step(t_s, feature, elapsed_s, adapt=adapt)
        if self._located and not self.line.located and self.line.certain is not None:
            self._reckoning.lose_phase(*self.line.certain)
            self._located = False
        if self._reckoning.lost:
            # Uncertain where it is, nobody knows how fast it is: a line that runs mostly runs at full speed.
            fraction = 1.0 if self.line.fraction > MOVING else self.line.fraction
            self._reckoning.advance(t_s, self.line.interval_s, fraction)

    def step(self, frame: Frame, *, refine: bool) -> list[Passage]:
        """Take a frame's pictures; return the carriers that leave with it."""
        line, now = self.line, Now(frame.t_s, frame.t_mono_s)
        passages = self._locate(now) if line.located and not self._located else []
        self._located = line.located
        for carrier in self.departures.moments.step(frame, line):
            if line.located or self.departures.recognisable(carrier):
                passages += self.departures.report(carrier, line, now, refine=refine)
        return passages

    @property
    def unaccounted(self) -> Since | None:
        """Since when carriers are not accounted for; None if they are."""
        lost_s = self._reckoning.lost_s
        return None if lost_s is None else Since(lost_s, begun=False)

    def lose_phase(self, last: Now, joined_s: float | None = None) -> list[Passage]:
        """Frames are missing after `last`: report the carriers on the track, and forget the phase.

        joined_s: when another recording begins, if that is why: its carriers are accounted for from there.
        """
        line, passages = self.line, []
        phase = line.phase(last.t_s)
        if line.located and phase is not None:
            passages = self.report_waiting(last)
            self._reckoning.lose_phase(last.t_s, phase, line.fraction)
        if joined_s is not None:
            passages += self.end(last)
            self._reckoning.lose_phase(joined_s, None, line.fraction)
        self.departures.moments.clear()
        line.lose_phase()
        self._located = False
        return passages

    def end(self, last: Now) -> list[Passage]:
        """No frame follows `last`: report the carriers that must have left while the phase was unknown."""
        line, end = self.line, 1.0 / self.line.progress_per_carrier
        self._reckoning.advance(last.t_s, line.interval_s, line.fraction)
        return self._missing(self._reckoning.settle(last.t_s, None, line.interval_s, end), last)

    def report_waiting(self, last: Now) -> list[Passage]:
        """Report the carriers on the track of a running line, with the pictures taken so far."""
        if not self.line.located or self.line.fraction < RUNNING:
            return []
        return [
            passage
            for carrier in self.departures.moments.on_track()
            for passage in self.departures.report(carrier, self.line, last, refine=False)
        ]

    def recall(self, clip: Clip) -> Work[list[Passage] | None]:
        """Report the carriers that have passed in a clip, including in frames that are added meanwhile.

        Returns:
            Their passages; None if the clip does not show what carriers look like.
        """
        phase = self._phase_at(clip.frames[0].t_s)
        first = math.floor(phase) - 1
        last = math.floor(self._phase_at(clip.frames[-1].t_s))
        known = range(max(first, last - _FROM_CLIP), last + 1)
        yield from self.departures.moments.learn_backgrounds(clip)
        yield from self.departures.moments.recall(clip, self.line, known)
        if not (yield from self.departures.learn_appearances(known)):
            return None
        for carrier in known:
            if None not in self.departures.moments.crops(carrier):
                self.departures.place(carrier, self.line)
                yield
        passages: list[Passage] = []
        until_s = yield from self._depart(clip, first, passages)
        # Only a few frames have been added meanwhile: without a pause here, no more are added.
        for _ in range(2):
            if clip.frames[-1].t_s > until_s:
                until_s = finish(self._catch_up(clip, passages))
        moments, per_carrier = self.departures.moments, self.line.progress_per_carrier
        phase = self._phase_at(clip.frames[-1].t_s)
        moments.begin_after(math.floor(phase - moments.viewpoints[-1].progress / per_carrier))
        return passages

    def _catch_up(self, clip: Clip, passages: list[Passage]) -> Work[float]:
        yield from self.line.replay(clip)
        phase, moments = self._phase_at(clip.frames[-1].t_s), self.departures.moments
        first = math.floor(phase - 1.0 / self.line.progress_per_carrier) - 1
        first = first if moments.left is None else max(first, moments.left + 1)
        yield from moments.recall(clip, self.line, range(first, math.floor(phase) + 1))
        return (yield from self._depart(clip, first, passages))

    def _depart(self, clip: Clip, first: int, passages: list[Passage]) -> Work[float]:
        """Report each carrier from `first` on that is past the last viewpoint; return the clip's last t_s."""
        newest = clip.frames[-1]
        now, moments = Now(newest.t_s, newest.t_mono_s), self.departures.moments
        last = moments.viewpoints[-1].progress
        for carrier in range(first, math.floor(self._phase_at(now.t_s)) + 1):
            progress = self.line.progress(carrier, now.t_s)
            if progress is None or progress < last or self.line.time_of(carrier, 0.0) is None:
                continue  # still on the track, or half in view when the clip began
            passages += self.departures.report(carrier, self.line, now, refine=False)
            yield
        return now.t_s

    def _locate(self, now: Now) -> list[Passage]:
        """Report the carriers that must have passed before the phase became known (again)."""
        line, phase = self.line, self._phase_at(now.t_s)
        end = 1.0 / line.progress_per_carrier
        self.departures.moments.begin_after(math.floor(phase - end))
        return self._missing(self._reckoning.settle(now.t_s, phase, line.interval_s, end), now)

    def _missing(self, ends_s: list[float], now: Now) -> list[Passage]:
        passages = self.departures.report_missing(ends_s, self.line, now)
        return passages + self.departures.uncounted(self._reckoning.beyond, self.line, now)

    def account_since(self, since: Since, clip: Clip) -> list[Passage]:
        """Report the carriers that nobody accounts for, of those that had begun before the clip did.

        The line is taken to have run at its nominal speed: nobody knew its interval then.
        """
        line, start_s, newest = self.line, clip.frames[0].t_s, clip.frames[-1]
        now, end = Now(newest.t_s, newest.t_mono_s), 1.0 / line.progress_per_carrier
        # Not `_phase_at(start_s)`: the odometer is not yet sure of itself at a clip's beginning.
        phase = self._phase_at(now.t_s) - (now.t_s - start_s) / line.interval_s
        first = math.floor(phase - (start_s - since.t_s) / line.interval_s - (0 if since.begun else end)) + 1
        carriers = range(first, math.floor(phase) + 1)
        ends_s = [start_s + (carrier + end - phase) * line.interval_s for carrier in carriers]
        gone_s = [end_s for end_s in ends_s if end_s <= now.t_s]
        reported = max(1, math.ceil(LONGEST_S / line.interval_s))
        passages = self.departures.report_missing(gone_s[-reported:], line, now)
        return passages + self.departures.uncounted(len(gone_s) - reported, line, now)

    def _phase_at(self, t_s: float) -> float:
        phase = self.line.phase(t_s)
        return 0.0 if phase is None else phase
