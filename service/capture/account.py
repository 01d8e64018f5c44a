"""What was read of a recording, and what was not: nothing is lost without a word."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from service.capture.picture import Display

Stretch = tuple[float, float]
"""From, to: seconds from the start of the file."""

_GAP_S, _GAP_PICTURES = 1.0, 4.0  # a gap is longer than that, and than so many of the usual intervals
_JOINED_S = 0.5  # stretches that are nearer to each other are one
_ROUNDED_S = 1.0  # by which files are often shorter than they say


@dataclass(frozen=True, slots=True)
class Account:
    """How much of a recording was read. Times are seconds from the start of the file.

    promised_s: its length by its own account, None where it has none. read_s: how much was read: where the
    last picture ends, less the damaged stretches. begin_s, end_s: of the pictures. pictures: how many came.
    rate: pictures a second, by their median interval. counted_fps: the rate at which pictures were counted
    because the file has no time stamps. gaps: no pictures, nothing damaged. damaged: pictures that were lost
    or show what never was. missing_s: at the end, promised and not there. joins_s: where another clip begins.
    sizes: when pictures of a width and height begin. display: how the first one is shown.
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

    @property
    def whole(self) -> bool:
        """Whether all of the recording could be read."""
        return not self.damaged and self.missing_s == 0.0


class Bookkeeper:
    """Notes each picture of a recording as it is read; see `Account`."""

    def __init__(self) -> None:
        self._times = array("d")
        self._damaged: list[Stretch] = []
        self._losses = 0
        self._sizes: list[tuple[float, int, int]] = []
        self._display = Display()
        self._counted_fps: float | None = None

    def picture(
        self, t_s: float, size: tuple[int, int], display: Display, losses: int, *, damaged: bool
    ) -> None:
        """Note a picture: its time, its size as shown; losses: how often something was lost so far."""
        if damaged or losses != self._losses:
            before_s = self._times[-1] if self._times else 0.0
            self._damage(before_s if losses != self._losses else t_s, t_s)
        self._losses = losses
        if not self._sizes or self._sizes[-1][1:] != size:
            self._sizes.append((t_s, *size))
        if not self._times:
            self._display = display
        self._times.append(t_s)

    def counted(self, fps: float) -> None:
        """Note that pictures are counted at this rate."""
        self._counted_fps = fps

    def _damage(self, from_s: float, to_s: float) -> None:
        if self._damaged and from_s - self._damaged[-1][1] <= _JOINED_S:
            self._damaged[-1] = self._damaged[-1][0], to_s
        else:
            self._damaged.append((from_s, to_s))

    def account(self, promised_s: float | None, losses: int, joins_s: list[float], *, ended: bool) -> Account:
        """Return what was read so far.

        promised_s: where the file's pictures end by its own account. losses: how often something was lost.
        ended: whether the file was read to its end, so that what is not there is missing.
        """
        times = np.frombuffer(self._times, np.float64) if self._times else np.zeros(0)
        steps = np.diff(times)
        usual_s = float(np.median(steps)) if steps.size else 0.0
        begin_s, end_s = (float(times[0]), float(times[-1]) + usual_s) if times.size else (0.0, 0.0)
        missing_s = promised_s - end_s if ended and promised_s is not None else 0.0
        if missing_s <= max(_ROUNDED_S, 2.0 * usual_s):
            missing_s = 0.0
        damaged = list(self._damaged)
        if ended and losses != self._losses and missing_s == 0.0:
            damaged.append((float(times[-1]) if times.size else 0.0, end_s))
        long = np.flatnonzero(steps > max(_GAP_S, _GAP_PICTURES * usual_s))
        gaps = [(float(times[k]), float(times[k + 1])) for k in long]
        gaps = [gap for gap in gaps if not any(a <= gap[0] and gap[1] <= b for a, b in damaged)]
        if begin_s > _GAP_S:
            gaps.insert(0, (0.0, begin_s))
        lost_s = sum(to_s - from_s for from_s, to_s in damaged)
        return Account(
            promised_s=promised_s,
            read_s=end_s - lost_s,
            begin_s=begin_s,
            end_s=end_s,
            pictures=len(self._times),
            rate=1.0 / usual_s if usual_s > 0.0 else 0.0,
            counted_fps=self._counted_fps,
            gaps=tuple(gaps),
            damaged=tuple(damaged),
            missing_s=missing_s,
            joins_s=tuple(joins_s),
            sizes=tuple(self._sizes),
            display=self._display,
        )
