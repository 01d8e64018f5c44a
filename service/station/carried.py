"""What goes with a camera from one process to the next, so that the next begins where that one ended."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.camera import CameraEvent, CameraState, CameraStatus
from service.domain.passage import Passage
from service.health.reference import ReferenceView
from service.passages.learnt import Learnt


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

STANDS_S = 30.0
"""A line that was seen to stand for longer than this did stand: a picture that is frozen, in which every line
stands, is found out sooner (service.health.limits)."""

_STANDING = frozenset({"stopped", "backwards"})


class Accounted:
    """Until when the carriers of a lift are accounted for, by what its camera's owner has reported.

    That is when the last reported carrier left; when the first picture came, before any did; and STANDS_S
    ago, where the line has stood for longer. What passes after that is for the next owner to account for.
    """

    def __init__(self, until_mono_s: float | None = None) -> None:
        self.until_mono_s = until_mono_s
        self.left_mono_s: float | None = None
        """When the last reported carrier left."""
        self._ran = False
        self._stands_since_s: float | None = None

    def take(self, event: CameraEvent, now_mono_s: float) -> None:
        """Take in a report that came at `now_mono_s`."""
        if isinstance(event, Passage):
            left_s = event.decided_mono_s if event.left_mono_s is None else event.left_mono_s
            self.left_mono_s = _later(self.left_mono_s, left_s)
            self.until_mono_s = _later(self.until_mono_s, left_s)
        elif isinstance(event, CameraStatus):
            self._status(event, now_mono_s)

    def _status(self, status: CameraStatus, now_mono_s: float) -> None:
        if self.until_mono_s is None and status.frame_age_s is not None:
            self.until_mono_s = now_mono_s - status.frame_age_s
        if status.state is not CameraState.LIVE or status.cause or status.line_speed not in _STANDING:
            # A process that has just begun takes any line for standing.
            self._ran = status.carrier_every_s is not None
            self._stands_since_s = None
        elif self._ran:
            self._stands_since_s = self._stands_since_s or now_mono_s
            if now_mono_s - self._stands_since_s > STANDS_S:
                self.until_mono_s = _later(self.until_mono_s, now_mono_s - STANDS_S)


def _later(first_s: float | None, second_s: float) -> float:
    return second_s if first_s is None else max(first_s, second_s)
