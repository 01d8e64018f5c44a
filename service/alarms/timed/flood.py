"""Floods: when more alarms come than a person can take in. Pure, without clock or thread.

After EEMUA 191 and ISA-18.2 a flood begins with ten alarms within ten minutes, and is over when fewer than
five have come within ten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from service.domain.alarm import AlarmFlood

WITHIN = timedelta(minutes=10)
BEGINS_AT, OVER_BELOW = 10, 5


class FloodWatch:
    """Whether there is a flood now."""

    def __init__(self) -> None:
        self._since: datetime | None = None

    def step(self, alarms: int, now: datetime) -> AlarmFlood | None:
        """Take how many alarms came within the last ten minutes; return the flood, or None."""
        if alarms >= BEGINS_AT:
            self._since = self._since or now
        elif alarms < OVER_BELOW:
            self._since = None
        return None if self._since is None else AlarmFlood(self._since, alarms)
