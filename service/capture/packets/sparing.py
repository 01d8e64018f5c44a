"""While the line stands, only key frames are decoded: which packets are held, and decoded after all.

    sparing.view = view           # by the thread that follows the line: it stands; what tells so
    sparing.line_runs = True      # or: it runs
    due = sparing.take(came)      # by the thread that reads: what is to be decoded now
    sparing.looked(picture)       # and a key frame that was decoded alone

From a key frame on, packets are held and not decoded, until the next one shows that nothing has moved: then
they are dropped. Any doubt ends it, and what is held is decoded in order, a few packets for each that comes,
so that reading goes on. Nothing is dropped that no later key frame has vouched for.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import NamedTuple, Protocol

from av.video.frame import VideoFrame

from service.capture.packets.came import Came
from service.capture.packets.keys import KeyIntervals, begins_anew
from service.capture.packets.sizes import PacketSizes
from service.capture.pictures.picture import planes_of
from service.domain.arrays import Image

LONGEST_S = 3.2
"""Between two key frames, whatever the line: with more, all pictures are decoded. It is less than half of
what a camera's account of its carriers stays behind (service.station.carried): it may be blind for that. With
more, a frozen picture, which is seen at the second key frame, would be said after 10 s (service.health)."""

MOST_BYTES = 16_000_000
MOST_PACKETS = 300
"""So much is held at most."""

CATCH_UP = 5
"""So many held packets are decoded for each that comes: what is held of 2 s is decoded within 0.5 s."""

_LATE = 1.25  # of the interval: a key frame that has not come by then is not awaited
_SPARE_S = 1.0  # for what is held to be decoded, once a key frame has shown a movement
_GAP = 1.6  # of the interval between packets: with more, one is missing


class StandingView(Protocol):
    """What a key frame is compared with; for one time that the line stands."""

    longest_s: float
    """In a longer key-frame interval, the next carrier could take a carrier's place."""
    seen_s: float
    """In a longer one, a carrier could come and be gone again."""
    soon_s: float
    """Before a carrier can be where its last picture is taken, if the line runs off at its nominal speed."""

    @property
    def ready(self) -> bool:
        """Whether enough was looked at to know what does not move."""

    def look(self, luma: Image) -> bool:
        """Take in a key frame, uint8[H, W]; say whether all is where it was; true while that is learnt."""


class Due(NamedTuple):
    """What is to be decoded now. alone: one key frame, of which `looked` is told; else these, in order."""

    packets: tuple[Came, ...] = ()
    alone: bool = False


class _State(Enum):
    ALL = "all"
    """Everything is decoded."""
    KEYS = "keys"
    """Key frames are; what comes after the last is held."""
    CATCHING_UP = "catching up"
    """What is held is being decoded."""


class Sparing:
    """One camera's packets; see the module. Other threads use its attributes, `active` and `withdraw` alone.

    Attributes:
        view: what key frames are compared with while the line stands; None: everything is decoded. A new one
            is needed after each time that it ended.
        line_runs: whether the line is followed and does not stand.
        over: whether it ended, or could not begin, with this view.
        left_out: how many packets were not decoded.
        held_s: time.monotonic() when the last packet came that was held.
    """

    def __init__(self) -> None:
        self.view: StandingView | None = None
        self.line_runs = False
        self.over = False
        self.left_out = 0
        self.held_s = float("-inf")
        self._of: StandingView | None = None
        self._state = _State.ALL
        self._held: deque[Came] = deque()
        self._bytes = 0
        self._keys, self._sizes = KeyIntervals(), PacketSizes()
        self._codec, self._extradata = "", b""
        self._last_s: float | None = None
        self._step_s = 0.0

    @property
    def active(self) -> bool:
        """Whether only key frames are decoded now."""
        return self._state is _State.KEYS

    def begin(self, codec: str, extradata: bytes | None) -> None:
        """Begin a connection; what was held of the one before is gone with it."""
        if (codec, extradata or b"") != (self._codec, self._extradata):
            self._sizes = PacketSizes()  # the camera was set otherwise
        self._codec, self._extradata = codec, extradata or b""
        self._state, self.over = _State.ALL, True
        self._let_go()
        self._forget()

    def withdraw(self) -> None:
        """Let everything be decoded, from the last key frame on; safe from any thread."""
        self.view, self.over = None, False

    def take(self, came: Came) -> Due:
        """Take in a packet; return what is to be decoded now."""
        whole = self._observe(came)
        if self._state is _State.KEYS:
            return self._held_or_due(came, whole)
        if self._state is _State.CATCHING_UP:
            return self._catch_up(came)
        if whole and came.packet.is_keyframe and self._may_begin():
            self._hold(came)
            return Due((came,), alone=True)
        return Due((came,))

    def looked(self, picture: VideoFrame | None) -> int | None:
        """Take in the key frame that was decoded alone; return how many packets are left out before it.

        None: it shows, or may show, that something moved. It is decoded again, after what came before it.

        picture: None if there is none that could be relied upon.
        """
        if picture is None or self._of is None or not self._of.look(planes_of(picture)[0]):
            self._end()
            return None
        held = self._let_go()
        dropped = max(len(held) - 2, 0)  # the key frame before was handed out, this one will be
        self._hold(held[-1])
        self._state = _State.KEYS
        self.left_out += dropped
        return dropped

    def show(self, picture: VideoFrame) -> None:
        """Take in a key frame that was decoded with all others: how still the view is, is learnt by them."""
        view = self.view
        if self._state is _State.ALL and view is not None and view is self._of and not self.over:
            self.over = not view.look(planes_of(picture)[0])

    def rest(self) -> tuple[Came, ...]:
        """Return all that is held, because nothing more comes."""
        self._state = _State.ALL
        return self._let_go()

    def end(self) -> None:
        """Decode everything from now on: a picture was damaged, or is none of those that are understood."""
        if self._state is _State.KEYS:
            self._end()
        self._keys.forget()
        self.over = True

    def _observe(self, came: Came) -> bool:
        """Learn from a packet; return whether it follows the one before without a gap."""
        if self.view is not self._of:
            self._of = self.view
            self.over = False
            self._sizes.begin_standing()
            if self._state is _State.KEYS:
                self._end()
        before_s, self._last_s = self._last_s, came.stamp_s
        if came.failed or came.stamp_s is None or not came.packet.size:
            self._forget()
            return False
        step_s = 0.0 if before_s is None else came.stamp_s - before_s
        if before_s is not None:
            if not 0.0 < step_s <= (_GAP * self._step_s if self._step_s else LONGEST_S):
                self._forget()
                self._last_s = came.stamp_s
                return False
            self._step_s += 0.1 * (step_s - self._step_s) if self._step_s else step_s
        if not came.packet.is_keyframe:
            self._sizes.packet(came.packet.size, self.line_runs)
            if self.view is not None and self._state is _State.ALL:
                self._sizes.stands()
            return True
        self._sizes.key(came.packet.size, self.line_runs)
        if not begins_anew(bytes(came.packet), self._codec, self._extradata):
            self._keys.forget()
            return False
        self._keys.key(came.stamp_s)
        return True

    def _forget(self) -> None:
        self._keys.forget()
        self._sizes.clear()
        self._last_s, self._step_s = None, 0.0

    def _may_begin(self) -> bool:
        view = self.view
        if view is None or self.over or not view.ready or not self._sizes.known:
            return False
        return self._soon_enough(view, self._keys.seconds)

    def _soon_enough(self, view: StandingView, interval_s: float | None) -> bool:
        """Say whether a movement is seen in time where key frames are so far apart: that may change."""
        if interval_s is None or interval_s > min(LONGEST_S, view.longest_s):
            return False
        # Where sizes tell, a movement shows in the next packets; else at the next key frame, if that will do.
        late_s = _LATE * interval_s + _SPARE_S
        return self._sizes.tell or (interval_s <= view.seen_s and view.soon_s > late_s)

    def _held_or_due(self, came: Came, whole: bool) -> Due:
        interval_s = self._keys.seconds
        self._hold(came)
        first, view = self._held[0], self._of
        doubt = (
            not whole
            or view is None
            or interval_s is None
            or not self._soon_enough(view, interval_s)
            or (self._sizes.tell and self._sizes.grown)
            or self._bytes > MOST_BYTES
            or len(self._held) > MOST_PACKETS
            or came.stamp_s is None
            or first.stamp_s is None
            or came.stamp_s - first.stamp_s > _LATE * interval_s
            or came.arrived_s - first.arrived_s > _LATE * LONGEST_S  # a camera's clock may be slow
        )
        if doubt:
            self._end()
            return self._some()
        return Due((came,), alone=True) if came.packet.is_keyframe else Due()

    def _end(self) -> None:
        self._state, self.over = _State.CATCHING_UP, True

    def _catch_up(self, came: Came) -> Due:
        self._hold(came)
        return self._some()

    def _some(self) -> Due:
        some = tuple(self._held.popleft() for _ in range(min(CATCH_UP, len(self._held))))
        self._bytes -= sum(each.packet.size for each in some)
        if not self._held:
            self._state = _State.ALL
        return Due(some)

    def _let_go(self) -> tuple[Came, ...]:
        held = tuple(self._held)
        self._held.clear()
        self._bytes = 0
        return held

    def _hold(self, came: Came) -> None:
        self.held_s = came.arrived_s
        self._held.append(came)
        self._bytes += came.packet.size
