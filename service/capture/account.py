"""What was read of a recording and what was not, so that every loss is reported."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from service.capture.pictures.picture import Display

Stretch = tuple[float, float]
"""From, to: seconds from the start of the file."""

_GAP_S, _GAP_PICTURES = 1.0, 4.0  # a gap is longer than both; the second in typical intervals
_HOLE = 1.5  # typical intervals without a picture: one is missing
_JOINED_S = 0.5  # stretches closer to each other are merged
_SEAM_PICTURES = 4.0  # so many before a join may be called damaged that are not
_NOTICED_S = 0.5  # a loss may be noticed this long before the missing pictures are due


@dataclass(frozen=True, slots=True)
class Account:
    """How much of a recording was read. Times are seconds from the start of the file.

    promised_s: its length by its own account, None where it has none. read_s: how much was read: where the
    last picture ends, less the damaged stretches. begin_s, end_s: of the pictures. pictures: how many came.
    rate: pictures a second, by their median interval. counted_fps: the rate at which pictures were counted
    because the file has no time stamps. gaps: no pictures, nothing damaged. damaged: pictures that were lost
    or show artefacts. missing_s: at the end, promised but missing. joins_s: where another clip begins.
    sizes: when pictures of a width and height begin. display: how the first one is shown.
    early_from_s: from when on pictures may come too early, because some before are lost and the file
    numbers them instead of telling their times; None if none do. unread: share of the file's bytes that
    reading did not reach. interlaced: whether there are pictures of two half-pictures each.
    """

    promised_s: float | None
    read_s: float
    begin_s: float
    end_s: float
    pictures: int
    rate: float
    counted_fps: float | None
    gaps: tuple[Stretch, ...]
    damaged: tuple[Stretch, ...]
    missing_s: float
    joins_s: tuple[float, ...]
    sizes: tuple[tuple[float, int, int], ...]
    display: Display
    early_from_s: float | None = None
    unread: float = 0.0
    interlaced: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of the recording could be read."""
        return not self.damaged and self.missing_s == 0.0


class Bookkeeper:
    """Notes each picture of a recording as it is read; see `Account`."""

    def __init__(self) -> None:
        self._times, self._numbers = array("d"), array("q")
        self._damaged: list[Stretch] = []
        self._suspect: list[Stretch] = []
        self._losses = 0
        self.sizes: list[tuple[float, int, int]] = []
        """When pictures of a width and height begin, as they are shown, seconds."""
        self._display = Display()
        self._counted_fps: float | None = None
        self.numbered = False
        """Whether times are numbers of pictures, so that those that are lost shift all that follow."""
        self.broken_off = False
        """Whether the file ends, or cannot be read on, within a clip."""
        self.unread, self.interlaced = 0.0, False
        """See `Account`."""

    def picture(
        self, t_s: float, number: int, size: tuple[int, int], display: Display, losses: int, *, damaged: bool
    ) -> None:
        """Note a picture.

        Args:
            t_s: its time. number: its place among all pictures,
            undecoded ones included. size: (width, height) as it is shown.
            display: how. losses: how often something was lost so far. damaged: whether it is.
        """
        if damaged or losses != self._losses:
            before_s = self._times[-1] if self._times else 0.0
            self._damage(before_s if losses != self._losses else t_s, t_s, shown=damaged)
        self._losses = losses
        if not self.sizes or self.sizes[-1][1:] != size:
            self.sizes.append((t_s, *size))
        if not self._times:
            self._display = display
        self._times.append(t_s)
        self._numbers.append(number)

    def counted(self, fps: float) -> None:
        """Note that pictures are counted at this rate."""
        self._counted_fps = fps

    def _damage(self, from_s: float, to_s: float, *, shown: bool) -> None:
        if shown and self._damaged and from_s <= self._damaged[-1][1] + _JOINED_S:
            self._damaged[-1] = self._damaged[-1][0], to_s
        elif shown:
            self._damaged.append((from_s, to_s))
        else:
            self._suspect.append((from_s, to_s))

    def _early_from_s(self, damaged: list[Stretch], end_s: float, *, missing: bool) -> float | None:
        if not self.numbered:
            return None
        within = next((from_s for from_s, to_s in damaged if to_s < end_s), None)
        # Nobody knows where, if pictures are missing from a file that was read to its end.
        return 0.0 if within is None and missing and not self.broken_off else within

    def account(
        self, promised_s: float | None, rounded_s: float, losses: int, joins_s: list[float], *, ended: bool
    ) -> Account:
        """Return what was read so far.

        promised_s: where the file's pictures end by its own account, to within rounded_s. losses: how often
            something was lost. joins_s: where clips were joined.
        ended: whether the file was read to its end, so that what is not there is missing.
        """
        times = np.frombuffer(self._times, np.float64) if self._times else np.zeros(0)
        steps = np.diff(times)
        counts = np.diff(np.frombuffer(self._numbers, np.int64)) if steps.size else steps
        typical_s = float(np.median(steps / np.maximum(counts, 1))) if steps.size else 0.0
        begin_s, end_s = (float(times[0]), float(times[-1]) + typical_s) if times.size else (0.0, 0.0)
        if promised_s is not None and end_s > promised_s + max(rounded_s, 2.0 * typical_s):
            promised_s = None  # what it states is the length of its first clip
        missing_s = promised_s - end_s if ended and promised_s is not None else 0.0
        if missing_s <= max(rounded_s, 2.0 * typical_s):
            missing_s = 0.0
        holes = [(float(times[k]), float(times[k + 1])) for k in np.flatnonzero(steps > _HOLE * typical_s)]
        # Losses between clips that were joined cost no picture; and they are noticed a few pictures early.
        near = [*self._damaged, *((from_s, to_s + _NOTICED_S) for from_s, to_s in self._suspect)]
        lost = [hole for hole in holes if any(hole[0] <= to_s and from_s <= hole[1] for from_s, to_s in near)]
        damaged = _merged([*self._damaged, *lost])
        # FFmpeg reports the last pictures before another clip as damaged, because packet numbers start again.
        seams = [*joins_s, *(t_s for t_s, _, _ in self.sizes[1:])]
        seam_s = max(_JOINED_S, _SEAM_PICTURES * typical_s)
        damaged = [each for each in damaged if not any(_is_within(each, t_s, seam_s) for t_s in seams)]
        if ended and losses != self._losses and missing_s == 0.0 and times.size:
            damaged = _merged([*damaged, (float(times[-1]), end_s)])
        least_s = max(_GAP_S, _GAP_PICTURES * typical_s)
        gaps = [hole for hole in holes if hole[1] - hole[0] > least_s and hole not in lost]
        if begin_s > _GAP_S:
            gaps.insert(0, (0.0, begin_s))
        lost_s = sum(to_s - from_s for from_s, to_s in damaged)
        return Account(
            promised_s=promised_s,
            read_s=end_s - lost_s,
            begin_s=begin_s,
            end_s=end_s,
            pictures=self._numbers[-1] + 1 if self._numbers else 0,
            rate=1.0 / typical_s if typical_s > 0.0 else 0.0,
            counted_fps=self._counted_fps,
            gaps=tuple(gaps),
            damaged=tuple(damaged),
            missing_s=missing_s,
            joins_s=tuple(joins_s),
            sizes=tuple(self.sizes),
            display=self._display,
            early_from_s=self._early_from_s(damaged, end_s - 2.0 * typical_s, missing=missing_s > 0.0),
            unread=self.unread,
            interlaced=self.interlaced,
        )


def _is_within(stretch: Stretch, at_s: float, near_s: float) -> bool:
    return abs(stretch[0] - at_s) <= near_s and abs(stretch[1] - at_s) <= near_s


def _merged(stretches: list[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for from_s, to_s in sorted(stretches):
        if merged and from_s <= merged[-1][1] + _JOINED_S:
            merged[-1] = merged[-1][0], max(merged[-1][1], to_s)
        else:
            merged.append((from_s, to_s))
    return merged
