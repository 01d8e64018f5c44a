"""Why a passage is shown to reviewers: which part of a day's passages it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Stratum(StrEnum):
    """A part of the carriers of a lift and day, from which passages are drawn by themselves."""

    ALARM = "alarm"
    """They raised an alarm of the bar."""
    UNKNOWN = "unknown"
    """Nobody can tell where their bar was."""
    OPEN = "open"
    """Their bar was called open, and nobody was seen on them: no alarm."""
    NEAR = "near"
    """They were called closed with the least confidence."""
    CLEAR = "clear"
    """They were called closed, and clearly so."""
    UNSEEN = "unseen"
    """They passed unseen, or left no picture: nobody can review them, and no figure covers them."""


QUIET = (Stratum.UNKNOWN, Stratum.OPEN, Stratum.NEAR, Stratum.CLEAR)
"""Those without an alarm, of which a sample is reviewed."""


@dataclass(frozen=True, slots=True)
class DrawnPassage:
    """A passage that was drawn.

    probability: with which it was drawn, 0..1. place: its place in the queue of its day, 0..1, at random.
    second: a second person is to review it as well. late: its alarm came after the carrier had left.
    """

    passage_id: str
    seen_at: datetime
    probability: float
    place: float
    second: bool
    late: bool


@dataclass(frozen=True, slots=True)
class StratumDraw:
    """What was drawn of one stratum of a lift and day; population: how many carriers it holds."""

    stratum: Stratum
    population: int
    drawn: tuple[DrawnPassage, ...]


@dataclass(frozen=True, slots=True)
class DayDraw:
    """What was drawn of a lift's day; seed: from which it can be drawn again."""

    lift_id: str
    day: date
    seed: str
    drawn_at: datetime
    strata: tuple[StratumDraw, ...]
