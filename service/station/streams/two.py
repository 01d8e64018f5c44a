"""A camera's two streams: the line is followed on the second, and on the first wherever that one fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import numpy as np

from lifts.decision.reasons import Reason
from lifts.schema import Lift
from service.capture.files import FileSource
from service.capture.packets.decoding import HeldDecoder
from service.capture.packets.ring import PacketRing
from service.capture.pictures.picture import same_shape
from service.capture.source import StreamSource
from service.domain.alarm import AlarmKind
from service.domain.errors import ConfigurationError, SourceError
from service.domain.frame import Frame
from service.domain.health import Health
from service.health.limits import HealthLimits
from service.health.reference import difference
from service.health.view import View, inspect
from service.host.runner import BackOff, Runner
from service.station.streams.first import FirstStream, StreamFault
from service.station.streams.followed import FollowedFirst

Dial = Callable[[str], FileSource | StreamSource]
"""Returns the source of an address of this camera; called on the thread that dials."""

HELD_S = 6.0
"""For how long the first stream's packets are held at least: to go on where the second failed."""

_PROOF_S = 4.0  # in which a second stream has to change, before it is followed again
_LOOK_S = 0.2
_STEADY_S = 300.0  # for so long without a fault, the second stream is trusted as at first
_OF_SECOND = {StreamFault.SECOND_LOST, StreamFault.SECOND_FROZEN, StreamFault.STREAMS_DIFFER}

MESSAGES = {
    StreamFault.SECOND_LOST: "the camera's second stream is lost: the first is followed in its place",
    StreamFault.SECOND_FROZEN: "the camera's second stream is frozen: the first is followed in its place",
    StreamFault.STREAMS_DIFFER: "the camera's second stream shows another view than the first, which is "
    "followed in its place",
    StreamFault.FIRST_LOST: "the camera's first stream is lost: carriers are judged by the second alone",
    StreamFault.FIRST_FROZEN: "the camera's first stream is frozen: carriers are judged by the second alone",
    StreamFault.FIRST_UNDECODABLE: "the camera's first stream cannot be decoded: carriers are judged by the "
    "second alone",
}


class TwoStreams:
    """Dials both streams, says which one is followed, and reports what is wrong with either.

    The second is followed. Where it is lost, frozen or shows another view, the first is followed in its
    place, from the picture on at which the second failed: its packets are held. In the background the second
    is tried until it moves and shows what the first does.

    Args:
        lift: with a camera of two streams. dial: see `Dial`. max_fps: of frames that are handed out.
        ring: holds the first stream's packets. limits: see HealthLimits.
        retry: the pauses before a second stream that failed is tried again.
    """

    def __init__(
        self,
        lift: Lift,
        dial: Dial,
        max_fps: float | None,
        ring: PacketRing,
        limits: HealthLimits | None = None,
        retry: BackOff | None = None,
    ) -> None:
        camera = lift.camera
        if camera is None or camera.url is None or camera.substream is None:
            raise ConfigurationError(f"lift {lift.id}: not two streams")
        self._lift_id, self._urls, self._dial, self._max_fps = (
            lift.id,
            (camera.url, camera.substream),
            dial,
            max_fps,
        )
        self._limits = limits or HealthLimits()
        self.first = FirstStream(lift, ring, limits)
        self._holding = Runner("first-stream", self._hold)
        self._proving = Runner("second-stream", self._prove)
        self._back_off = BackOff()
        self._retry = retry or BackOff(first_s=60.0, longest_s=900.0)
        self._source: FileSource | StreamSource | None = None
        self._followed: StreamFault | None = None
        self._dialled: object = None
        self._left_mono_s = time.monotonic()
        self._proven = threading.Event()
        self._changed_s = time.monotonic()
        self._standing: StreamFault | None = None
        self._newest: View | None = None

    @property
    def on_first(self) -> bool:
        """Whether the first stream is followed."""
        return self._followed is not None

    def start(self) -> None:
        """Begin to hold the first stream."""
        self._holding.start()
        self._proving.start()

    def stop(self) -> None:
        """Hang up."""
        self._proving.stopping.set()
        self._holding.stopping.set()
        if self._source is not None:
            self._source.close()
        self._holding.stop(1.0)
        self._proving.stop(0.0)

    def connect(self) -> FileSource | StreamSource | FollowedFirst:
        """Return what is followed now: the second stream, or the first if that one has failed.

        Raises:
            SourceError, ConfigurationError: as `Dial`.
        """
        now_s = time.monotonic()
        if self._followed is None and self._dialled is not None:
            self.fail(StreamFault.SECOND_LOST, now_s)
        if self._followed is not None and self.first.fresh(now_s):
            self._dialled = None
            return FollowedFirst(self.first, self._max_fps, self._left_mono_s)
        self._followed = None
        self._dialled = source = self._dial(self._urls[1])
        return source

    def fail(self, fault: StreamFault, now_s: float) -> bool:
        """Follow the first stream from now on, if it comes; return whether it does."""
        if self._followed is None and self.first.fresh(now_s):
            self._followed = fault
            self._proven.clear()
            self.first.begin_again()
            if now_s - self._changed_s > _STEADY_S:
                self._retry.reset()
            self._changed_s = now_s
            return True
        return False

    def saw(self, frame: Frame) -> None:
        """Take in a frame, before the line is followed by it."""
        self._left_mono_s = frame.t_mono_s
        if self._followed is None:
            self.first.saw(frame)
        elif frame.stamp_s is not None:
            self.first.ring.place(frame.stamp_s, frame.t_s, frame.t_mono_s)

    def step(self, now_s: float, problem: Reason | None) -> tuple[list[Health], bool]:
        """Let time pass; return what changed, and whether another stream is to be connected.

        problem: what is wrong with the pictures that are followed, as health judges them.
        """
        again = False
        fault = self.first.fault(now_s)
        if self._followed is None:
            if problem is Reason.CAMERA_FROZEN:
                again = self.fail(StreamFault.SECOND_FROZEN, now_s)
            elif fault is StreamFault.STREAMS_DIFFER:
                again = self.fail(fault, now_s)
        elif self._proven.is_set():
            self._proven.clear()
            self._followed, self._dialled, again = None, None, True
            self._changed_s = now_s
            self.first.begin_again()
        shown = self._followed or (None if fault in _OF_SECOND else fault)
        return self._told(shown), again

    def _told(self, fault: StreamFault | None) -> list[Health]:
        before, self._standing = self._standing, fault
        if before is fault:
            return []
        changes = []
        if before is not None:
            over = "both streams of the camera are as they should be" if fault is None else ""
            changes.append(Health(AlarmKind.STREAM_FAILED, self._lift_id, False, over, before))
        if fault is not None:
            changes.append(Health(AlarmKind.STREAM_FAILED, self._lift_id, True, MESSAGES[fault], fault))
        return changes

    def _hold(self) -> None:
        """Hold one connection of the first stream to its end."""
        try:
            self._source = self._dial(self._urls[0])
            with self._holding.heartbeat.waiting():
                self._source.hold(self.first.ring)
        except (SourceError, ConfigurationError):
            pass  # that nothing comes is told by the packets
        self._holding.heartbeat.idle()
        self._back_off.wait(self._holding.stopping)

    def _prove(self) -> None:
        """Try the second stream while the first is followed."""
        with self._proving.heartbeat.waiting():
            if self._followed is None or self._proven.is_set():
                self._proving.stopping.wait(_LOOK_S)
                return
            if self._retry.wait(self._proving.stopping) or self._followed is None:
                return
            try:
                proven = self._moves_alike()
            except (SourceError, ConfigurationError):
                proven = False
            if proven:
                self._proven.set()

    def _moves_alike(self) -> bool:
        """Dial the second stream; say whether it changes, and shows what the first does."""
        began_s, view = time.monotonic(), None
        with closing(self._dial(self._urls[1])) as source:
            for frame in source:
                if frame.damaged:
                    continue
                now = inspect(frame)
                view = view or now
                change = np.abs(view.samples.astype(np.int16) - now.samples)
                if float(change.mean()) >= self._limits.frozen_change or float((change > 12).mean()) >= 5e-4:
                    return self._shows_the_first(frame, now)
                if time.monotonic() - began_s > _PROOF_S or self._proving.stopping.is_set():
                    return False
        return False

    def _shows_the_first(self, frame: Frame, view: View) -> bool:
        held, decoder = self.first.ring.held, HeldDecoder()
        key = next((each for each in reversed(held) if each.key), None)
        first = None if key is None else next(decoder.until(held, held[-1]), None)
        if first is None or not same_shape((first.width, first.height), (frame.width, frame.height)):
            return False
        greys = [each.grey.astype(np.float32) for each in (inspect(first), view)]
        return difference(greys[:1], greys[1], self._limits) is None
