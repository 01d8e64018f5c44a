"""Cuts clips in a camera's process, on a thread of its own: what it is busy with holds up no picture."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

import av

from service.capture.packets.remux import remux
from service.capture.packets.ring import PacketRing
from service.domain.evidence.clip import AFTER_S, BEFORE_S, ClipMade, ClipWanted, NoClip
from service.domain.passage import Passage
from service.host.limits.newest import keep_newest
from service.host.runner import Runner

PATIENCE_S = 1.5
"""How much later than AFTER_S after the moment a clip is cut at the latest, whatever has come by then."""

_POLL_S = 0.1
_MOST_PASSAGES = 256
_MOST_WAITING = 32


class ClipCutter:
    """Answers each wish with a clip, or with the reason why there is none. Safe from any thread.

    Args:
        ring: the camera's last packets.
        send: takes what was made, on this cutter's own thread. Raises OSError: nobody takes it any more.
    """

    def __init__(self, ring: PacketRing, send: Callable[[ClipMade], None]) -> None:
        self._ring, self._send = ring, send
        self._moments: OrderedDict[str, float] = OrderedDict()
        self._waiting: deque[ClipWanted] = deque()
        self._at_once = set[str]()
        self._wake = threading.Event()
        self.runner = Runner("clips", self._turn, wake=self._wake.set)

    def passed(self, passage: Passage) -> None:
        """Note when a carrier is at TF, for a wish that names it."""
        self._moments[passage.id] = passage.t_end_s
        keep_newest(self._moments, _MOST_PASSAGES)

    def want(self, wanted: ClipWanted) -> None:
        """Cut this clip once what comes after its moment is there; returns at once."""
        waits = any(each.alarm_id == wanted.alarm_id for each in list(self._waiting))
        if wanted.at_once:
            self._at_once.add(wanted.alarm_id)
        if not waits and len(self._waiting) < _MOST_WAITING:  # the service gives up others by itself
            self._waiting.append(wanted)
        self._wake.set()

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            if not self._waiting:
                self._wake.wait()
            elif self.runner.stopping.wait(_POLL_S):
                return
        self._wake.clear()
        for wanted in list(self._waiting):
            if self._is_due(wanted):
                self._waiting.remove(wanted)
                self._send(self._made(wanted))

    def _is_due(self, wanted: ClipWanted) -> bool:
        if self._is_whole(wanted) or wanted.alarm_id in self._at_once:
            return True
        return time.monotonic() >= wanted.at_mono_s + AFTER_S + PATIENCE_S

    def _is_whole(self, wanted: ClipWanted) -> bool:
        newest_s = self._ring.newest_s
        return newest_s is not None and newest_s >= self._moment_s(wanted) + AFTER_S

    def _moment_s(self, wanted: ClipWanted) -> float:
        """Return the alarm's moment, media time."""
        known_s = self._moments.get(wanted.passage_id or "")
        if known_s is None:
            known_s = self._ring.media_time(wanted.at_mono_s)
        return 0.0 if known_s is None else known_s

    def _made(self, wanted: ClipWanted) -> ClipMade:
        cut_short = wanted.alarm_id in self._at_once and not self._is_whole(wanted)
        moment_s, codec = self._moment_s(wanted), self._ring.codec
        packets = self._ring.cut(moment_s - BEFORE_S, moment_s + AFTER_S, moment_s)
        if isinstance(packets, NoClip):
            return ClipMade(wanted.alarm_id, None, codec, none=packets)
        times = [each.t_s for each in packets if each.t_s is not None]
        try:
            content = remux(packets)
        except (av.FFmpegError, OSError):
            return ClipMade(wanted.alarm_id, None, codec, none=NoClip.CODEC)
        begins_s, ends_s = times[0] - moment_s, max(times) - moment_s
        codec = packets[0].link.codec
        return ClipMade(wanted.alarm_id, content, codec, begins_s, ends_s, cut_short=cut_short)
