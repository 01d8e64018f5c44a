"""A camera's first stream while its second is followed: held as packets, decoded round the moments alone."""

from __future__ import annotations

import time
from collections import deque
from enum import StrEnum

import numpy as np

from lifts.schema import Lift
from lifts.track import TrackGeometry
from service.capture.packets.decoding import HeldDecoder
from service.capture.packets.ring import HeldPacket, Link, PacketRing
from service.capture.pictures.picture import same_shape
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.health.limits import HealthLimits
from service.health.reference import difference
from service.health.view import View, inspect
from service.line.roi import Roi
from service.station.streams.alignment import Alignment, ClockMatch

CHECK_S = 10.0
"""How often a key frame is decoded to see whether the stream still shows what the second does."""

DOUBT_S = 2.5
"""The same after one that did not."""

ALIGN_S = 60.0
"""How often the two streams' clocks are compared anew."""

_AGAIN_S = 4.0  # between attempts to compare them
_LONGEST_S = 3.0  # a key frame so long before a moment is too far: decoding from it would hold up the verdict
_ALIGNED_S = 2.0  # so much of the stream is decoded to compare clocks
_TOGETHER = 3  # checks, or pictures, in a row that make a fault
_LAGS = 64
_IDLE_S = 1.0  # without a picture of it: its decoder's memory is given back


class StreamFault(StrEnum):
    """What is wrong with one of a camera's two streams; causes of `stream_failed`."""

    SECOND_LOST = "second_lost"
    SECOND_FROZEN = "second_frozen"
    STREAMS_DIFFER = "streams_differ"
    """The second stream shows another view, or another shape of it."""
    FIRST_LOST = "first_lost"
    FIRST_FROZEN = "first_frozen"
    FIRST_UNDECODABLE = "first_undecodable"


class FirstStream:
    """Gives pictures of the first stream in the second's pixels and media time; see `DetailSource`.

    Only what the second stream shows at that moment too is given, so that no old, other or displaced picture
    is ever judged. For the thread that follows the line.

    Args:
        lift: with camera and track. ring: holds the stream's packets; another thread fills it.
        limits: when it counts as lost or frozen.
    """

    def __init__(self, lift: Lift, ring: PacketRing, limits: HealthLimits | None = None) -> None:
        if lift.track is None or lift.camera is None:
            raise ConfigurationError(f"lift {lift.id}: no track and camera, so it cannot be watched")
        self.ring, self._limits = ring, limits or HealthLimits()
        self._width, self._given = lift.camera.width, TrackGeometry(lift.track)
        self._decoder, self._alignment = HeldDecoder(), Alignment()
        self._roi: Roi | None = None
        self._size = (0, 0)
        self._shift: tuple[Link, float] | None = None
        self._offset_s: float | None = None
        self._lags: deque[float] = deque(maxlen=_LAGS)
        self._began_s = time.monotonic()
        self._aligned_s = self._tried_s = self._checked_s = float("-inf")
        self._used_s = 0.0
        self._before: tuple[View, View] | None = None
        self._bad: dict[StreamFault, int] = {}
        self._disagreed = 0
        self.given = 0
        """How many pictures were given."""

    @property
    def decoded(self) -> int:
        """How many of its packets were decoded."""
        return self._decoder.decoded

    @property
    def shift_s(self) -> float | None:
        """Media time minus its stamps; None while that is not known."""
        return None if self._shift is None else self._shift[1]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the second stream's pictures; zeros before the first."""
        return self._size

    def begin_again(self) -> None:
        """Compare the streams as if for the first time: the second was dialled again."""
        self._shift, self._before, self._offset_s = None, None, None
        self._bad.clear()

    def fault(self, now_s: float) -> StreamFault | None:
        """Return what is wrong, of the first stream or between the two. now_s: time.monotonic()."""
        held = self.ring.held
        if now_s - (held[-1].arrived_s if held else self._began_s) >= self._limits.lost_s:
            return StreamFault.FIRST_LOST
        return next((fault for fault, times in self._bad.items() if times >= _TOGETHER), None)

    def fresh(self, now_s: float) -> bool:
        """Say whether it could be followed in the second's place."""
        held = self.ring.held
        return bool(held) and now_s - held[-1].arrived_s < self._limits.degraded_s

    def saw(self, frame: Frame) -> None:
        """Take in a picture of the second stream, before the line is followed by it."""
        size = (frame.width, frame.height)
        if self._roi is None or size != self._size:
            self._roi, self._size = Roi(self._given.scaled(size[0] / self._width), *size), size
            self._alignment, self._shift = Alignment(), None
        offset_s = None if frame.stamp_s is None else frame.t_s - frame.stamp_s
        if offset_s is not None and abs(offset_s - (self._offset_s or offset_s)) > 1e-3:
            self._shift = None  # the second stream's clock was set, or it was dialled again
        self._offset_s = offset_s
        self._lags.append(frame.t_mono_s - frame.t_s)
        if frame.t_s - self._used_s > _IDLE_S:
            self._decoder.rest()
        held = self.ring.held
        if (shift_s := self._shift_of(held)) is not None:
            self.ring.place(held[-1].pts_s, held[-1].pts_s + shift_s, held[-1].arrived_s)
        if not frame.damaged:
            self._alignment.note(frame.t_s, self._roi.small(frame.luma))
        pause_s = DOUBT_S if any(self._bad.values()) else CHECK_S
        if frame.t_s - self._checked_s >= pause_s or frame.t_s < self._checked_s:
            self._check(frame)
        due_s = _AGAIN_S if self._shift is None else ALIGN_S
        due = frame.t_s - self._tried_s >= _AGAIN_S and frame.t_s - self._aligned_s >= due_s
        if due and self._alignment.moving:
            self._tried_s = frame.t_s
            self._align(frame.t_s)

    def around(
        self, moment_s: float, within_s: tuple[float, float], now_s: float, most_s: float
    ) -> list[Frame] | None:
        """Return a picture from between these media times; see `DetailSource`.

        If there is a key frame it is that; else no more is decoded than up to the first picture within.
        """
        held, (from_s, to_s) = self.ring.held, within_s
        shift_s = self._shift_of(held)
        if shift_s is None:
            return []
        keys = [each for each in held if each.key]
        within = [each for each in keys if from_s <= each.pts_s + shift_s <= to_s]
        if within:
            wanted = min(within, key=lambda each: abs(each.pts_s + shift_s - moment_s))
        else:
            apart_s = keys[-1].pts_s - keys[-2].pts_s if len(keys) > 1 else _LONGEST_S
            next_s = keys[-1].pts_s + shift_s + apart_s
            newest_s = held[-1].pts_s + shift_s
            if now_s < to_s and (next_s <= to_s or newest_s < from_s):
                return None
            later = [each for each in held if from_s <= each.pts_s + shift_s <= to_s]
            if not later:
                return []
            wanted = min(later, key=lambda each: each.pts_s)
            before = max((each.pts_s for each in keys if each.number < wanted.number), default=None)
            if before is None or wanted.pts_s - before > most_s:
                return []
        self._used_s = now_s
        last: Frame | None = None
        for frame in self._decoder.until(held, wanted):  # a decoded picture is large: one is kept
            last = frame
        if last is None or last.damaged or not from_s <= last.t_s + shift_s <= to_s:
            return []
        fitted = self._fitted(last.at(last.t_s + shift_s))
        return [] if fitted is None or not self._agrees(fitted) else [fitted]

    def _shift_of(self, held: list[HeldPacket]) -> float | None:
        if not held or self._shift is None or held[-1].link is not self._shift[0]:
            return None
        return self._shift[1]

    def _fitted(self, frame: Frame) -> Frame | None:
        """Return a picture of the first stream in the second's pixels; None if it has another shape."""
        if not same_shape((frame.width, frame.height), self._size):
            return None
        return frame.in_pixels_of(self._size)

    def _agrees(self, frame: Frame) -> bool:
        agrees = self._roi is not None and self._alignment.agrees(frame.t_s, self._roi.small(frame.luma))
        self._disagreed = 0 if agrees else self._disagreed + 1
        self.given += agrees
        if self._disagreed >= _TOGETHER:
            self._shift, self._disagreed = None, 0
        return agrees

    def _align(self, now_s: float) -> None:
        held, roi = self.ring.held, self._roi
        keys = [n for n, each in enumerate(held) if each.key]
        if not keys or roi is None:
            return
        # The group of pictures that is on its way, or the one before it while little of that is there.
        begin, end = keys[-1], len(held) - 1
        if held[end].pts_s - held[begin].pts_s < _ALIGNED_S / 2 and len(keys) > 1:
            begin, end = keys[-2], keys[-1] - 1
        if held[end].pts_s - held[begin].pts_s > _LONGEST_S:
            return
        lag_s = min(each.arrived_s - each.pts_s for each in held if each.link is held[-1].link)
        guess_s = lag_s - min(self._lags)
        if self._shift is not None:
            guess_s = self._shift[1]
        pictures = []
        for number, frame in enumerate(self._decoder.until(held, held[end])):
            fitted = None if number % 2 or frame.damaged else self._fitted(frame)
            if fitted is not None:
                pictures.append((fitted.t_s, roi.small(fitted.luma)))
        found = self._alignment.measure(pictures, guess_s)
        if isinstance(found, ClockMatch):
            self._shift, self._aligned_s = (held[-1].link, found.shift_s), now_s
        elif self._shift is not None and len(pictures) > 1:
            self._aligned_s = now_s  # nothing moved, or not clearly: what is known stands

    def _check(self, frame: Frame) -> None:
        """Compare the newest key frame with what the second stream shows."""
        held = self.ring.held
        key = next((each for each in reversed(held) if each.key), None)
        if key is None or frame.damaged:
            return
        self._checked_s = frame.t_s
        found = [each for each in self._decoder.until(held, key) if not each.damaged]
        if not found and not key.lost:
            # Streams with B pictures give a key frame with what follows it.
            found = [each for each in self._decoder.until(held, held[-1]) if not each.damaged][:1]
        self._count(StreamFault.FIRST_UNDECODABLE, bool(found) or key.lost)
        if not found:
            return
        fits = same_shape((found[0].width, found[0].height), self._size)
        first, second = inspect(found[0]), inspect(frame)
        greys = [each.grey.astype(np.float32) for each in (first, second)]
        # A dark or covered camera shows nothing that could differ; that has alarms of its own.
        shows = min(first.detail, second.detail) >= self._limits.detail
        self._count(
            StreamFault.STREAMS_DIFFER,
            fits and not (shows and difference(greys[:1], greys[1], self._limits) is not None),
        )
        before, self._before = self._before, (first, second)
        still = before is not None and not self._changed(before[0], first)
        self._count(
            StreamFault.FIRST_FROZEN, not (still and before is not None and self._changed(before[1], second))
        )

    def _changed(self, one: View, other: View) -> bool:
        change = np.abs(one.samples.astype(np.int16) - other.samples)
        return float(change.mean()) >= self._limits.frozen_change or float((change > 12).mean()) >= 5e-4

    def _count(self, fault: StreamFault, good: bool) -> None:
        self._bad[fault] = 0 if good else self._bad.get(fault, 0) + 1
