"""Counts the carriers that passed while frames were missing and the line's phase was unknown."""

from __future__ import annotations

import math

LONGEST_S = 60.0
"""Up to this long each carrier is reported individually; in the rest of a longer gap they are counted."""

RUNNING = 0.15
"""The fraction of nominal speed below which the line counts as standing."""


class Reckoning:
    """Dead reckoning from the last phase that was known to the first that is known again.

    A phase counts carriers: its whole part is the newest carrier that has begun.
    """

    def __init__(self) -> None:
        self._lost: tuple[float, float | None] | None = None
        self._fraction = 0.0
        self._t_s = 0.0
        self._gone = 0.0
        self.beyond = 0
        """How many carriers more passed in the gap that was settled last, by the speed at which it began."""

    @property
    def lost(self) -> bool:
        """Whether the phase is unknown."""
        return self._lost is not None

    @property
    def lost_s(self) -> float | None:
        """The media time at which the phase was lost; None if it is known."""
        return None if self._lost is None else self._lost[0]

    def lose_phase(self, t_s: float, phase: float | None, fraction: float) -> None:
        """Note that the phase was last known at media time t_s; fraction: of nominal speed, at that time.

        phase: None if it is unknown at t_s too, because another recording begins there.
        """
        if self._lost is None:
            self._lost, self._t_s, self._gone = (t_s, phase), t_s, 0.0
            self._fraction = fraction

    def advance(self, t_s: float, interval_s: float, fraction: float) -> None:
        """Advance to media time t_s at the speed so far; from then on the speed is `fraction`."""
        if self._fraction >= RUNNING:
            self._gone += max(t_s - self._t_s, 0.0) * self._fraction / interval_s
        self._t_s, self._fraction = t_s, fraction

    def settle(self, t_s: float, phase: float | None, interval_s: float, end: float) -> list[float]:
        """Take in the phase, known again; return when carriers left meanwhile, media seconds, ascending.

        Args:
            t_s: the media time of now. phase: now; only its fraction counts, as numbering may have restarted.
                None if it is still unknown, and the frames end.
            interval_s: between carriers at nominal speed. end: the phase that a carrier gains from begin to
                the end of the track.
        """
        self.beyond = 0
        if self._lost is None:
            return []
        (lost_s, lost_phase), self._lost = self._lost, None
        if lost_phase is None:
            lost_phase = 0.0 if phase is None else phase - self._gone
        if phase is None:
            phase = lost_phase + self._gone
        if t_s - lost_s > LONGEST_S:
            gone, over_s = min(self._gone, LONGEST_S / interval_s), LONGEST_S
            self.beyond = math.floor(lost_phase + self._gone - end) - math.floor(lost_phase + gone - end)
        else:
            off = (phase - lost_phase - self._gone + 0.5) % 1.0 - 0.5
            gone, over_s = self._gone + off, t_s - lost_s
        if gone <= 0.0:
            return []
        first = math.floor(lost_phase - end) + 1
        last = math.floor(lost_phase + gone - end)
        return [lost_s + (carrier + end - lost_phase) / gone * over_s for carrier in range(first, last + 1)]


def line_in_words(fraction: float, speed: float, interval_s: float) -> str:
    """Say how a line runs: fraction of its nominal speed, progress per second, seconds between carriers."""
    if abs(fraction) < RUNNING:
        return "stopped"
    if fraction < 0:
        return "backwards"
    return f"{1.0 / speed:.1f} s per passage, a carrier every {interval_s / fraction:.1f} s"
