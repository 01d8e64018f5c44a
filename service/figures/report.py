"""A report: what passed, how often the bar was open, when nobody could see it, and who came. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from service.domain.arrays import Int64
from service.figures.carriers import NAMES, CarrierFigures, CountedQuarter
from service.figures.key_figures import Acknowledging, Annunciation, acknowledging
from service.figures.periods import ResortCalendar, Stretch, begin_of
from service.figures.watching import STATES, WatchSpan, WatchState

_MS = timedelta(milliseconds=1)
_NOT_BLIND = (WatchState.WATCHED, WatchState.UNKNOWN)


class SecondLook(NamedTuple):
    """What was called open (and not empty) or not, and what a person said of it."""

    lift_id: str
    seen_at: datetime
    alarmed: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class SightFigures:
    """How long lifts were watched, added up over lifts, in seconds.

    elapsed_s: of the time asked for, what is over. states: every WatchState; they add up to elapsed_s.
    camera_s: in which frames came. camera_share: of the time of which something is known; None if nothing is.
    """

    elapsed_s: float
    states: Mapping[WatchState, float]
    camera_s: float
    camera_share: float | None

    @property
    def blind_s(self) -> float:
        """In which it is known that the lift was not watched."""
        return sum(seconds for state, seconds in self.states.items() if state not in _NOT_BLIND)

    @classmethod
    def of(cls, elapsed_ms: int, states: Int64, camera_ms: int) -> SightFigures:
        """Take milliseconds; states: int64[S] by STATES without what is unknown."""
        known_ms = int(states.sum())
        seconds = {state: ms / 1000 for state, ms in zip(STATES, states.tolist(), strict=True)}
        seconds[WatchState.UNKNOWN] = (elapsed_ms - known_ms) / 1000
        share = camera_ms / known_ms if known_ms else None
        return cls(elapsed_ms / 1000, seconds, camera_ms / 1000, share)


@dataclass(frozen=True, slots=True)
class AlarmsOfKind:
    """Alarms of one kind and priority that called for somebody, and how fast somebody came."""

    kind: str
    priority: int
    alarms: int
    acknowledging: Acknowledging


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """What people who looked again found; only passages that somebody reviewed are among them.

    false_alarms: alarms of an open bar on a carrier that was closed or empty. misses: occupied carriers with
    an open bar that raised none.
    """

    reviewed: int
    alarms: int
    false_alarms: int
    misses: int


@dataclass(frozen=True, eq=False)
class ShiftReport:
    """Figures of L lifts in P parts of a time.

    parts: one after the other. now: what comes later is not over. counts: int64[L, P, 9] by NAMES. hours:
    int64[24, 9], the same by hour of the day. states: int64[L, P, S] milliseconds. camera: int64[L, P].
    calls: alarms that called for somebody, in order. alarms: int64[L + 1, P], how many; the last row's are of
    no lift. reviewed: passages that somebody looked at again.
    """

    lifts: tuple[str, ...]
    parts: tuple[Stretch, ...]
    now: datetime
    counts: Int64
    hours: Int64
    states: Int64
    camera: Int64
    calls: tuple[Annunciation, ...]
    alarms: Int64
    reviewed: tuple[SecondLook, ...]

    def carriers(self, lift: int | None = None, part: int | None = None) -> CarrierFigures:
        """Return the figures of a lift or all, in a part or all."""
        return CarrierFigures.of(self.counts[_one(lift), _one(part)].sum((0, 1)))

    def carriers_at(self, hour: int) -> CarrierFigures:
        """Return the figures of an hour of the day, 0..23, over all days."""
        return CarrierFigures.of(self.hours[hour])

    def sight(self, lift: int | None = None, part: int | None = None) -> SightFigures:
        """Return how long a lift or all were watched, in a part or all."""
        parts = self.parts if part is None else self.parts[part : part + 1]
        elapsed = sum(max((min(one.end, self.now) - one.begin) // _MS, 0) for one in parts)
        lifts = len(self.lifts) if lift is None else 1
        states, camera = self.states[_one(lift), _one(part)], self.camera[_one(lift), _one(part)]
        return SightFigures.of(elapsed * lifts, states.sum((0, 1)), int(camera.sum()))

    def alarms_in(self, lift: int | None = None, part: int | None = None) -> int:
        """Return how many alarms of a lift, or all, called in a part or all."""
        return int(self.alarms[_one(lift), _one(part)].sum())

    def kinds(self) -> tuple[AlarmsOfKind, ...]:
        """Return the alarms by kind and priority, the most important first, of these the most frequent."""
        found: defaultdict[tuple[int, str], list[Annunciation]] = defaultdict(list)
        for call in self.calls:
            found[call.priority, call.source.kind].append(call)
        kinds = (
            AlarmsOfKind(kind, priority, len(calls), acknowledging(calls, self.now))
            for (priority, kind), calls in found.items()
        )
        return tuple(sorted(kinds, key=lambda one: (one.priority, -one.alarms, one.kind)))

    def acknowledging(self) -> Acknowledging:
        """Return how fast somebody came to all of them."""
        return acknowledging(self.calls, self.now)

    def reviews(self) -> ReviewFigures:
        """Return what people found."""
        alarms = [one for one in self.reviewed if one.alarmed]
        return ReviewFigures(
            reviewed=len(self.reviewed),
            alarms=len(alarms),
            false_alarms=sum(not one.is_open for one in alarms),
            misses=sum(one.is_open for one in self.reviewed if not one.alarmed),
        )


def make_report(
    calendar: ResortCalendar,
    lifts: Sequence[str],
    parts: Sequence[Stretch],
    now: datetime,
    *,
    counted: Iterable[CountedQuarter] = (),
    spans: Iterable[WatchSpan] = (),
    calls: Iterable[Annunciation] = (),
    reviewed: Iterable[SecondLook] = (),
) -> ShiftReport:
    """Sort what was recorded into lifts and parts; what lies in none is left out.

    parts: one after the other, at least one, each from a quarter of an hour to another. now: an aware time.
    """
    numbers = {lift_id: n for n, lift_id in enumerate(lifts)}
    begins = [part.begin for part in parts]

    def part_of(moment: datetime) -> int | None:
        n = bisect_right(begins, moment) - 1
        return n if n >= 0 and moment < parts[n].end else None

    counts = np.zeros((len(lifts), len(parts), len(NAMES)), np.int64)
    hours = np.zeros((24, len(NAMES)), np.int64)
    places: dict[int, tuple[int, int] | None] = {}
    for lift_id, quarter, found in counted:
        if quarter not in places:
            part = part_of(begin_of(quarter))
            places[quarter] = None if part is None else (part, calendar.hour_of(begin_of(quarter)))
        place = places[quarter]
        if place is not None and lift_id in numbers:
            counts[numbers[lift_id], place[0]] += found
            hours[place[1]] += found
    states = np.zeros((len(lifts), len(parts), len(STATES)), np.int64)
    camera = np.zeros((len(lifts), len(parts)), np.int64)
    for span in spans:
        lift = numbers.get(span.lift_id)
        end, n = min(span.end, now), max(bisect_right(begins, span.begin) - 1, 0)
        while lift is not None and n < len(parts) and parts[n].begin < end:
            within = min(end, parts[n].end) - max(span.begin, parts[n].begin)
            if within > timedelta():
                states[lift, n, STATES.index(span.state)] += within // _MS
                camera[lift, n] += within // _MS if span.camera else 0
            n += 1
    alarms = np.zeros((len(lifts) + 1, len(parts)), np.int64)
    called = [(call, part) for call in calls if (part := part_of(call.at)) is not None]
    for call, part in called:
        alarms[numbers.get(call.source.lift_id or "", len(lifts)), part] += 1
    return ShiftReport(
        tuple(lifts),
        tuple(parts),
        now,
        counts,
        hours,
        states,
        camera,
        tuple(call for call, _ in called),
        alarms,
        tuple(one for one in reviewed if part_of(one.seen_at) is not None),
    )


def _one(number: int | None) -> slice:
    return slice(None) if number is None else slice(number, number + 1)
