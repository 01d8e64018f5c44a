"""Turns a carrier that has passed into a passage; into none where the rope was seen to be empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from lifts.decision.reasons import Reason
from lifts.track import TrackGeometry
from service.domain.passage import Passage, Picture
from service.line.follower import Presence
from service.line.timetable import LineSchedule
from service.line.work import Work
from service.passages.crops.viewpoint import Crop
from service.passages.moments import Moments
from service.passages.registrar import RegisteredPicture, Registrar, first_appearance
from service.passages.reporter import Reporter, not_seen

_MIDDLE = 1  # of the three viewpoints
_RECOGNISED = 0.6  # quality from which a picture shows a carrier, whatever the line's movie says
_SETTLED, _AGAIN = 30, 5  # after 30 carriers, only every fifth refines the alignment
_TRUSTED, _FOLLOW = 0.7, 0.15  # quality above which a place is trusted, and the share of it that is applied
_LEAST_PICTURES = 2


class Now(NamedTuple):
    """The newest frame's times: media seconds, and time.monotonic()."""

    t_s: float
    t_mono_s: float


class Departures:
    """Reports carriers that have passed: each becomes a passage, to be judged or `not seen`.

    Args:
        track: the lift's. moments: their pictures. registrar: registers these. reporter: writes passages.
    """

    def __init__(
        self, track: TrackGeometry, moments: Moments, registrar: Registrar, reporter: Reporter
    ) -> None:
        self._track, self.moments, self.registrar = track, moments, registrar
        self._reporter = reporter

    def learn_appearances(self, carriers: range) -> Work[bool]:
        """Learn from pictures what carriers look like; return whether every viewpoint has shown one."""
        crops = [self.moments.crops(carrier) for carrier in carriers]
        appearances = []
        for k, viewpoint in enumerate(self.moments.viewpoints):
            found = first_appearance(self._track, viewpoint, [each[k] for each in crops])
            yield
            if found is None:
                return False
            appearances.append(found)
        self.registrar.appearances = appearances
        return True

    def place(self, carrier: int, line: LineSchedule) -> None:
        """Refine the alignment by one more carrier's middle picture; shift all carriers if they are off."""
        crop = self.moments.crops(carrier)[_MIDDLE]
        if crop is None or crop.damaged:
            return
        progress = self.registrar.place(_MIDDLE, crop)
        if progress is not None:
            line.shift(progress)
            self.moments.shift(progress)

    def recognisable(self, carrier: int) -> bool:
        """Return whether a carrier has enough pictures to be recognised by them alone."""
        return sum(crop is not None for crop in self.moments.crops(carrier)) >= _LEAST_PICTURES

    def report(self, carrier: int, line: LineSchedule, now: Now, *, refine: bool) -> list[Passage]:
        """Report a carrier that has passed, unless it was reported or the rope was seen to be empty there.

        refine: whether its picture refines the alignment of all carriers.
        """
        crops = self.moments.crops(carrier)
        known_s = [line.time_of(carrier, progress) for progress in (0.0, self._track.middle, 1.0)]
        presence = line.take_presence(carrier)
        count = self._reporter.count
        if refine and (count < _SETTLED or count % _AGAIN == 0):
            self.place(carrier, line)
        seen = self.recognisable(carrier)
        between, details = self.moments.between(carrier), self.moments.details
        detailed = [None] * len(crops) if details is None else details.of(carrier)[: len(crops)]
        self.moments.forget(carrier)
        times_s = self._times(known_s, crops, line.nominal_speed, now.t_s)
        interval_s = line.interval_s or 0.0
        if not self._reporter.is_new(times_s[_MIDDLE], interval_s, seen=seen):
            return []
        if not seen:
            return [] if presence is Presence.ABSENT else [self._not_seen(crops, times_s, now)]
        found = [
            self.registrar.picture(k, crop) if crop is not None else RegisteredPicture(not_seen(t_s), 0.0)
            for k, (crop, t_s) in enumerate(zip(crops, times_s, strict=True))
        ]
        further = self.registrar.between(between, found)
        found = [
            each if crop is None else self.registrar.detailed(k, crop, each)
            for k, (crop, each) in enumerate(zip(detailed, found, strict=True))
        ]
        pictures = [each.picture for each in found]
        middle = pictures[_MIDDLE]
        if middle.problem is None and middle.quality >= _TRUSTED:
            # What carriers look like is more certain than where the line is, which must not drift away.
            line.shift(_FOLLOW * found[_MIDDLE].ahead)
        if max(picture.quality for picture in pictures) < _RECOGNISED:
            if presence is Presence.ABSENT:
                return []
            if presence is Presence.HIDDEN:
                pictures, further = [_not_judged(picture) for picture in pictures], []
        # A carrier may hang slightly off its place on the rope; its own pictures show by how much.
        speed = max(line.nominal_speed, 1e-6)
        begin_s, middle_s, end_s = (
            t_s - each.ahead / speed for t_s, each in zip(times_s, found, strict=True)
        )
        passage = self._passage((begin_s, middle_s, end_s), pictures, now)
        return [replace(passage, between=tuple(further))]

    def report_missing(self, ends_s: Iterable[float], line: LineSchedule, now: Now) -> list[Passage]:
        """Report carriers that must have left at these media times and were not seen."""
        speed, middle = max(line.nominal_speed, 1e-6), self._track.middle
        passages = []
        for end_s in ends_s:
            times_s = (end_s - 1.0 / speed, end_s - (1.0 - middle) / speed, end_s)
            if self._reporter.is_missing(times_s[_MIDDLE], line.interval_s or 0.0):
                passages.append(self._not_seen([None] * 3, times_s, now))
        return passages

    def uncounted(self, carriers: int, line: LineSchedule, now: Now) -> list[Passage]:
        """Report as one how many more carriers must have left unseen before now; see `Reckoning.beyond`."""
        if carriers <= 0:
            return []
        speed, middle = max(line.nominal_speed, 1e-6), self._track.middle
        times_s = (now.t_s - 1.0 / speed, now.t_s - (1.0 - middle) / speed, now.t_s)
        pictures = [not_seen(t_s) for t_s in times_s]
        return [self._reporter.together(times_s, pictures, now.t_mono_s, carriers)]

    def _not_seen(self, crops: list[Crop | None], times_s: tuple[float, float, float], now: Now) -> Passage:
        pictures = [
            not_seen(t_s)
            if crop is None
            else _not_judged(self.registrar.picture(k, crop, learn=False).picture)
            for k, (crop, t_s) in enumerate(zip(crops, times_s, strict=True))
        ]
        return self._passage(times_s, pictures, now)

    def _passage(self, times_s: tuple[float, float, float], pictures: list[Picture], now: Now) -> Passage:
        return self._reporter.report(times_s, pictures, now.t_mono_s, now.t_mono_s + times_s[2] - now.t_s)

    def _times(
        self, known_s: list[float | None], crops: list[Crop | None], nominal_speed: float, now_s: float
    ) -> tuple[float, float, float]:
        """Estimate the times that are no longer known (the line stood for minutes) or not yet (it stands)."""
        places, speed = (0.0, self._track.middle, 1.0), max(nominal_speed, 1e-6)
        anchors = [(t_s, at) for t_s, at in zip(known_s, places, strict=True) if t_s is not None]
        anchors += [(crop.t_s, crop.progress) for crop in crops if crop is not None]
        t_s, progress = anchors[-1] if anchors else (now_s, 1.0)
        begin_s, middle_s, end_s = (
            t_s + (at - progress) / speed if known is None else known
            for known, at in zip(known_s, places, strict=True)
        )
        return begin_s, middle_s, end_s


def _not_judged(picture: Picture) -> Picture:
    return replace(picture, problem=picture.problem or Reason.NOT_SEEN)
