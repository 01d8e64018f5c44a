"""What goes with a camera from one process to the next, so that the next begins where that one ended."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import structlog

from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.passage import Passage
from service.health.reference import ReferenceView
from service.passages.learnt import Learnt, load, load_from_setup

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What a camera's process is given of those before it.

    reference: the camera's reference view. learnt: the line and its carriers. until_mono_s: until when all
    carriers are accounted for, time.monotonic(); None: nobody has watched.
    """

    reference: ReferenceView | None = None
    learnt: Learnt | None = None
    until_mono_s: float | None = None


NOTHING_CARRIED = Carried()

WRITE_S = 900.0
"""How often what was learnt is written to disk, at most: it hardly changes, and a memory card wears out."""


class LineMemory:
    """The file that keeps what is learnt of a line from one start of the service to the next.

    Args:
        path: of the file; None: nothing is kept.
        watched: the lift.
    """

    def __init__(self, path: Path | None, watched: WatchedLift) -> None:
        self._path, self._watched = path, watched
        self._written_s = -math.inf
        self._written: Learnt | None = None

    def load(self) -> Learnt | None:
        """Return what is kept; None if that is nothing, or of another configuration."""
        if self._path is None:
            return None
        return load(self._path, self._watched) or load_from_setup(self._path, self._watched)

    def keep(self, learnt: Learnt | None, *, at_once: bool = False) -> None:
        """Write it, unless it was written not long ago; at_once: in any case, if it is not written yet."""
        due = at_once or time.monotonic() - self._written_s >= WRITE_S
        if self._path is None or learnt is None or learnt is self._written or not due:
            return
        self._written_s, self._written = time.monotonic(), learnt
        try:
            learnt.save(self._path)
        except OSError as error:  # a full disk: the camera goes on, the next start learns again
            log.warning("what was learnt is not kept", lift_id=self._watched.lift.id, reason=str(error))


_MOST = 256  # carriers of a time in which it is uncertain where the line is

STANDS_S, STANDS = 30.0, 1.5
"""A line that was seen to stand for longer than both, in seconds and in carriers' intervals, did stand: where
no carrier is in view, one that runs looks like it for a while (service.line.odometer)."""

BEHIND_S, BEHIND = 10.0, 0.5
"""It stood until so long ago: a picture that is frozen, in which every line stands, is found out sooner
(service.health.limits). Half an interval, as nobody says how far the next carrier is."""


class Reported(NamedTuple):
    """Which carriers an owner has reported.

    until_mono_s: all that left up to then, time.monotonic(); None: none. beyond: when others left.
    """

    until_mono_s: float | None
    beyond: tuple[float, ...]

    def has(self, left_mono_s: float, same_s: float) -> bool:
        """Say whether a carrier that left then is one of them. same_s: two times of one are no more apart."""
        within = self.until_mono_s is not None and left_mono_s <= self.until_mono_s + same_s
        return within or any(abs(left_mono_s - each_s) < same_s for each_s in self.beyond)


class Accounted:
    """Until when the carriers of a lift are accounted for, by what its camera's owner has reported.

    That is when the last carrier left that was reported with all before it; when the first picture came,
    before any did; and a moment ago, where the line stands. What passes after that is for the next owner to
    account for.

    A process that has just begun takes any line for standing, and cannot say who passed before it began until
    the line runs. While nothing moves before its camera, that time does not grow: `stood_s` does.

    Args:
        until_mono_s: time.monotonic(); None: nobody has watched. stood_s: see `CarriersAccounted`.
    """

    def __init__(self, until_mono_s: float | None = None, stood_s: float = 0.0) -> None:
        self.until_mono_s, self.stood_s = until_mono_s, stood_s
        self.left_mono_s: float | None = None
        """When the last reported carrier left."""
        self.reported = Reported(None, ())
        self._stands: tuple[float, float, bool] | None = None  # since when, stood_s then, whether accounted
        self._interval_s = 0.0

    @property
    def from_mono_s(self) -> float | None:
        """From when the next owner counts: the line's speed is its nominal one from then on."""
        return None if self.until_mono_s is None else self.until_mono_s + self.stood_s

    def take(self, event: CameraEvent, now_mono_s: float) -> None:
        """Take in a report that came at `now_mono_s`."""
        if isinstance(event, Passage):
            left_s = event.decided_mono_s if event.left_mono_s is None else event.left_mono_s
            self.left_mono_s = _later(self.left_mono_s, left_s)
            self._interval_s = event.interval_s or self._interval_s
            if event.complete:
                self.reported = Reported(self.left_mono_s, ())
                self._account(self.left_mono_s)
            else:  # who left before it is still to be reported, perhaps
                self.reported = self.reported._replace(beyond=(*self.reported.beyond[-_MOST + 1 :], left_s))
        elif isinstance(event, CameraStatus):
            self._status(event, now_mono_s)

    def _status(self, status: CameraStatus, now_mono_s: float) -> None:
        if self.until_mono_s is None and status.frame_age_s is not None:
            self.until_mono_s = now_mono_s - status.frame_age_s
        sees = status.state is CameraState.LIVE and not status.cause
        if not sees or status.carrier_every_s is not None or self.until_mono_s is None:
            self._stands = None
            return
        new = now_mono_s, self.stood_s, status.accounted
        since_s, stood_s, accounted = self._stands or new
        if status.accounted is not accounted:
            since_s, stood_s, _ = new
        elif not accounted and now_mono_s - status.still_s > since_s:  # something moved meanwhile
            since_s, stood_s = now_mono_s - status.still_s, self.stood_s
        self._stands = since_s, stood_s, status.accounted
        if now_mono_s - since_s <= max(STANDS_S, STANDS * self._interval_s):
            return
        until_s = now_mono_s - max(BEHIND_S, BEHIND * self._interval_s)
        if status.accounted:
            self._account(until_s)
        else:
            self.stood_s = max(self.stood_s, stood_s + until_s - since_s)

    def _account(self, until_s: float) -> None:
        if self.until_mono_s is None or until_s > self.until_mono_s:
            self.until_mono_s, self.stood_s = until_s, 0.0


def _later(first_s: float | None, second_s: float) -> float:
    return second_s if first_s is None else max(first_s, second_s)
