"""When each lift was watched, and when it was not and why: spans of time without gaps or overlaps. Pure.

A lift is looked at every second or so. What lies between two looks counts as watched only if both say so, and
only for as long as a look may be believed: a machine that slept, or a clock that jumped, leaves a time of
which nobody knows anything, and no moment counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class WatchState(StrEnum):
    """What may be said of a lift at a moment: it is watched, or the first of these reasons why not."""

    WATCHED = "watched"
    """It is armed, in service, and its carriers are seen and judged."""
    OUT_OF_SERVICE = "out_of_service"
    """A person took it, or its camera, out of service."""
    LIFT_INVALID = "lift_invalid"
    NO_CAMERA = "no_camera"
    """It has no camera or no track: it is not set up."""
    WORKER_DOWN = "worker_down"
    CAMERA_LOST = "camera_lost"
    CAMERA_FROZEN = "camera_frozen"
    VIEW_CHANGED = "view_changed"
    LOW_VISIBILITY = "low_visibility"
    OVERLOADED = "overloaded"
    LIFT_UNKNOWN_RATE = "lift_unknown_rate"
    NOT_SEEING = "not_seeing"
    """Its camera shows no carriers, and no alarm says why (yet): it starts, or connects anew."""
    NOT_ARMED = "not_armed"
    SERVICE_DOWN = "service_down"
    """The service did not run."""
    UNKNOWN = "unknown"
    """Nobody noted anything: the machine slept, its clock jumped, or nothing is kept from then."""


STATES = tuple(WatchState)

HELD = timedelta(seconds=15)
"""A look is believed for at most this long before the next one: every look takes its turn once a second."""

LONGEST = timedelta(days=1)
"""Longer spans are cut, so that those of a time are found by when they begin."""

_SLACK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WatchSpan:
    """A lift's state from `begin` to `end`, aware times. camera: whether frames came from its camera."""

    lift_id: str
    begin: datetime
    end: datetime
    state: WatchState
    camera: bool


class Look(NamedTuple):
    """What is seen of a lift at one moment; camera: whether frames come."""

    state: WatchState
    camera: bool


class WatchBook:
    """Makes spans of looks.

    Args:
        noted: the span of each lift that an earlier run had not ended; what followed it is `service_down`.
    """

    def __init__(self, noted: Mapping[str, WatchSpan] | None = None) -> None:
        self.current: dict[str, WatchSpan] = dict(noted or {})
        self._before: dict[str, Look] = {}
        self._mono_s: float | None = None

    def step(self, looks: Mapping[str, Look], now: datetime, mono_s: float) -> list[WatchSpan]:
        """Take a look at every lift there is; return the spans that have ended.

        now: the aware wall time. mono_s: time.monotonic().
        """
        held = min(timedelta(seconds=mono_s - self._mono_s), HELD) if self._mono_s is not None else None
        self._mono_s = mono_s
        ended = [self.current.pop(lift_id) for lift_id in sorted(self.current.keys() - looks.keys())]
        for lift_id, look in looks.items():
            ended += self._take(lift_id, look, now, held)
        self._before = dict(looks)
        return [span for span in ended if span.begin < span.end]

    def _take(self, lift_id: str, look: Look, now: datetime, held: timedelta | None) -> Iterator[WatchSpan]:
        last = self.current.get(lift_id)
        if last is not None and now <= last.end:
            return  # the clock was set back: this time has been accounted for
        fresh = WatchSpan(lift_id, now, now, *look)
        before = self._before.get(lift_id)
        if last is None:
            self.current[lift_id] = fresh
        elif held is None or before is None:
            yield last
            yield from _pieces(replace(fresh, begin=last.end, state=WatchState.SERVICE_DOWN, camera=False))
            self.current[lift_id] = fresh
        elif (begin := now - held) - last.end > _SLACK:
            yield last
            self.current[lift_id] = replace(fresh, begin=max(begin, last.end))
        else:
            state = before.state if look.state is WatchState.WATCHED else look.state
            camera = look.camera and before.camera
            if (state, camera) == (last.state, last.camera) and now - last.begin <= LONGEST:
                self.current[lift_id] = replace(last, end=now)
            else:
                yield last
                self.current[lift_id] = WatchSpan(lift_id, last.end, now, state, camera)


def _pieces(span: WatchSpan) -> Iterator[WatchSpan]:
    begin = span.begin
    while begin < span.end:
        end = min(begin + LONGEST, span.end)
        yield replace(span, begin=begin, end=end)
        begin = end
