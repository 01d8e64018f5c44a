"""Chooses the frame for each of a carrier's pictures; no other frame is converted to colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lifts.track import TrackGeometry
from service.domain.arrays import Image
from service.domain.frame import Frame
from service.line.clip import Clip
from service.line.follower import LineFollower
from service.line.timetable import LineSchedule
from service.line.work import Work
from service.passages.crops.detail import Details, DetailSource
from service.passages.crops.viewpoint import FARTHEST_PX, Crop, Viewpoint, grey_of, rgb

_BACK = 0.12  # progress
_BACKGROUND_PART = 3.3  # times per interval that backgrounds are learnt; no integer, so the phases differ


class Moments:
    """Takes each carrier's picture at each viewpoint from the frame in which it is nearest to it.

    `step` names each carrier once, when it has its last picture or can get no more. The caller, once it has
    used the `crops`, calls `forget`.

    Args:
        track: the lift's. places: progress of the viewpoints, ascending.
        most: pictures of a carrier; those beyond the viewpoints' are taken at places between these, if the
            frames come often enough. None waits for them.
        first: where pictures with more detail come from, around each viewpoint.
    """

    def __init__(
        self, track: TrackGeometry, places: Sequence[float], most: int = 0, first: DetailSource | None = None
    ) -> None:
        self.viewpoints = [Viewpoint(track, progress) for progress in places]
        between, self._reach = places_between(places, most)
        self._everywhere = [*self.viewpoints, *(Viewpoint(track, progress) for progress in between)]
        self._px_per_progress = track.px_per_progress
        self.details = (
            None if first is None else Details(first, self._everywhere, len(places), track, self._reach)
        )
        """Pictures of the camera's first stream."""
        self._crops: dict[int, list[Crop | None]] = {}
        self._left: int | None = None
        self._last_s: float | None = None
        self._learned_s = -math.inf

    def clear(self) -> None:
        """Forget the pictures, not the backgrounds."""
        self._crops.clear()
        if self.details is not None:
            self.details.clear()

    def crops(self, carrier: int) -> list[Crop | None]:
        """Return a carrier's pictures, one per viewpoint, None where there is none."""
        return self._crops.get(carrier, [None] * len(self._everywhere))[: len(self.viewpoints)]

    def between(self, carrier: int) -> list[tuple[Viewpoint, Crop]]:
        """Return a carrier's pictures from between the viewpoints, undamaged, each of a frame of its own."""
        taken = {crop.t_s for crop in self.crops(carrier) if crop is not None}
        detailed = [None] * len(self._everywhere) if self.details is None else self.details.of(carrier)
        crops = self._crops.get(carrier, [None] * len(self._everywhere))
        slots = zip(self._everywhere, [d or c for d, c in zip(detailed, crops, strict=True)], strict=True)
        return [
            (place, crop)
            for place, crop in list(slots)[len(self.viewpoints) :]
            if crop is not None and not crop.damaged and crop.t_s not in taken
        ]

    def forget(self, carrier: int) -> None:
        """Drop the pictures of a carrier that has left, and all older ones."""
        self._left = carrier if self._left is None else max(self._left, carrier)
        for number in [number for number in self._crops if number <= carrier]:
            del self._crops[number]
        if self.details is not None:
            self.details.forget(carrier)

    def begin_after(self, carrier: int) -> None:
        """Name each carrier after this one from now on, even if it was forgotten."""
        self._left = carrier

    @property
    def left(self) -> int | None:
        """The newest carrier that has left."""
        return self._left

    def on_track(self) -> list[int]:
        """Return the carriers that have a picture and were not reported, oldest first."""
        return sorted(carrier for carrier in self._crops if any(self.crops(carrier)))

    def shift(self, progress: float) -> None:
        """Add to the progress of all pictures: carriers turn out to be that much farther."""
        for slots in self._crops.values():
            slots[:] = [
                None if crop is None else replace(crop, progress=crop.progress + progress) for crop in slots
            ]
        if self.details is not None:
            self.details.shift(progress)

    def step(self, frame: Frame, line: LineFollower) -> list[int]:
        """Take the pictures that are due from it; return the carriers at the last viewpoint or past it."""
        phase = line.phase(frame.t_s)
        if phase is None:
            return []
        step_s = 0.04 if self._last_s is None else min(max(frame.t_s - self._last_s, 0.0), 0.5)
        self._last_s = frame.t_s
        next_progress = line.speed * step_s
        if self.details is not None:
            self.details.step(frame.t_s, line, self._left)
        per_carrier = line.progress_per_carrier
        done = self._overdue(phase, per_carrier) if line.located else []
        for index, viewpoint in enumerate(self._everywhere):
            carrier = round(phase - viewpoint.progress / per_carrier)
            if carrier in done or (self._left is not None and carrier <= self._left):
                continue
            progress = (phase - carrier) * per_carrier
            self._take_back(carrier, progress)
            self._try(frame, index, carrier, progress, next_progress)
            if index == len(self.viewpoints) - 1 and self._over(
                carrier, progress - viewpoint.progress, next_progress
            ):
                done.append(carrier)
        if frame.t_s - self._learned_s >= line.interval_s / _BACKGROUND_PART:
            self._learned_s = frame.t_s
            for viewpoint in self.viewpoints:
                viewpoint.learn(viewpoint.grey(frame))
        return done

    def learn_backgrounds(self, clip: Clip) -> Work[None]:
        """Learn the views without carriers again, from a clip."""
        views: list[list[Image]] = [[] for _ in self.viewpoints]
        for kept in clip.frames[:: max(1, len(clip) // 40)]:
            grey = clip.half_grey(kept)
            for viewpoint, seen in zip(self.viewpoints, views, strict=True):
                seen.append(grey_of(grey, clip.within_half(viewpoint.pose)))
                yield
        for viewpoint, seen in zip(self.viewpoints, views, strict=True):
            viewpoint.background = np.median(np.stack(seen), axis=0).astype(np.float32)
            yield

    def recall(self, clip: Clip, line: LineSchedule, carriers: range) -> Work[None]:
        """Take carriers' pictures from a clip; of those still on the track, also between the viewpoints."""
        now_s, last = clip.frames[-1].t_s, self.viewpoints[-1].progress
        for index, viewpoint in enumerate(self._everywhere):
            between = index >= len(self.viewpoints)
            for carrier in carriers:
                now = line.progress(carrier, now_s)
                if between and (now is None or now >= last):
                    continue
                t_s = line.time_of(carrier, viewpoint.progress)
                kept = None if t_s is None else clip.nearest(t_s)
                progress = None if kept is None else line.progress(carrier, kept.t_s)
                if kept is None or progress is None or not self._near(index, progress):
                    continue
                image = rgb(clip.registered(clip.picture(kept), viewpoint.pose))
                slots = self._crops.setdefault(carrier, [None] * len(self._everywhere))
                slots[index] = Crop(image, progress, kept.t_s, kept.t_mono_s, kept.damaged)
                yield

    def _near(self, index: int, progress: float) -> bool:
        """Say whether a picture of a carrier at a progress may be taken for a place."""
        place = self._everywhere[index]
        if index >= len(self.viewpoints) and abs(progress - place.progress) > self._reach:
            return False  # nearer to another place: no frame is taken twice
        return self._off_px(progress, place) <= FARTHEST_PX

    def _overdue(self, phase: float, per_carrier: float) -> list[int]:
        """Return the carriers that are well past the last viewpoint and not reported: none may be lost."""
        newest = math.floor(phase - (self.viewpoints[-1].progress + _BACK) / per_carrier)
        if self._left is None:
            self._left = newest
        return list(range(self._left + 1, newest + 1))

    def _over(self, carrier: int, past: float, next_progress: float) -> bool:
        """Say whether a carrier has its last picture, or is so far past the viewpoint that it gets none."""
        crops = self.crops(carrier)
        if crops[-1] is not None:
            return past >= -0.5 * next_progress
        return past > _BACK and any(crop is not None for crop in crops)

    def _take_back(self, carrier: int, progress: float) -> None:
        """Drop pictures of a carrier that is before the viewpoint again: the line backed, or was misread."""
        slots = self._crops.get(carrier, [])
        for index, crop in enumerate(slots):
            if crop is not None and progress < self._everywhere[index].progress - _BACK:
                slots[index] = None

    def _try(self, frame: Frame, index: int, carrier: int, progress: float, next_progress: float) -> None:
        viewpoint = self._everywhere[index]
        off_px = self._off_px(progress, viewpoint)
        if next_progress <= 0.0 or not self._near(index, progress):
            return
        if progress < viewpoint.progress and abs(progress + next_progress - viewpoint.progress) < abs(
            progress - viewpoint.progress
        ):
            return  # the next frame will show it nearer
        slots = self._crops.setdefault(carrier, [None] * len(self._everywhere))
        have = slots[index]
        worse = have is not None and have.damaged <= frame.damaged
        if have is not None and worse and self._off_px(have.progress, viewpoint) <= off_px + 1.0:
            return
        slots[index] = Crop(viewpoint.take(frame), progress, frame.t_s, frame.t_mono_s, frame.damaged)

    def _off_px(self, progress: float, viewpoint: Viewpoint) -> float:
        return abs(progress - viewpoint.progress) * self._px_per_progress


def places_between(places: Sequence[float], most: int) -> tuple[list[float], float]:
    """Return where `most` pictures are taken besides these places, evenly spaced in the way travelled.

    Args:
        places: progress, ascending, at least two; they count among the pictures.

    Returns:
        The progress of each further picture, ascending, and how far from it one may be taken.
    """
    even = np.linspace(places[0], places[-1], max(most, len(places)))
    reach = 0.5 * float(even[1] - even[0])
    # Each place that is given replaces the nearest of the even ones.
    free = {int(np.argmin(np.abs(even - place))) for place in places}
    further = [float(at) for k, at in enumerate(even) if k not in free]
    return (further if most > len(places) else []), reach
