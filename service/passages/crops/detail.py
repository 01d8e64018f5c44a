"""Pictures of a camera's first stream, taken round the viewpoints while its second one is followed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from lifts.track import TrackGeometry
from service.domain.frame import Frame
from service.line.follower import LineFollower
from service.passages.crops.viewpoint import FARTHEST_PX, Crop, Viewpoint

_COARSE = 1.1
"""Canonical pixels per pixel of the second stream, above which it holds less than the canonical picture."""

_CHEAP_S, _MOST_S = 0.5, 2.1  # of the first stream, decoded for one picture; the second where it is coarse
_LATER_S = 1.0  # after a moment's time nobody asks for its pictures any more


class DetailSource(Protocol):
    """A camera's first stream, while the line is followed on its second one (`service.station.streams`)."""

    def around(
        self, moment_s: float, within_s: tuple[float, float], now_s: float, most_s: float
    ) -> list[Frame] | None:
        """Return pictures of it from between two media times, as near to a moment as is cheap.

        In the second stream's pixels, undamaged, and of what that shows too. None: ask again later.
        most_s: how much of it may be decoded for that, seconds from a key frame on.
        """


class Details:
    """Asks for pictures of the first stream once per carrier and viewpoint, and keeps them with the carriers.

    How far from its viewpoint a picture may be decides how much must be decoded for it. Where the second
    stream has the canonical picture's resolution, it is as far as any picture may be, and none is taken that
    is far behind its key frame: the second stream's then does as well. Else it is half the way to the next
    place at which pictures are taken. Each is registered by the place that it is nearest to.

    Args:
        source: where pictures come from.
        places: where they may be taken; the viewpoints first, so many. reach: progress around each.
    """

    def __init__(
        self,
        source: DetailSource,
        places: Sequence[Viewpoint],
        viewpoints: int,
        track: TrackGeometry,
        reach: float,
    ) -> None:
        self._source, self._places, self._reach = source, places, reach
        self._viewpoints, self._far = list(places[:viewpoints]), FARTHEST_PX / track.px_per_progress
        self._crops: dict[int, list[Crop | None]] = {}
        self._asked: set[tuple[int, int]] = set()

    def of(self, carrier: int) -> list[Crop | None]:
        """Return a carrier's pictures, one per place, None where there is none."""
        return self._crops.get(carrier, [None] * len(self._places))

    def clear(self) -> None:
        """Forget all pictures."""
        self._crops.clear()
        self._asked.clear()

    def forget(self, carrier: int) -> None:
        """Drop the pictures of a carrier that has left, and all older ones."""
        self._crops = {number: crops for number, crops in self._crops.items() if number > carrier}
        self._asked = {each for each in self._asked if each[0] > carrier}

    def shift(self, progress: float) -> None:
        """Add to the progress of all pictures."""
        for slots in self._crops.values():
            slots[:] = [crop and replace(crop, progress=crop.progress + progress) for crop in slots]

    def step(self, now_s: float, line: LineFollower, left: int | None) -> None:
        """Ask for what is due at this media time. left: the newest carrier that was reported."""
        phase = line.phase(now_s)
        if phase is None or not line.located or line.speed <= 0.0:
            return
        for index, viewpoint in enumerate(self._viewpoints):
            carrier = round(phase - viewpoint.progress / line.progress_per_carrier)
            if (carrier, index) in self._asked or (left is not None and carrier <= left):
                continue
            moment_s = line.time_of(carrier, viewpoint.progress)
            coarse = viewpoint.pose.scale > _COARSE
            around = min(self._reach, self._far) if coarse else self._far
            around_s = around / line.speed
            if moment_s is None or not moment_s - around_s <= now_s <= moment_s + around_s + _LATER_S:
                continue
            # The last picture is taken so early that its verdict is out in time: nothing is waited for.
            to_s = moment_s + (0.0 if index == len(self._viewpoints) - 1 else around_s)
            most_s = _MOST_S if coarse else _CHEAP_S
            pictures = self._source.around(moment_s, (moment_s - around_s, to_s), now_s, most_s)
            if pictures is None:
                continue
            self._asked.add((carrier, index))
            for picture in pictures:
                self._keep(picture, carrier, line)

    def _keep(self, frame: Frame, carrier: int, line: LineFollower) -> None:
        progress = line.progress(carrier, frame.t_s)
        if progress is None:
            return
        off, index = min((abs(progress - place.progress), n) for n, place in enumerate(self._places))
        reach = self._reach if index >= len(self._viewpoints) else math.inf
        if off > min(reach, self._far):
            return
        slots = self._crops.setdefault(carrier, [None] * len(self._places))
        image = self._places[index].take(frame)
        slots[index] = Crop(image, progress, frame.t_s, frame.t_mono_s, frame.damaged)
