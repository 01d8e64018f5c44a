"""What alarm rates are bearable: the limits that EEMUA 191 and ISA-18.2 recommend. Pure.

Both give them for one operator position, averaged over a month or so. EEMUA publication 191 found them with
operators in control rooms; ISA-18.2 (clause 16) and IEC 62682 took them over. The standards set no limit to
the time to acknowledge; it is shown without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rating(StrEnum):
    """How a figure compares with its limits."""

    ACCEPTABLE = "acceptable"
    MANAGEABLE = "manageable"
    """Beyond what is comfortable, but one person can still follow."""
    TOO_HIGH = "too_high"


@dataclass(frozen=True, slots=True)
class FigureLimit:
    """acceptable: up to this a figure is good; manageable: up to this it is bearable. source: whose."""

    acceptable: float
    manageable: float
    source: str

    def rate(self, value: float) -> Rating:
        """Return how a figure compares."""
        if value <= self.acceptable:
            return Rating.ACCEPTABLE
        return Rating.MANAGEABLE if value <= self.manageable else Rating.TOO_HIGH


_BOTH, _ISA = "EEMUA 191, ISA-18.2", "ISA-18.2"

LIMITS = {
    "per_day": FigureLimit(150, 300, _BOTH),
    "per_hour": FigureLimit(6, 12, _BOTH),
    "per_10_minutes": FigureLimit(1, 2, _BOTH),
    "peak_10_minutes": FigureLimit(10, 10, _BOTH),
    "flood_share": FigureLimit(0.01, 0.01, _ISA),
    "top_ten_share": FigureLimit(0.01, 0.05, _ISA),
    "chattering": FigureLimit(0, 0, _ISA),
    "stale": FigureLimit(4, 4, _ISA),
    "standing": FigureLimit(9, 9, "EEMUA 191"),
}
"""By the names of KeyFigures; fewer than five stale ones, fewer than ten standing."""

PRIORITY_SHARES = (0.05, 0.15, 0.80)
"""What both recommend for three priorities, the highest first."""
