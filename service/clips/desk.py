"""Between alarms and cameras: each alarm that has a clip is asked for at its camera, and given up in time.

store ──committed alarm──▶ ClipDesk ──wanted──▶ camera's process ──made──▶ ClipDesk ──▶ ClipKeeper
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from service.domain.alarm import OVER, Alarm
from service.domain.evidence.clip import AFTER_S, CLIP_KINDS, ClipMade, ClipWanted, NoClip
from service.host.limits.newest import keep_newest

log = structlog.get_logger(__name__)

PATIENCE_S = AFTER_S + 8.0
"""How long after its moment a clip may come: cutting takes a moment, a busy machine some seconds."""

MOST_LATE_S = 30.0
"""An alarm about what is longer ago has no clip: no camera holds so much. One that was raised before that is
not new, whatever happens to it now."""

MOST_OPEN = 64
MOST_MADE = 4
"""Clips that may wait for the disk at once: some megabytes each."""

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class OpenClip:
    """An alarm whose clip is awaited. at: its moment; given_up_mono_s: until when it is awaited.

    wanted: what its camera is asked for.
    """

    alarm_id: str
    lift_id: str
    at: datetime
    given_up_mono_s: float
    wanted: ClipWanted


Outcome = tuple[OpenClip, ClipMade]


class ClipDesk:
    """Knows which clips are awaited. Safe from any thread; nothing here blocks.

    Args:
        clock: time.monotonic, or a test's own. now: the wall clock.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock, self._now = clock, now
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._without = set[str]()
        self._wanted: dict[str, list[ClipWanted]] = {}
        self._open: dict[str, OpenClip] = {}
        self._opened: list[OpenClip] = []
        self._done: deque[Outcome] = deque()
        self._ends = False
        self.changed = threading.Event()
        """Set when there is something to take, or to wait for."""

    def has_clips(self, lift_id: str, has: bool) -> None:
        """Say whether a lift's camera holds packets from now on; without a word it does."""
        with self._lock:
            (self._without.discard if has else self._without.add)(lift_id)

    def on_alarms(self, committed: Sequence[Alarm]) -> None:
        """Take committed alarms: ask for the clip of each that is new and has one."""
        for alarm in committed:
            if alarm.kind in CLIP_KINDS and alarm.state not in OVER and alarm.lift_id is not None:
                self._ask(alarm, alarm.lift_id)

    def _ask(self, alarm: Alarm, lift_id: str) -> None:
        at, now = alarm.left_at or alarm.raised_at, self._now()
        if (now - alarm.raised_at).total_seconds() > MOST_LATE_S:
            return  # it was raised before, and changes now
        ago_s = (now - at).total_seconds()
        at_mono_s = self._clock() - ago_s
        wanted = ClipWanted(alarm.id, alarm.passage_id, at_mono_s)
        opened = OpenClip(alarm.id, lift_id, at, at_mono_s + PATIENCE_S, wanted)
        with self._lock:
            if alarm.id in self._seen or lift_id in self._without or self._ends:
                return
            self._seen[alarm.id] = None
            keep_newest(self._seen, _REMEMBERED)
            if ago_s > MOST_LATE_S:
                self._finish(opened, NoClip.NO_PICTURES)
            elif len(self._open) >= MOST_OPEN:
                self._finish(opened, NoClip.BUSY)
            else:
                self._open[alarm.id] = opened
                self._opened.append(opened)
                self._wanted.setdefault(lift_id, []).append(wanted)
        self.changed.set()

    def wanted(self, lift_id: str) -> Sequence[ClipWanted]:
        """Return what is wanted of a lift's camera and was not given out yet."""
        if lift_id not in self._wanted:
            return ()
        with self._lock:
            return self._wanted.pop(lift_id, ())

    def made(self, made: ClipMade) -> None:
        """Take a clip, or the reason why there is none; one that nobody awaits any more is dropped."""
        with self._lock:
            opened = self._open.pop(made.alarm_id, None)
            if opened is None:
                return
            waiting = sum(each.content is not None for _, each in self._done)
            if made.content is not None and waiting >= MOST_MADE:
                log.warning("a clip was given up: too many wait for the disk", alarm=made.alarm_id)
                self._finish(opened, NoClip.BUSY)
            else:
                self._done.append((opened, made))
        self.changed.set()

    def take(self) -> Outcome | None:
        """Return the next clip to store, or alarm without one; None if there is none now."""
        with self._lock:
            now_mono_s = self._clock()
            for opened in [each for each in self._open.values() if each.given_up_mono_s < now_mono_s]:
                del self._open[opened.alarm_id]
                self._finish(opened, NoClip.NO_ANSWER)
            return self._done.popleft() if self._done else None

    def opened(self) -> Sequence[OpenClip]:
        """Return what is awaited and was not returned here before."""
        with self._lock:
            opened, self._opened = self._opened, []
            return [each for each in opened if each.alarm_id in self._open]

    def end(self) -> None:
        """The service ends: ask for what is awaited as far as it has come, and for nothing further."""
        with self._lock:
            self._ends = True
            for each in self._open.values():
                self._wanted.setdefault(each.lift_id, []).append(replace(each.wanted, at_once=True))
        self.changed.set()

    def give_up(self) -> None:
        """Await nothing any more."""
        with self._lock:
            for opened in self._open.values():
                self._finish(opened, NoClip.SERVICE_ENDED)
            self._open.clear()

    @property
    def is_waiting(self) -> bool:
        """Whether a clip is awaited, or waits to be stored."""
        return bool(self._open or self._done)

    def _finish(self, opened: OpenClip, why: NoClip) -> None:
        self._done.append((opened, ClipMade(opened.alarm_id, None, none=why)))
